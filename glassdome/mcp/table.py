"""The one table of tools."""

from __future__ import annotations

from typing import Final

from glassdome.core.errors import AccessDenied, ActionForbidden
from glassdome.desk.keys import Caller, Scope
from glassdome.mcp.acting import ACTING
from glassdome.mcp.categories import CATEGORIES
from glassdome.mcp.correcting import CORRECTING
from glassdome.mcp.errors import unknown_tool
from glassdome.mcp.judging import JUDGING
from glassdome.mcp.mailboxes import MAILBOXES
from glassdome.mcp.reading import READING
from glassdome.mcp.threads import THREADS
from glassdome.mcp.tool import Tool

__all__ = ["TOOLS", "Allowed"]

#: Reading first, then what writes.
TOOLS: Final[dict[str, Tool]] = {
    tool.name: tool
    for tool in sorted(
        (*READING, *THREADS, *CATEGORIES, *JUDGING, *ACTING, *CORRECTING, *MAILBOXES), key=lambda tool: tool.writes
    )
}


class Allowed:
    """The tools that each caller may use."""

    def __init__(self, *, writes: bool) -> None:
        """`writes` is what the server was started with; a caller's key must allow it too."""
        self._writes = writes

    def listed(self, caller: Caller) -> list[Tool]:
        """Return the tools that the caller may use."""
        every = self._writes and caller.scope is Scope.RW
        return [tool for tool in TOOLS.values() if every or not tool.writes]

    def tool(self, name: str, caller: Caller) -> Tool:
        """Return a tool; raises MCPError for one that is not there, ActionForbidden and AccessDenied for one not allowed."""
        tool = TOOLS.get(name)
        if tool is None:
            raise unknown_tool()
        if tool.writes and not self._writes:
            raise ActionForbidden("This server was started for reading only.", fix="Start it with --allow-writes.")
        if tool.writes and caller.scope is not Scope.RW:
            raise AccessDenied("This key may only read.", fix="Use a key with the scope rw.")
        return tool
