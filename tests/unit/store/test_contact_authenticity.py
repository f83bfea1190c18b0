"""A contact's row counts as authenticated what the signals call authenticated: one rule."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from glassdome.parse import parse_message
from glassdome.shapes.rendering import RENDERING
from glassdome.signals import detect
from glassdome.store import migrate, open_database
from glassdome.store.contacts import remember
from glassdome.values.context import Context
from glassdome.values.message import Message
from tests.samples import NOON

OWNER, SERVER = "ann@home.example", "mx.home.example"


def _mail(sender: str, *results: str) -> Message:
    told = "; ".join((SERVER, *results))
    raw = f"Authentication-Results: {told}\r\nFrom: {sender}\r\nTo: {OWNER}\r\nSubject: Hello\r\n\r\nHello Ann\r\n"
    return parse_message(raw.encode(), authserv_ids=frozenset({SERVER}))


CASES = {
    "dmarc passes": (("Bank <x@bank.example>", "dmarc=pass header.from=bank.example"), 1),
    "a second From address": (
        ("Bank <x@bank.example>, y@evil.example", "dmarc=pass header.from=evil.example"),
        0,
    ),
    "DMARC of another domain": (("Bank <x@bank.example>", "dmarc=pass header.from=evil.example"), 0),
    "signed by a public suffix": (("Shop <x@shop.myshopify.com>", "dkim=pass header.d=myshopify.com"), 0),
    "aligned SPF alone": (("Bank <x@bank.example>", "spf=pass smtp.mailfrom=b@bounce.bank.example"), 1),
    "DKIM of a subdomain": (("Bank <x@bank.example>", "dkim=pass header.d=mail.bank.example"), 1),
    "only the mailer signed": (("Bank <x@bank.example>", "dkim=pass header.d=mailer.example"), 0),
    "everything fails": (("Bank <x@bank.example>", "dmarc=fail header.from=bank.example", "spf=fail"), 0),
}


@pytest.mark.parametrize("case", CASES)
async def test_the_store_counts_what_the_signals_see(case: str, tmp_path: Path) -> None:
    (parts, expected) = CASES[case]
    message = _mail(*parts)
    assert bool(message.authenticity) is bool(expected)
    url = f"sqlite:///{tmp_path / 'db'}"
    await migrate(url)
    async with open_database(url, rendering=RENDERING) as database:
        for _ in range(3):
            await database.connections.write(lambda connection: remember(connection, OWNER, message, now=NOON))
        history = await database.history.sender_history(OWNER, message.author.addr)
    assert history.authenticated == 3 * expected
    fourth = {
        s.name for s in await asyncio.to_thread(detect, message, Context(now=NOON, sender=history, known=True)) if s.hit
    }
    assert "authentication_changed" not in fourth, "an honest sender's fourth mail is like the first three"
    assert ("authenticated" in fourth) is bool(expected)


async def test_a_later_forgery_of_an_spf_only_sender_is_seen(tmp_path: Path) -> None:
    honest = _mail("Bank <x@bank.example>", "spf=pass smtp.mailfrom=x@bank.example")
    forged = _mail("Bank <x@bank.example>", "spf=softfail smtp.mailfrom=x@bank.example")
    url = f"sqlite:///{tmp_path / 'db'}"
    await migrate(url)
    async with open_database(url, rendering=RENDERING) as database:
        for _ in range(3):
            await database.connections.write(lambda connection: remember(connection, OWNER, honest, now=NOON))
        history = await database.history.sender_history(OWNER, honest.author.addr)
    names = {
        s.name for s in await asyncio.to_thread(detect, forged, Context(now=NOON, sender=history, known=True)) if s.hit
    }
    assert "authentication_changed" in names
