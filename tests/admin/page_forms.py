"""What a browser sends of a form page that nobody wrote into, by the rules of HTML."""

import re
from html.parser import HTMLParser
from typing import Any

LINE_BREAK = re.compile(r"\r\n|\r|\n")
UNSENT = {"file", "submit", "button"}


class Fields(HTMLParser):
    """Of the one form whose id is given."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form, self.is_inside = form, False
        self.sent: dict[str, str] = {}
        self.textarea = self.select = ""
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.is_inside = told.get("id") == self.form
        name = told.get("name", "")
        if not self.is_inside or (not name and tag != "option"):
            return
        if tag == "textarea":
            self.textarea, self.text = name, ""
        elif tag == "select":
            self.select = name
            self.sent[name] = ""
        elif tag == "option" and self.select and "selected" in told:
            self.sent[self.select] = told["value"]
        elif tag == "input" and told.get("type", "text") not in UNSENT:
            is_box = told.get("type") in {"checkbox", "radio"}
            if not is_box or "checked" in told:
                value = told.get("value", "on" if is_box else "")
                self.sent[name] = LINE_BREAK.sub("", value)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.textarea:
            # The first line break after the tag is none of the text.
            text = LINE_BREAK.sub("\n", self.text).removeprefix("\n")
            self.sent[self.textarea] = text.replace("\n", "\r\n")
            self.textarea = ""
        elif tag == "select":
            self.select = ""
        elif tag == "form":
            self.is_inside = False


def sent_by(response: Any, form: str) -> dict[str, str]:
    assert response.status_code == 200
    fields = Fields(form)
    fields.feed(LINE_BREAK.sub("\n", response.content.decode()))
    fields.sent.pop("csrfmiddlewaretoken")
    return fields.sent
