"""Awards in the admin, as a browser sends their forms."""

import json
from typing import Any

from credentials.program_credentials.models import Attribute
from tenants.models import Event
from tests.admin.conftest import Browser
from tests.admin.page_forms import sent_by

LIST = "credentials/usercredential/"
ADD, ACT = f"{LIST}add/", f"{LIST}act/"


def list_of(row: Any) -> str:
    return f"{row._meta.app_label}/{row._meta.model_name}/"


def page(row: Any) -> str:
    return f"{list_of(row)}{row.pk}/change/"


def sent(*notes: tuple[str, str, str], known: tuple[Attribute, ...] = (), **fields: Any) -> Any:
    """A form page as a browser sends it: fields, known attributes, new ones."""
    data = {
        "attributes-TOTAL_FORMS": len(known) + len(notes),
        "attributes-INITIAL_FORMS": len(known),
        "initial-status": "awarded",
        **fields,
    }
    for index, row in enumerate(known):
        shown = Attribute.objects.get(pk=row.pk).value
        data |= {
            f"attributes-{index}-id": row.pk,
            f"attributes-{index}-value": row.value,
            f"initial-attributes-{index}-value": shown,
        }
    for index, note in enumerate(notes, start=len(known)):
        names = ("namespace", "name", "value")
        data |= {f"attributes-{index}-{n}": v for n, v in zip(names, note, strict=True)}
    return data


def told(row: Any) -> list[tuple[str, dict[str, Any]]]:
    """Action and new values of each of its events but the first, oldest first."""
    kind = row._meta.model_name
    found = Event.objects.filter(object_kind=kind, object_id=row.pk).order_by("id")
    return [(e.action, json.loads(e.content.content)["after"]) for e in found[1:]]


def ask(browser: Browser, action: str, *rows: Any, query: str = "", **more: Any) -> Any:
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return browser.post(f"{list_of(rows[0])}{query}", chosen)


def confirm(browser: Browser, question: Any, **written: Any) -> Any:
    """Send the form of the confirmation page, with what is written into it."""
    data = sent_by(question, "confirmation_form") | written
    return browser.post(question.context["act_url"], data, follow=True)


def act(browser: Browser, action: str, *rows: Any, reason: str = "", **more: Any) -> Any:
    """Ask, and confirm on the page that comes; without one, where the list leads."""
    question = ask(browser, action, *rows, **more)
    if question.status_code == 302:
        return browser.get(question.headers["Location"])
    assert question.templates[0].name == "admin/confirm_action.html"
    return confirm(browser, question, reason=reason)


def press(browser: Browser, action: str, *rows: Any) -> Any:
    """Confirm what was never asked, as nobody's page would."""
    data = {"act": action, "chosen": ",".join(str(row.pk) for row in rows)}
    return browser.post(f"{list_of(rows[0])}act/", data)
