"""Running a program as another user: PostgreSQL refuses to run as root.

That user may be unable to enter the directories above the program or its data: a checkout below
/root, or made with `mktemp -d`, is closed to everybody but root. Opening those directories would
change what others may read, so the program keeps one capability instead, and only where needed.
"""

import ctypes
import os
import pwd
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

# From linux/capability.h and linux/prctl.h. Reading and entering anything is the smaller right;
# containers often hold only the larger one, which writes too.
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
LINUX_CAPABILITY_VERSION_3 = 0x20080522
PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 28, 47, 2
# Keeps capabilities across the change of user, and lets access(2) count them afterwards:
# PostgreSQL looks for its own programs with it.
SECBIT_NO_SETUID_FIXUP = 1 << 2

# No path of the person's environment, and messages in English: callers look for words in them.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}


@dataclass(frozen=True)
class Account:
    """Who runs the program, and the capability it keeps."""

    uid: int
    gid: int
    name: str
    capability: int | None = None

    @classmethod
    def of(cls, uid: int) -> "Account":
        """Raises KeyError for a uid without a name."""
        entry = pwd.getpwuid(uid)
        return cls(uid, entry.pw_gid, entry.pw_name)

    def popen(
        self,
        command: Sequence[str],
        *,
        output: IO[bytes] | int,
        must_enter: Path | None = None,
    ) -> "subprocess.Popen[bytes]":
        """Start `command` in a session of its own, so that a Ctrl-C does not reach it.

        Raises OSError or SubprocessError when this account cannot run it or enter `must_enter`.
        """
        foreign = self.uid != os.geteuid()
        # Loaded here: between fork and exec nothing may wait for a lock of the loader.
        libc = ctypes.CDLL(None, use_errno=True)

        def prepare() -> None:
            signal.pthread_sigmask(signal.SIG_SETMASK, ())
            if foreign:
                self._assume(libc)
            os.chdir(must_enter or "/")

        return subprocess.Popen(  # noqa: S603 - the command is ours, without a shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=ENVIRONMENT,
            start_new_session=True,
            preexec_fn=prepare,
        )

    def _assume(self, libc: ctypes.CDLL) -> None:
        """Become this account for good; called between fork and exec."""
        if self.capability is not None:
            _succeed(libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0))
        os.setgroups([])
        os.setgid(self.gid)
        os.setuid(self.uid)
        if self.capability is not None:
            _keep_across_exec(libc, self.capability)


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapabilitySets(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


def _keep_across_exec(libc: ctypes.CDLL, capability: int) -> None:
    """Drop every capability but one, and make that one ambient: others end with exec."""
    header = _CapabilityHeader(LINUX_CAPABILITY_VERSION_3, 0)
    sets = (_CapabilitySets * 2)(_CapabilitySets(*[1 << capability] * 3))
    _succeed(libc.capset(ctypes.byref(header), ctypes.byref(sets)))
    _succeed(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0))


def _succeed(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def least_privileged(account: Account, trial: Sequence[str], *, must_enter: Path) -> Account | None:
    """The account with the smallest capability with which `trial` succeeds.

    None when the kernel allows none that is enough.
    """
    for capability in (None, CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        candidate = replace(account, capability=capability)
        try:
            process = candidate.popen(trial, output=subprocess.DEVNULL, must_enter=must_enter)
        except (OSError, subprocess.SubprocessError):
            continue
        if process.wait() == 0:
            return candidate
    return None
