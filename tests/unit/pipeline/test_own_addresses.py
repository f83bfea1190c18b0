"""Owners' addresses, by the settings and by a server with mailcow's wire format; answers and threads know them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from glassdome.core.clock import FixedClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError
from glassdome.integrations.mailcow.directory import MailcowAliases
from glassdome.integrations.mailcow.http import MailcowAccess, mailcow_http
from glassdome.integrations.mailcow.objects import MailcowObjects
from glassdome.integrations.tls import TlsPolicy
from glassdome.parse import parse_message
from glassdome.pipeline.answering import Answering
from glassdome.pipeline.own_addresses import OwnAddresses
from glassdome.pipeline.threads.turns import TurnMaker
from glassdome.values.preferences import Preferences
from glassdome.values.thread import Owner
from tests.samples import an_analysis
from tests.servers.mailcow_server import MailcowServer
from tests.servers.mailcow_state import MailcowState
from tests.servers.served import Served

from .test_answering import BOB, HAM, NOW, REF, NewJob, NoRules

ALIASES: list[dict[str, Any]] = [
    {"id": 1, "address": "Sales@example.test", "goto": BOB, "active": 1},
    {"id": 2, "address": "off@example.test", "goto": BOB, "active": 0},
    {"id": 3, "address": "team@example.test", "goto": f"{BOB},ann@example.test", "active": 1},
    {"id": 4, "address": "@example.test", "goto": BOB, "active": 1},
    {"id": 5, "address": "ann.b@example.test", "goto": "ann@example.test", "active": "1"},
]
DOMAINS: list[dict[str, Any]] = [
    {"alias_domain": "example.alias", "target_domain": "example.test", "active": 1},
    {"alias_domain": "example.off", "target_domain": "example.test", "active": 0},
]
LISTED = {BOB, "sales@example.test", "bob@example.alias", "sales@example.alias"}


@pytest.fixture
def defaults() -> Settings:
    """Settings of nothing; made outside the event loop, since they look at files."""
    return Settings()


@pytest.fixture
async def mailcow(defaults: Settings) -> AsyncIterator[tuple[MailcowServer, OwnAddresses, FixedClock]]:
    """A mailcow with aliases, and who reads them."""
    server, clock = MailcowServer(MailcowState()), FixedClock(NOW)
    server.aliases, server.alias_domains = list(ALIASES), list(DOMAINS)
    served = Served(server.app)
    http = mailcow_http(MailcowAccess(url=served.url, key=SecretStr("RO-KEY")), TlsPolicy())
    settings = defaults
    async with served:
        yield server, OwnAddresses(lambda: settings, MailcowAliases(MailcowObjects(http)), clock), clock
        await http.aclose()


async def test_mailcow_s_aliases_of_one_mailbox(mailcow: tuple[MailcowServer, OwnAddresses, FixedClock]) -> None:
    """Not those that are off, those of groups, and catch-alls; each under the domain's other names, too."""
    _, addresses, _ = mailcow

    assert await addresses.of("Bob@example.test") == LISTED
    assert await addresses.of("ann@example.test") == {
        "ann@example.test", "ann.b@example.test", "ann@example.alias", "ann.b@example.alias",
    }  # fmt: skip


async def test_the_list_is_kept_for_a_while(mailcow: tuple[MailcowServer, OwnAddresses, FixedClock]) -> None:
    """It is asked for again after five minutes; where mailcow is in trouble, the last one holds on."""
    server, addresses, clock = mailcow
    for _ in range(3):
        await addresses.of(BOB)
    assert len(server.requests) == 2
    server.aliases.clear()
    clock.advance(timedelta(minutes=5).total_seconds())
    server.broken = True
    assert await addresses.of(BOB) == LISTED
    server.broken = False
    assert await addresses.of(BOB) == LISTED
    clock.advance(timedelta(minutes=1).total_seconds())
    assert await addresses.of(BOB) == {BOB, "bob@example.alias"}


async def test_the_settings_name_aliases_elsewhere(defaults: Settings) -> None:
    """Of several owners, in any case of letters."""
    text = f"{BOB.title()}:Sales@example.test|bob@example.net, ann@example.test:x@example.test"
    settings = defaults.model_copy(update={"aliases": text})
    addresses = OwnAddresses(lambda: settings, None, FixedClock(NOW))

    assert await addresses.of(BOB) == {BOB, "sales@example.test", "bob@example.net"}


@pytest.mark.parametrize("value", ["ann", "ann@example.org", "ann@example.org:", "ann@example.org:sales"])
def test_a_mistake_is_counted(value: str) -> None:
    """With the form that is wanted."""
    with pytest.raises(ConfigError, match="GLASSDOME_ALIASES: entry 1"):
        Settings(aliases=value)


@pytest.mark.parametrize(
    ("to", "sender", "answers"),
    [
        ("sales@example.test", "ann@elsewhere.test", 1),
        ("sales+list@example.alias", "ann@elsewhere.test", 1),
        ("team@example.test", "ann@elsewhere.test", 0),
        (BOB, "sales@example.test", 0),
    ],
)
async def test_automatic_answers_know_them(
    mailcow: tuple[MailcowServer, OwnAddresses, FixedClock], to: str, sender: str, answers: int
) -> None:
    """Mail to an alias is the owner's (RFC 5230 4.5); mail from one is answered to nobody."""
    raw = f"Return-Path: <{sender}>\nFrom: Ann <{sender}>\nTo: {to}\nMessage-ID: <1@elsewhere.test>\n\nHere they are.\n"
    wishes = Preferences(username=BOB, chosen=True, absence="Back soon.")
    analysis = an_analysis(REF, verdict=HAM, received_at=NOW)
    answering = Answering(rules=NoRules(), sends=True, default_zone="UTC", addresses=mailcow[1])  # type: ignore[arg-type]

    found = await answering.plan(parse_message(raw.encode()), analysis, wishes, NewJob(), now=NOW)  # type: ignore[arg-type]

    assert len(found) == answers


async def test_threads_know_them(mailcow: tuple[MailcowServer, OwnAddresses, FixedClock]) -> None:
    """Beside those that the owner was seen to write from."""

    class Seen:
        async def owner(self, mailbox: str) -> Owner:
            return Owner(addresses=frozenset({BOB, "robert@elsewhere.test"}))

    owner = await TurnMaker(threads=Seen(), rules=None, addresses=mailcow[1]).owner(BOB)  # type: ignore[arg-type]

    assert owner.addresses == LISTED | {"robert@elsewhere.test"}
