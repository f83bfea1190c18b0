"""A bug in an agent, a probe or a callback is trouble to tell, and never the end of the watch."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from glassdome.agents.overseer import OverseerAgent
from glassdome.core.clock import FixedClock
from glassdome.core.config import Settings
from glassdome.core.errors import Broken, ConnectFailed
from glassdome.core.unexpected import wrap_unexpected
from tests.samples import NOON

MESSAGE = {"id": "1", "subject": "hello"}
GOOD = {"success": True, "results": {"a@example.org": {"success": True, "count": 1, "messages": [MESSAGE]}}}


class Agent:
    """An agent of somebody else."""

    def __init__(self, agent_id: str, result: Any) -> None:
        """`result` is answered, or raised where it is an exception."""
        self.agent_id, self.result, self.looks = agent_id, result, 0

    async def monitor_all_mailboxes(self) -> dict[str, Any]:
        """Look, or break."""
        self.looks += 1
        if isinstance(self.result, Exception):
            raise self.result
        answer: dict[str, Any] = self.result
        return answer


@pytest.fixture
def overseer() -> OverseerAgent:
    """One without a mailbox of its own; made outside the event loop, since settings look at files."""
    return OverseerAgent(settings=Settings(overseer_interval=1), clock=FixedClock(NOON))


async def test_an_agent_that_breaks_spoils_no_other(overseer: OverseerAgent) -> None:
    """Its failure is told with what broke; the agent beside it is looked after."""
    for agent in (Agent("bad", KeyError("secret")), Agent("refusing", ConnectFailed()), Agent("good", GOOD)):
        overseer.add_monitored_agent(agent)

    await overseer.round()
    await overseer.round()
    status = await overseer.status()

    assert "Agent bad: The agent bad broke (KeyError). The log says where." in status
    assert "Agent refusing: The connection could not be made." in status
    assert "Agent good: 1 mailbox, 0 failing" in status
    assert "  - Agent bad fails: The agent bad broke (KeyError)." in status
    assert "secret" not in status


async def test_an_agent_that_answers_nonsense_spoils_no_probe(overseer: OverseerAgent) -> None:
    """An unreadable answer is trouble of that part; the services are asked all the same."""
    asked = []

    async def probe() -> None:
        asked.append("mailcow")

    overseer.add_monitored_agent(Agent("odd", None))
    overseer.add_probe("mailcow", probe)
    await overseer.round()
    await overseer.round()

    assert ["mailcow", "mailcow"] == asked
    assert "The Overseer's mailboxes fail" in await overseer.status()


async def test_a_probe_that_breaks_is_a_service_that_does_not_work(overseer: OverseerAgent) -> None:
    """Also one that is no coroutine function; the probe beside them is asked."""

    async def divides() -> None:
        raise ZeroDivisionError

    async def works() -> None:
        pass

    overseer.add_probe("divides", divides)
    overseer.add_probe("plain", lambda: None)  # type: ignore[arg-type, return-value]
    overseer.add_probe("works", works)
    await overseer.round()
    status = await overseer.status()

    assert "Service divides: The probe of divides broke (ZeroDivisionError)." in status
    assert "Service plain: The probe of plain broke (TypeError)." in status
    assert "Service works: works" in status


async def test_every_message_reaches_every_callback(overseer: OverseerAgent) -> None:
    """One callback that breaks takes nothing from the other, and is told."""
    given = []

    async def breaks(mailbox: str, message: dict[str, Any]) -> None:
        raise AttributeError(message["subject"])

    async def takes(mailbox: str, message: dict[str, Any]) -> None:
        given.append((mailbox, message["id"]))

    overseer.add_monitored_agent(Agent("one", GOOD))
    overseer.add_monitored_agent(Agent("two", GOOD))
    overseer.on_message(breaks)
    overseer.on_message(takes)
    await overseer.round()
    await overseer.round()

    assert [("a@example.org", "1")] * 4 == given
    assert "The Overseer's mailboxes fail: A callback of on_message broke (AttributeError)." in await overseer.status()


async def test_the_watch_goes_on(overseer: OverseerAgent) -> None:
    """`run` does its next round after one in which everything broke."""
    agent = Agent("bad", RuntimeError())
    rounds = asyncio.Event()

    async def probe() -> None:
        if agent.looks == 2:
            rounds.set()
        raise RuntimeError

    overseer.add_monitored_agent(agent)
    overseer.add_probe("breaks", probe)
    running = asyncio.create_task(overseer.run())
    await asyncio.wait_for(rounds.wait(), 20)
    overseer.stop()

    await asyncio.wait_for(running, 20)


async def test_what_is_contained() -> None:
    """A bug becomes an error of ours with its cause; our own errors and a cancellation pass as they are."""

    async def raising(exc: BaseException) -> None:
        raise exc

    with pytest.raises(Broken, match=r"^It broke \(KeyError\)") as caught:
        await wrap_unexpected("It", lambda: raising(KeyError("x")))
    with pytest.raises(ConnectFailed):
        await wrap_unexpected("It", lambda: raising(ConnectFailed()))
    with pytest.raises(asyncio.CancelledError):
        await wrap_unexpected("It", lambda: raising(asyncio.CancelledError()))

    assert "internal_error" == caught.value.code
    assert isinstance(caught.value.__cause__, KeyError)
