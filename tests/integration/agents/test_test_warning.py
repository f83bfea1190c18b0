"""The test warning of the web page on real servers: it comes the way a warning of phishing does."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from pydantic import SecretStr

from glassdome.agents.alert_mail import open_alerts
from glassdome.core.config import Settings
from glassdome.core.errors import PolicyRefused, RateLimited
from glassdome.core.translate import catalogue
from glassdome.shapes.said import said
from glassdome.values.refs import MessageRef
from tests.integration.agents.rounds import PASSWORD, open_room, text_of
from tests.servers.mailcow import Mailcow


async def test_a_test_arrives_and_says_that_it_is_one(mailcow: Mailcow) -> None:
    """Each press sends one; after ten in an hour it is enough."""
    room = await open_room(mailcow)
    settings = await asyncio.to_thread(
        lambda: Settings(overseer_mailbox=room.mailbox, overseer_password=SecretStr(PASSWORD))
    )
    async with room.agent, open_alerts(settings, clock=room.clock) as alerts:
        await alerts.test(room.boss)
        (mail,) = await room.answers(1)
        for _ in range(9):
            room.clock.advance(1)
            await alerts.test(room.boss)
        with pytest.raises(RateLimited):
            await alerts.test(room.boss)

    assert (mail["to"], mail["from"], mail["auto-submitted"]) == (room.boss, room.mailbox, "auto-generated")
    assert mail["subject"] == "A test: warnings of phishing reach you"
    assert "There is nothing to do." in text_of(mail)
    assert 10 == len(await room.answers(10))


async def test_without_a_mailbox_the_setting_is_named(mailcow: Mailcow) -> None:
    """Nothing is sent in silence."""
    room = await open_room(mailcow)
    settings = await asyncio.to_thread(Settings)
    async with open_alerts(settings, clock=room.clock) as alerts:
        with pytest.raises(PolicyRefused, match="GLASSDOME_OVERSEER_MAILBOX"):
            await alerts.test(room.boss)


async def test_a_warning_is_in_the_language_of_its_owner(mailcow: Mailcow) -> None:
    """Subject, reason and advice are; the mail's own words and the folder stay."""
    room = await open_room(mailcow)
    settings = await asyncio.to_thread(
        lambda: Settings(overseer_mailbox=room.mailbox, overseer_password=SecretStr(PASSWORD))
    )
    ref = MessageRef(mailbox=room.boss, folder="INBOX", uid_validity=1, uid=7)
    async with room.agent, open_alerts(settings, clock=room.clock) as alerts:
        preferences = (await room.agent.memory.stores()).preferences
        wishes = await preferences.get_preferences(room.boss)
        await preferences.set_preferences(replace(wishes, language="de"), now=room.clock.now())
        # As in a process that has said nothing yet: what is read now blocks no event loop.
        catalogue.cache_clear()
        said.cache_clear()
        await alerts.alert(ref, "the mail presses for time: \u201cact now\u201d")
        (mail,) = await room.answers(1)

    assert mail["subject"] == "Warnung: Eine Mail in INBOX sieht nach Phishing aus"
    assert "Grund: die Mail dr\u00e4ngt zur Eile: \u201cact now\u201d" in text_of(mail)
    assert "Folgen Sie keinem Link darin" in text_of(mail)
