"""The file that says what became of every row."""

import contextlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from credentials.core.exporting import SafeWriter
from credentials.core.importing.rows import Fault

COLUMNS = ("row", "outcome", "code", "column", "text", "uuid")


class Report(contextlib.ExitStack):
    """One line for each row; a row with several faults has a line for each of them.

    Without a path it says nothing. Raises OSError at once where the path cannot be written.
    """

    def __init__(self, path: Path | None) -> None:
        super().__init__()
        self._final: IO[str] | None = None
        if path:
            self._final = self.enter_context(path.open("w", encoding="utf-8", newline=""))
            draft = TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115
            self._draft = self.enter_context(draft)
            self._writer = SafeWriter(self._draft)
            SafeWriter(self._final).writerow(COLUMNS)

    def row(self, line: int, outcome: str, faults: Sequence[Fault] = (), uuid: str = "") -> None:
        if not self._final:
            return
        for fault in faults or [Fault("", "", "")]:
            self._writer.writerow((line, outcome, fault.code, fault.column, fault.text, uuid))

    def keep_draft(self) -> None:
        """What the first pass said is the last word: the file is refused."""
        if self._final:
            self._draft.seek(0)
            shutil.copyfileobj(self._draft, self._final)

    def drop_draft(self) -> None:
        """The second pass will say more of each row."""
        if self._final:
            self._writer = SafeWriter(self._final)
