"""How long a run takes, and nothing of what it proves."""

from collections.abc import Iterator

import pytest

from credentials_portal.loading import for_good

# They start portals and commands and wait for them: begun last, one process would do so alone
# while the others have nothing left to do.
LONG = (
    "tests/test_crash.py",
    "tests/storage/test_crash.py",
    "tests/start/",
    "tests/importing/test_killed.py",
    "tests/commands/test_from_the_shell.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, otherwise in the same order."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What collecting makes stays until the end: nothing of it is worth looking for."""
    with for_good():
        return (yield)
