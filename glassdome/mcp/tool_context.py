"""Things the tools work with: the API's services, the agent, and a judge for messages that are not stored.

`opening` makes them. It needs the store, the mail libraries and the engine, so that it is imported with the first call:
a client that starts us waits for the list of tools alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError
from glassdome.desk.services import Services
from glassdome.values.analysis import Analysis
from glassdome.values.refs import MessageRef

if TYPE_CHECKING:
    from glassdome.agents.mailcow_agent import MailcowAgent

__all__ = ["Judge", "ToolContext", "open_tool_context"]

#: Judges a raw message with the built-in engine and stores nothing; raises ParseError.
Judge = Callable[[bytes, MessageRef], Awaitable[Analysis]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolContext:
    """Everything a tool may use; `mail_agent` is None where no mail server is set."""

    services: Services
    judge: Judge
    mail_agent: MailcowAgent | None = None
    has_mailcow: bool = False

    def agent(self) -> MailcowAgent:
        """Return the agent; raises ConfigError."""
        if self.mail_agent is None:
            raise ConfigError("No mail server is set.", fix="Set GLASSDOME_IMAP_HOST, or MAILCOW_API_URL.")
        return self.mail_agent


@asynccontextmanager
async def open_tool_context(settings: Settings, *, clock: Clock) -> AsyncIterator[ToolContext]:
    """Yield the tool context over the database of the settings; raises what `open_app` raises."""
    # In a thread: this takes seconds, and meanwhile the client's other requests are answered.
    opening = await asyncio.to_thread(import_module, "glassdome.mcp.opening")
    async with opening.opened(settings, clock=clock) as context:
        yield context
