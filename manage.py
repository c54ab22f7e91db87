#!/usr/bin/env python
"""Django's commands, with the embedded PostgreSQL running for as long as one needs it."""

import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

ABOUT = {"help", "version", "-h", "--help", "--version"}
# `serve` holds the database itself, after a look at its port; the others use none.
WITHOUT_DATABASE = {"check", "collectstatic", "diffsettings", "findstatic", "serve", "spectacular"}


def only_asks(arguments: Sequence[str]) -> bool:
    return not arguments or not ABOUT.isdisjoint(arguments)


def needs_database(arguments: Sequence[str]) -> bool:
    return arguments[0] not in WITHOUT_DATABASE or "--database" in arguments


def end(number: int, _frame: FrameType | None) -> None:
    """Through the stack, so that what was started is stopped."""
    sys.exit(128 + number)


def main(arguments: Sequence[str]) -> None:
    # These take a moment, in which a Ctrl-C must end as quietly as later.
    from credentials_portal.loading import for_good

    with for_good():
        import django
        from django.conf import settings
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line

        from credentials_portal.connections import disconnect
        from credentials_portal.embedded_postgres import EmbeddedPostgresError, lease

    with contextlib.ExitStack() as stack:
        try:
            if not only_asks(arguments):
                with for_good():
                    django.setup()
                if settings.EMBEDDED_POSTGRES and needs_database(arguments):
                    stack.enter_context(lease(settings.DATA_DIR))
                    stack.callback(disconnect)
        except (EmbeddedPostgresError, ImproperlyConfigured) as error:
            sys.exit(str(error))
        execute_from_command_line(["manage.py", *arguments])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credentials_portal.settings")
    for ending in (signal.SIGTERM, signal.SIGHUP):
        # Ignored when started by nohup, and then meant to stay so.
        if signal.getsignal(ending) is signal.SIG_DFL:
            signal.signal(ending, end)
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
