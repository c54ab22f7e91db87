"""One JSON object a line. Nothing of a request's content is logged: no body, query or header."""

import contextvars
import logging
import traceback
from datetime import UTC, datetime

import orjson

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")

# What no line of ours shows is not looked up either, as Python's own guide to logging advises.
logging._srcfile = None
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False

FACTS = ("method", "route", "status", "milliseconds")


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if identifier := request_id.get():
            line["request_id"] = identifier
        line.update({name: getattr(record, name) for name in FACTS if hasattr(record, name)})
        if record.exc_info and record.exc_info[1]:
            line["error"] = error_without_values(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


def error_without_values(error: BaseException) -> dict[str, object]:
    """Type and places only: messages quote values (a database's: whole rows, with emails)."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
    }
