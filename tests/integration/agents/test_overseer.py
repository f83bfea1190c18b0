"""The Overseer on real servers: alerts once, recovered, in digests; reports at their hour; phishing told to its owner."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from glassdome.agents.alert_mail import MailAlerts
from glassdome.core.errors import ConfigError, ConnectFailed, RateLimited
from glassdome.values.refs import MessageRef
from tests.integration.agents.rounds import open_room, outdated_password, text_of
from tests.servers.mailcow import Mailcow


class Service:
    """A service that works or does not."""

    def __init__(self) -> None:
        self.works = False

    async def probe(self) -> None:
        """Raise when it does not work."""
        if not self.works:
            raise ConnectFailed("nobody there.")


async def test_trouble_is_told_once_and_when_it_is_over(mailcow: Mailcow) -> None:
    """One failure is nothing, two are an alert, more are no second one; recovery is told; a day later again."""
    room = await open_room(mailcow)
    service = Service()
    room.overseer.add_probe("ollama", service.probe)
    async with room.agent:
        for _ in range(4):
            await room.overseer.round()
            room.clock.advance(60)
        service.works = True
        await room.overseer.round()
        mails = {str(mail["subject"]): mail for mail in await room.answers(2)}
        await room.overseer.round()

        assert sorted(mails) == ["[Glassdome] not working: ollama", "[Glassdome] recovered: ollama"]
        assert "ollama does not work: nobody there." in text_of(mails["[Glassdome] not working: ollama"])
        assert {mail["auto-submitted"] for mail in mails.values()} == {"auto-generated"}
        assert len(await room.answers(2)) == 2


async def test_many_troubles_are_one_mail_and_mails_are_bounded(mailcow: Mailcow) -> None:
    """A refused mailbox and two services: one digest. Past the hourly limit alerts wait for the next one."""
    room = await open_room(mailcow, overseer_alerts_per_hour=1)
    bad = mailcow.dovecot.add_mailbox()
    async with room.agent:
        await outdated_password(room.agent, bad)
        one, two, late = Service(), Service(), Service()
        room.overseer.add_probe("one", one.probe)
        room.overseer.add_probe("two", two.probe)
        for _ in range(2):
            await room.overseer.round()
        digest = (await room.answers(1))[0]
        room.overseer.add_probe("late", late.probe)
        one.works = True
        for _ in range(3):
            await room.overseer.round()
        assert len(await room.answers(1)) == 1
        room.clock.advance(3700)
        await room.overseer.round()
        _, second = await room.answers(2)

    assert digest["subject"] == "[Glassdome] 3 not working"
    assert f"{bad} cannot be read" in text_of(digest)
    assert second["subject"] == "[Glassdome] 1 not working, 1 recovered"


async def test_quiet_hours_hold_back_what_can_wait(mailcow: Mailcow) -> None:
    """At night a refused mailbox waits for the morning, a dead service does not."""
    room = await open_room(mailcow, overseer_quiet_hours="22:00-07:00", overseer_timezone="Europe/Berlin")
    night = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    room.clock.advance((night - room.clock.now()).total_seconds())
    bad, service = mailcow.dovecot.add_mailbox(), Service()
    room.overseer.add_probe("imap", service.probe)
    async with room.agent:
        await outdated_password(room.agent, bad)
        for _ in range(2):
            await room.overseer.round()
        assert [mail["subject"] for mail in await room.answers(1)] == ["[Glassdome] not working: imap"]
        room.clock.advance(8 * 3600)
        await room.overseer.round()
        subjects = sorted(str(mail["subject"]) for mail in await room.answers(2))

    assert subjects == ["[Glassdome] not working: imap", f"[Glassdome] not working: m1:{bad}"]


async def test_reports_come_at_their_hour_and_once(mailcow: Mailcow) -> None:
    """Due at seven in Berlin: not before, once after, also with a second Overseer on the same data; paused: never."""
    room = await open_room(mailcow, overseer_daily_at="07:00", overseer_timezone="Europe/Berlin")
    early = datetime(2026, 11, 22, 5, 55, tzinfo=UTC)
    room.clock.advance((early - room.clock.now()).total_seconds())
    # Yesterday's is too late already to be sent now.
    async with room.agent:
        await room.overseer.round()
        stores = await room.agent.memory.stores()
        assert await stores.outbox.list() == ()
        room.clock.advance(600)
        await room.overseer.round()
        await room.overseer.round()
        report = (await room.answers(1))[0]
        assert [entry.purpose for entry in await stores.outbox.list()] == ["report_daily"]

        await room.overseer.pause(room.clock.now() + timedelta(days=2))
        room.clock.advance(86_400)
        await room.overseer.round()
        assert len(await stores.outbox.list()) == 1

    assert report["subject"] == "Glassdome daily report: 0 mails, 0 phishing"
    assert "2026-11-21 07:05 to 2026-11-22 07:05 (Europe/Berlin)" in text_of(report)
    html: Any = report.get_body(("html",))
    assert 'src="cid:volume@example.test"' in html.get_content()


async def test_phishing_is_told_to_its_owner(mailcow: Mailcow) -> None:
    """Once per message, in the owner's mailbox, with sensitive words masked; a wave is bounded and comes later."""
    room = await open_room(mailcow)
    owner = mailcow.dovecot.add_mailbox()
    async with room.agent:
        await room.agent.register(room.mailbox, SecretStr("correct horse"))
        alerts = MailAlerts(room.agent, room.mailbox, clock=room.clock)
        refs = [MessageRef(mailbox=owner, uid_validity=1, uid=uid) for uid in range(1, 12)]
        for _ in range(2):
            await alerts.alert(refs[0], "asks for the card 4111 1111 1111 1111")
        for ref in refs[1:10]:
            await alerts.alert(ref, "a link shows one host and leads to another")
        with pytest.raises(RateLimited):
            await alerts.alert(refs[10], "one too many")
        mails = await room.answers(10, mailbox=owner)

    first = next(mail for mail in mails if "card" in text_of(mail))
    assert len(mails) == 10
    assert "4111 1111" not in text_of(first)
    assert first["auto-submitted"] == "auto-generated"


async def test_run_ends_when_asked(mailcow: Mailcow) -> None:
    """The daemon does its rounds and stops; a command that arrives meanwhile is answered without waiting for the next."""

    room = await open_room(mailcow, overseer_interval=3600)
    async with room.agent:
        running = asyncio.create_task(room.overseer.run())
        await room.put(room.mail("help"))
        answer = (await room.answers(1))[0]
        room.overseer.stop()
        await asyncio.wait_for(running, 20)

    assert answer["in-reply-to"] == "<command1@example.test>"


async def test_only_agents_are_looked_after(mailcow: Mailcow) -> None:
    """Adding something else is an error, adding twice changes nothing."""
    room = await open_room(mailcow)
    room.overseer.add_monitored_agent(room.agent)
    with pytest.raises(ConfigError, match="agent_id"):
        room.overseer.add_monitored_agent(object())  # type: ignore[arg-type]
    async with room.agent:
        await room.overseer.round()
        assert (await room.overseer.status()).count("Agent m1") == 1
