"""Texts in admin forms, kept as they are: what nobody changed comes back byte for byte.

A browser does not: it makes CRLF of every line break of a textarea, and leaves out those of an
input of one line. So what came is compared with what the browser made of the stored text.
"""

import re
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError

LINE_BREAK = re.compile(r"\r\n|\r|\n")


class KeptTextField(forms.CharField):
    """Trimmed of nothing. Its length and form are up to whoever takes it."""

    widget: type[forms.Widget] = AdminTextInputWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **{"required": False, **options})

    def shown(self, text: Any) -> str:
        """As a browser sends it back, but for the kind of the line breaks."""
        return LINE_BREAK.sub("", text or "")

    def to_python(self, value: Any) -> Any:
        return self.shown(super().to_python(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.shown(initial) != self.shown(data)

    def restored(self, initial: Any, cleaned: Any) -> Any:
        """What shall be stored, where `initial` was stored when the form was sent."""
        return cleaned if self.has_changed(initial, cleaned) else initial


class KeptLinesField(KeptTextField):
    """Of several lines. One that is changed has line breaks of the kind that it had before."""

    widget = AdminTextareaWidget

    def __init__(self, *, rows: int = 10, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs["rows"] = rows

    def shown(self, text: Any) -> str:
        return LINE_BREAK.sub("\n", text or "")

    def restored(self, initial: Any, cleaned: Any) -> Any:
        if not self.has_changed(initial, cleaned):
            return initial
        return cleaned.replace("\n", "\r\n") if "\r\n" in (initial or "") else cleaned


class KeptListField(KeptLinesField):
    """A list of texts, one per line; empty lines say nothing."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def shown(self, text: Any) -> str:
        return super().shown(self.prepare_value(text))

    def to_python(self, value: Any) -> Any:
        return [line for line in super().to_python(value).split("\n") if line]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [*filter(None, self.shown(initial).split("\n"))] != [
            *filter(None, self.shown(data).split("\n"))
        ]

    def restored(self, initial: Any, cleaned: Any) -> Any:
        if not self.has_changed(initial, cleaned):
            return initial
        if any(LINE_BREAK.search(text) for text in initial or ()):
            raise ValidationError("One of these holds a line break; they are not changed here.")
        return cleaned
