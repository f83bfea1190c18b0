"""The preview of a digest: what it holds, in which language, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from glassdome.values.action import Action, ActionKind
from glassdome.values.fact import Fact
from glassdome.values.message import Address
from glassdome.values.preferences import DigestEvery, Preferences
from glassdome.values.refs import MessageRef
from glassdome.values.verdict import Label

from .bench import NOW, OTHER, OWN, USER, Bench, analysis, ref, verdict

PATH = "/api/v1/get/llm/digest"
HOUR = timedelta(hours=1)


async def test_each_section_has_its_mail(bench: Bench) -> None:
    """Old mail, our own mail and mail of others stay out; nothing is sent."""
    wants = Preferences(username=USER, chosen=True, digest=DigestEvery.DAILY, digest_hour=0, language="de")
    await bench.database.preferences.set_preferences(wants, now=NOW)
    bench.set(overseer_mailbox="glassdome@example.org")
    at = NOW - HOUR
    due = (Fact(type="amount", value="842.50 EUR"), Fact(type="date", value="2026-12-12"))
    plain = verdict(action_items=(), categories=("personal",))
    move = Action(ref=ref(3), kind=ActionKind.MOVE, argument="\\Junk")
    await bench.store(
        analysis(ref(1), at=at, subject="Sofort", verdict=replace(plain, attention="now")),
        analysis(ref(2), at=at, subject="Rechnung 7", facts=due, verdict=verdict(action_items=())),
        analysis(ref(4), at=NOW - 50 * HOUR, subject="Zu alt", verdict=replace(plain, attention="now")),
        analysis(
            ref(5),
            at=at,
            subject="Von uns",
            header_from=Address(addr="Glassdome@example.org"),
            verdict=replace(plain, attention="now"),
        ),
        analysis(ref(6, OTHER), at=at, subject="Fremd", verdict=replace(plain, attention="now")),
    )
    await bench.store(analysis(ref(3), Label.PHISH, at=at, subject="Ihr Konto"), actions=[move])
    await bench.act(move, at=at, moved_to=MessageRef(mailbox=USER, folder="Junk", uid_validity=2, uid=9))

    found = (await bench.get(PATH, mailbox=USER)).json()

    assert found["subject"] == "Ihre Post: 4 Hinweise"
    assert found["text"].split("\n-- ")[0].strip().splitlines() == [
        "JETZT HANDELN", "- Sofort (shop[@]shop[.]example)", "  Asks for money.", "",
        "BETRUGSVERDACHT", "- Ihr Konto (shop[@]shop[.]example)", "",
        "FÄLLIG", "- 2026-12-12: Rechnung 7 (shop[@]shop[.]example)", "  842.50 EUR", "",
        "VERSCHOBEN", "- Ihr Konto (shop[@]shop[.]example)", "  Junk",
        "Jede Verschiebung lässt sich auf der Seite der Nachricht in Glassdome rückgängig machen.",
    ]  # fmt: skip
    assert "<h2>Fällig</h2>" in found["html"]
    assert found["empty"] is False


async def test_an_empty_digest_says_so(bench: Bench) -> None:
    """It would not be sent."""
    assert (await bench.get(PATH, mailbox=USER)).json()["empty"] is True


async def test_another_mailbox_is_refused(bench: Bench) -> None:
    """To a key that does not cover it."""
    assert (await bench.get(PATH, OWN, mailbox=OTHER)).status_code == 403
    assert (await bench.get(PATH, None, mailbox=USER)).status_code == 401
