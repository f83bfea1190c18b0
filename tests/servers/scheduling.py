"""Keep the tests that share one expensive thing in one process of pytest-xdist.

xdist 3.8 groups tests by a suffix of their node ids, which pytest 9.2 no longer lets it set: groups would be split.
"""

from __future__ import annotations

from typing import Any, Final

from xdist.scheduler import LoadScopeScheduling

__all__ = ["pytest_xdist_make_scheduler"]

#: Folders whose tests share a container engine, and a browser.
_TOGETHER: Final = ("tests/integration/container/", "tests/browser/", "tests/integration/clients/")


class _Scheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Give each test to whoever is free, and the tests of a shared folder to one process."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in _TOGETHER if nodeid.startswith(folder)), nodeid)


def pytest_xdist_make_scheduler(config: Any, log: Any) -> LoadScopeScheduling:
    """Return the scheduler for every `--dist` (hook of pytest-xdist)."""
    return _Scheduling(config, log)
