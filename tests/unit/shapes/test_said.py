"""Our sentences about a mail in every language: all that is said is known, complete, and keeps the mail's own words."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest

from glassdome.core.translate import ENGLISH, LANGUAGES
from glassdome.pipeline.process import classify
from glassdome.shapes.said import AREA, said, said_word, sentences
from glassdome.signals import asks, attachments, content, links
from glassdome.values.context import Context
from glassdome.values.verdict import Verdict
from scripts.catalogues import compiled, po_file, renewed, texts, translations, written

OTHERS = [code for code in LANGUAGES if code != ENGLISH]
DATA = Path(__file__).parents[2] / "data"
CONTEXT = Context(
    now=datetime(2026, 11, 29, tzinfo=UTC), mailbox="me@example.org", own_domains=frozenset({"example.org"})
)
SERVER = "mail.example.org"
AUTHORS = (
    ("Service <service@kunden-portal.example.net>", ""),
    ("PayPal <help@paypa1-secure.top>", "dkim=pass header.d=paypa1-secure.top; dmarc=pass header.from=paypa1-secure.top"),
    ("IT Helpdesk <it.helpdesk@gmail.com>", "dkim=pass header.d=gmail.com; dmarc=pass header.from=gmail.com"),
    ("Bank <info@sparkasse.de>", "spf=fail smtp.mailfrom=sparkasse.de; dkim=fail header.d=sparkasse.de; dmarc=fail header.from=sparkasse.de"),
    ("Me <me@example.org>", "dmarc=fail header.from=example.org"),
)  # fmt: skip


@cache
def verdicts() -> tuple[Verdict, ...]:
    """Return verdicts on frauds and honest mail from authors of all kinds."""
    cases = tomllib.loads((DATA / "cases" / "frauds" / "first.toml").read_text("utf-8"))
    lines = [
        line for case in list(cases.values())[:4] for group in case.values() for line in group.strip().splitlines()
    ]
    made = [_mail(line, *AUTHORS[number % len(AUTHORS)]) for number, line in enumerate(lines)]
    kept = [path.read_bytes() for path in sorted((DATA / "mail").glob("*.eml"))]
    return tuple(classify(raw, CONTEXT, authserv_ids=frozenset([SERVER])) for raw in (*made, *kept))


def _mail(text: str, author: str, found: str) -> bytes:
    mail = EmailMessage()
    if found:
        mail["Authentication-Results"] = f"{SERVER}; {found}"
    mail["From"], mail["To"], mail["Subject"], mail["Reply-To"] = author, "me@example.org", "Info", "answer@proton.me"
    link = f"https://{author.rpartition('@')[2].rstrip('>')}.evil-host.xyz/paypal/login"
    mail.set_content(text.replace("{u}", link) + f"\n{link if '{u}' not in text else 'http://203.0.113.7/a'}\n")
    return mail.as_bytes()


def test_all_that_is_said_of_mail_is_known() -> None:
    """Each reason, request and attention of the judged mails is found among the sentences, in every form."""
    told = {item.why for verdict in verdicts() for item in (*verdict.phishing_reasons, *verdict.asks)}
    told |= {verdict.attention_reason for verdict in verdicts()}

    assert len(told) > 50
    assert {sentence for sentence in told if said(sentence, "ja") == sentence} == set()


@pytest.mark.parametrize("module", [asks, attachments, content, links])
def test_the_descriptions_that_begin_a_finding_are_known(module: object) -> None:
    """Detectors put what they found behind the description of the signal."""
    said_alone = {"an unproven author asks for something of value", "the request comes from the author that it claims",
                  "something of value is asked for in the name of somebody who did not send it",
                  "the link hides its target in a redirect", "the mail's words are disguised",
                  "words are disguised with odd letters so that filters do not read them",
                  "the account to pay to is in another country than the sender",
                  "the link asks for lasting access to a mailbox or files",
                  "the attached archive is encrypted, and the mail gives its password"}  # fmt: skip

    assert set(vars(module)["_SIGNALS"].values()) - said_alone - set(sentences()) == set()


@pytest.mark.parametrize("language", OTHERS)
def test_catalogues_are_complete(language: str) -> None:
    """Every sentence of today and no other has a translation with the same values, and the compiled file is of them."""
    kept = translations(language, AREA)

    assert [message.id for message in kept if message.id] == list(sentences())
    assert [message.id for message in kept if message.id and not message.string] == []
    assert po_file(language, AREA).read_bytes() == written(renewed(language, texts(AREA), AREA))
    assert po_file(language, AREA).with_suffix(".mo").read_bytes() == compiled(kept)
    for message in kept:
        assert _gaps(message.id) == _gaps(message.string), message.string


def _gaps(text: object) -> list[str]:
    return sorted(re.findall(r"\{\w*\}", str(text)))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("the mail presses for time: “act now: today”", "die Mail drängt zur Eile: “act now: today”"),
        ("Asks you to pay; nothing verifies that a.example sent it", "Fordert Sie auf zu zahlen; nichts bestätigt, dass a.example sie gesendet hat"),
        ("Asks you to pay; a.example could belong to anybody; nothing proves that this is Dart Charge", "Fordert Sie auf zu zahlen; a.example könnte jedem gehören; nichts beweist, dass dies Dart Charge ist"),
        ("the name says {name}, the address is at x.example", "der Name sagt {name}, die Adresse ist bei x.example"),
        ("It is a newsletter.", "Art der Mail: Newsletter."),
        ("It is a zebra.", "Art der Mail: zebra."),
        ("what a model wrote of the mail", "what a model wrote of the mail"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_the_mail_gives_stays(sentence: str, expected: str) -> None:
    """Quotes, names and domains go into the translation as they are; braces in them are letters."""
    assert said(sentence, "de") == expected
    assert said(sentence, "de-AT") == expected
    assert said(sentence, "en") == said(sentence, "tlh") == sentence


def test_names_of_labels_and_categories() -> None:
    """Codes have names, an owner's own category keeps its own."""
    assert [said_word(word, "de") for word in ("ham", "phish", "invoice", "Garten")] == ["harmlos", "Phishing", "Rechnung", "Garten"]  # fmt: skip
    assert said_word("ham", "en") == "harmless"
