import contextlib
import errno
import os
import signal
import socket
import threading
import time
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator
from functools import partial
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from credentials_portal import banner, sealer, serving
from credentials_portal.connections import disconnect
from credentials_portal.embedded_postgres import EmbeddedPostgresError, lease

# In the key space of two numbers, apart from the single ones that requests use.
STARTING_LOCK = (1, 1)
# A portal killed a moment ago may hold the port still.
PORT_PATIENCE_SECONDS = 1.0
CONNECT_SECONDS = 3


class Command(BaseCommand):
    help = """Bring the database up to date and serve the portal until Ctrl-C.

Example: python manage.py serve --demo --port 8001"""
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs["formatter_class"] = RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo first")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.PORT, help="default: PORT or 8000")
        parser.add_argument("--workers", type=int, default=2, help="processes that answer requests")
        parser.add_argument(
            "--end-with-parent",
            action="store_true",
            help="stop when the process that started this one ends, however it ends",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # A script that starts this in the background makes it ignore Ctrl-C, its documented end.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        host, port = options["host"], options["port"]
        if options["end_with_parent"]:
            watch = partial(_end_after, os.getppid())
            threading.Thread(target=watch, daemon=True).start()
        _require_free_port(host, port)
        # Workers make links from it.
        os.environ["PORT"] = str(port)
        with _database():
            self.check()
            with _one_process_at_a_time():
                self.migrate()
                demo = _load_demo() if options["demo"] else None
            disconnect()
            base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
            try:
                with sealer.at_work():
                    serving.serve(
                        host,
                        port,
                        options["workers"],
                        when_answering=partial(self.announce, banner.text(base, demo)),
                    )
            finally:
                disconnect()

    def migrate(self) -> None:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            self.stdout.write(f"Migrating the database, {len(waiting)} to apply ...")
            self.stdout.flush()
        # Called in any case: an earlier run may have been killed before its last step.
        call_command("migrate", interactive=False, verbosity=0)

    def announce(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _end_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGTERM)


def _require_free_port(host: str, port: int) -> None:
    deadline = time.monotonic() + PORT_PATIENCE_SECONDS
    while True:
        try:
            family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind(address)
        except (OSError, OverflowError) as error:
            if getattr(error, "errno", None) != errno.EADDRINUSE:
                raise CommandError(f"Cannot listen on {host} port {port}: {error}") from None
            if time.monotonic() > deadline:
                raise CommandError(
                    f"Port {port} is in use; choose another one, for example PORT={port + 1}."
                ) from None
            time.sleep(0.05)
        else:
            return


@contextlib.contextmanager
def _database() -> Iterator[None]:
    if not settings.EMBEDDED_POSTGRES:
        yield
        return
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(lease(settings.DATA_DIR))
        except EmbeddedPostgresError as error:
            raise CommandError(str(error)) from None
        yield


@contextlib.contextmanager
def _one_process_at_a_time() -> Iterator[None]:
    """Several containers that start at once migrate one after another.

    A lock of the transaction, not of the session: it works through a pooler too.
    """
    parameters = connection.get_connection_params() | {"connect_timeout": CONNECT_SECONDS}
    try:
        lock = psycopg.connect(**parameters)
    except psycopg.OperationalError as error:
        reason = " ".join(str(error).split())
        raise CommandError(f"The database cannot be reached: {reason}") from None
    with lock:
        lock.execute("SELECT pg_advisory_xact_lock(%s, %s)", STARTING_LOCK)
        yield


def _load_demo() -> banner.Demo:
    from credentials import demo

    return demo.load()
