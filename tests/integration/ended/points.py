"""Ends a process just before its Nth effect: a commit, a change in a mailbox, a mail handed over. Called by tests alone.

Whatever happens between two effects is lost with the process, so "before the next effect" is "after the last one", too.
Each run is a fork of one process that has loaded everything, which makes hundreds of them cheap.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import aiosmtplib
from sqlalchemy import Engine, event

from glassdome.integrations.imap.connection import Connection

__all__ = ["ENDED", "Points", "forked"]

#: The exit status of a process that was ended at its point.
ENDED: Final = 77
_WRITES: Final = ("INSERT", "UPDATE", "DELETE", "REPLACE")
_DEFINITIONS: Final = ("CREATE", "ALTER", "DROP", "RENAME")
_IMAP_EFFECTS: Final = frozenset({"STORE", "COPY", "MOVE", "EXPUNGE", "APPEND", "CREATE"})


class Points:
    """Counts the effects of this process, writes each down, and ends the process before one of them."""

    def __init__(self, trace: Path, *, end_at: int | None = None) -> None:
        """`end_at` counts from 1; None lets the process live."""
        self._trace, self._end_at, self._count = trace, end_at, 0

    def reach(self, name: str) -> None:
        """Count one effect that is about to happen."""
        self._count += 1
        with self._trace.open("a") as stream:
            stream.write(f"{self._count} {name}\n")
        if self._count == self._end_at:
            os._exit(ENDED)

    def install(self) -> None:
        """Hook into the database, IMAP and SMTP of this process, for good."""
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "commit", self._commit)
        self._wrap(Connection, "command", lambda words: " ".join(w for w in words[:2] if w in _IMAP_EFFECTS | {"UID"}))
        self._wrap(aiosmtplib.SMTP, "data", lambda words: "DATA")

    def _statement(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        words = statement.split(None, 3)
        if words[0] in _WRITES:
            connection.info.setdefault("wrote", []).append(" ".join(words[:3])[:60])
        elif words[0] in _DEFINITIONS and connection.dialect.name == "mysql":
            connection.info.pop("wrote", None)  # committed by the definition itself
            self.reach(" ".join(words[:3])[:60])

    def _commit(self, connection: Any) -> None:
        if wrote := connection.info.pop("wrote", None):
            self.reach(f"commit {wrote[0]} ({len(wrote)})")

    def _wrap(self, owner: type[Any], method: str, named: Callable[[tuple[Any, ...]], str]) -> None:
        original = getattr(owner, method)

        async def reached(this: Any, *words: Any, **options: Any) -> Any:
            name = named(words)
            if name.split()[-1:] and name != "UID":
                self.reach(f"{owner.__name__} {name}")
            return await original(this, *words, **options)

        setattr(owner, method, reached)


def forked(work: Callable[[], None]) -> int:
    """Run `work` in a fork of this process, which must have no other thread; return its exit status."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    status = 1
    try:
        work()
        status = 0
    finally:
        if status:
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(status)
