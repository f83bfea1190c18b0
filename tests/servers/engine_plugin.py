"""Container tests as a pytest plugin: one engine and one stack per session, and a clear word where none can run."""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.engine import Engine, running_engine, why_none
from tests.servers.stack import Stack

USER = "user@domain.com"
_why_none = functools.cache(why_none)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of containers where no engine can run, since the changed root tries the same steps there.

    On CI without root neither can run: the tests stay, and fail with the reason.
    """
    wanted = [item for item in items if item.get_closest_marker("engine")]
    if wanted and _why_none() and not (os.environ.get("CI") and os.getuid()):
        items[:] = [item for item in items if item not in wanted]
        config.hook.pytest_deselected(items=wanted)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say that containers were not tried."""
    if reason := _why_none():
        instead = "the same steps ran in a changed root" if os.getuid() == 0 else "its steps ran as this user"
        terminalreporter.write_line(f"NOT TRIED in containers: {reason}. Instead, {instead}.", yellow=True)


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """A running container engine."""
    with running_engine() as started:
        yield started


@pytest.fixture(scope="session")
def stack(engine: Engine) -> Iterator[Stack]:
    """The shipped compose file with its image built; the seed's mailbox is chosen."""
    folder = Path(tempfile.mkdtemp(prefix="gd", dir="/tmp"))
    folder.chmod(0o755)
    made = Stack(engine, folder, {USER: "correct-horse"})
    try:
        made.build()
        yield made
    finally:
        made.close()
