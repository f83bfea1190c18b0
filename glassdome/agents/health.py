"""Checks agents, their mailboxes, services and the queue, and writes failures into the alert book."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

from glassdome.agents.alert_book import AlertBook
from glassdome.core.errors import GlassdomeError
from glassdome.core.unexpected import wrap_unexpected

if TYPE_CHECKING:
    from glassdome.store.queue import Queue

__all__ = ["AgentHealth", "MonitoredAgent", "Probe"]

#: Seconds the oldest job may wait before a person hears of it.
_OLDEST_SECONDS: Final = 3600.0
#: Seconds a probe may take: what answers later does not work.
_PROBE_SECONDS: Final = 30.0

Probe = Callable[[], Awaitable[None]]


@runtime_checkable
class MonitoredAgent(Protocol):
    """The interface of an agent that the Overseer supervises."""

    agent_id: str

    async def monitor_all_mailboxes(self) -> dict[str, Any]:
        """Poll every mailbox once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentState:
    """The result of an agent's last poll."""

    agent_id: str
    at: datetime
    mailboxes: int
    failing: int
    messages: int
    error: str = ""


class AgentHealth:
    """Keeps the last state of everything and tells the book."""

    def __init__(self, book: AlertBook) -> None:
        """Nothing is known yet."""
        self._book = book
        self.agents: dict[str, AgentState] = {}
        self.services: dict[str, str] = {}

    def passed(self, agent_id: str, result: Mapping[str, Any], *, now: datetime) -> None:
        """Learn from the result of one agent's pass."""
        key = f"agent:{agent_id}"
        results: Mapping[str, Any] = result.get("results", {})
        if result.get("success"):
            self._book.works(key, now=now)
        else:
            self._book.failed(key, f"Agent {agent_id} fails: {result.get('error')}", now=now, critical=True)
        for mailbox, found in results.items():
            if found.get("success"):
                self._book.works(f"{key}:{mailbox}", now=now)
            else:
                self._book.failed(f"{key}:{mailbox}", f"{mailbox} cannot be read: {found.get('error')}", now=now)
        for gone in self._book.keys(f"{key}:"):
            # A mailbox that is no longer registered is no trouble any more.
            if result.get("success") and gone.removeprefix(f"{key}:") not in results:
                self._book.works(gone, now=now)
        self.agents[agent_id] = AgentState(
            agent_id=agent_id,
            at=now,
            mailboxes=len(results),
            failing=sum(not found.get("success") for found in results.values()),
            messages=sum(found.get("count", 0) for found in results.values()),
            error="" if result.get("success") else str(result.get("error", "")),
        )

    async def probe(self, probes: Mapping[str, Probe], *, now: datetime) -> None:
        """Ask every service whether it works, at the same time."""
        problems = await asyncio.gather(*(_asked(name, probe) for name, probe in probes.items()))
        for name, problem in zip(probes, problems, strict=True):
            self.services[name] = problem
            if problem:
                self._book.failed(f"service:{name}", f"{name} does not work: {problem}", now=now, critical=True)
            else:
                self._book.works(f"service:{name}", now=now)

    async def queue(self, queue: Queue, *, now: datetime) -> None:
        """Look whether the queue moves; raises StoreUnavailable."""
        depth = await queue.depth(now=now)
        if depth.oldest_seconds > _OLDEST_SECONDS:
            minutes = depth.oldest_seconds / 60
            text = f"{depth.pending} mails wait to be analysed, the oldest for {minutes:.0f} minutes."
            self._book.failed("queue:old", text, now=now)
        else:
            self._book.works("queue:old", now=now)


async def _asked(name: str, probe: Probe) -> str:
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            await wrap_unexpected(f"The probe of {name}", probe)
    except GlassdomeError as exc:
        return exc.public_message
    except TimeoutError:
        return f"no answer in {_PROBE_SECONDS:.0f} seconds."
    return ""
