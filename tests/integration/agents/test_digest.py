"""A digest on real servers: it arrives at its hour, once, marked as automatic, and none that is empty."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

from cryptography.fernet import Fernet
from pydantic import SecretStr

from glassdome.agents.alert_mail import MailAlerts, open_alerts
from glassdome.agents.digest import DigestSender
from glassdome.core.config import Settings
from glassdome.core.secrets import SecretBox
from glassdome.core.undo_links import UndoLinks
from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.preferences import DigestEvery, Preferences
from tests.contract.store.contracts_store import analysed
from tests.integration.agents.rounds import PASSWORD, open_room, text_of
from tests.samples import a_ref, a_verdict, an_analysis
from tests.servers.mailcow import Mailcow


async def test_a_digest_arrives_once(mailcow: Mailcow) -> None:
    """By two senders that know nothing of each other, at the owner's hour and not before."""
    room = await open_room(mailcow)
    settings = await asyncio.to_thread(
        lambda: Settings(
            overseer_mailbox=room.mailbox,
            overseer_password=SecretStr(PASSWORD),
            public_url="https://mail.example.test/llm/",
        )
    )
    links = UndoLinks(SecretBox(Fernet.generate_key().decode()))
    start = room.clock.now()
    wants = Preferences(username=room.boss, chosen=True, digest=DigestEvery.DAILY, digest_hour=(start.hour + 1) % 24)
    async with room.agent, open_alerts(settings, clock=room.clock) as alerts:
        assert isinstance(alerts, MailAlerts)
        store = await room.agent.memory.stores()
        quiet = replace(wants, username="quiet@example.test")
        for each in (wants, quiet):
            await store.preferences.set_preferences(each, now=start)
        verdict = a_verdict(attention="now")
        await analysed(store, an_analysis(a_ref(1, mailbox=room.boss), verdict=verdict, analyzed_at=start))
        move = Action(ref=a_ref(1, mailbox=room.boss), kind=ActionKind.MOVE, argument="Archive")
        await store.actions.plan([move], now=start)
        await store.actions.finish(move, state=ActionState.DONE, now=start)
        first, second = (
            DigestSender(store, alerts.send, settings=lambda: settings, clock=room.clock, links=links) for _ in range(2)
        )
        before = await first.step()
        room.clock.advance(timedelta(hours=1).total_seconds())
        sent = [await sender.step() for sender in (first, second, first)]
        (mail,) = await room.answers(1)

    assert (before, sent) == (0, [1, 0, 0])
    assert (mail["to"], mail["from"], mail["auto-submitted"]) == (
        room.boss,
        f"Glassdome <{room.mailbox}>",
        "auto-generated",
    )
    assert str(mail["list-id"]).startswith("Glassdome digest <digest.")
    assert "The minutes" in text_of(mail)
    html = mail.get_body(("html",))
    assert html is not None
    (address,) = re.findall(r"https://mail[.]example[.]test/llm/undo-link[?]link=(\S+)", text_of(mail))
    assert f"link={address}" in html.get_content()
    link = links.read(address)
    assert link is not None
    assert [links.genuine_for(link, str(a_ref(uid, mailbox=room.boss))) for uid in (1, 2)] == [True, False]
