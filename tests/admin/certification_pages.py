"""Certifications in the admin, as a browser sends their forms."""

from typing import Any

from tests.admin.award_pages import page
from tests.admin.conftest import Browser
from tests.admin.page_forms import LINE_BREAK, Fields

RECORDS = "credentials/certification/"
TYPES = "credentials/certificationtype/"
QUALIFICATIONS = "credentials/qualification/"
ROLES = "credentials/jobrole/"
ASSIGNMENTS = "credentials/jobroleassignment/"
ACT = f"{RECORDS}act/"


class ManyFields(Fields):
    """Also of boxes in which several are chosen."""

    def __init__(self, form: str) -> None:
        super().__init__(form)
        self.many: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        told = dict(attrs)
        super().handle_starttag(tag, attrs)
        if tag == "select" and "multiple" in told:
            self.many[told["name"]] = []
        elif tag == "option" and "selected" in told and self.select in self.many:
            self.many[self.select].append(told["value"])


def opened(browser: Browser, path: str) -> dict[str, Any]:
    """The form of a page as it would be sent back untouched."""
    kind = path.removeprefix("credentials/").partition("/")[0]
    response = browser.get(path)
    assert response.status_code == 200
    fields = ManyFields(f"{kind}_form")
    fields.feed(LINE_BREAK.sub("\n", response.content.decode()))
    fields.sent.pop("csrfmiddlewaretoken")
    sent: dict[str, Any] = fields.sent | fields.many
    return {name: value for name, value in sent.items() if "__prefix__" not in name}


def add(browser: Browser, kind: str, **fields: Any) -> Any:
    path = f"{kind}add/"
    return browser.post(path, opened(browser, path) | fields)


def save(browser: Browser, row: Any, **changes: Any) -> Any:
    """Open the page, write into it, send it."""
    return browser.post(page(row), opened(browser, page(row)) | changes)


def faults(response: Any) -> dict[str, list[str]]:
    """By field; nothing was written."""
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["adminform"].form.errors
    return found
