"""Nothing sensitive is kept in clear."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassdome.parse import parse_message
from glassdome.pipeline.process import JudgeOptions, analyze_raw, classify
from glassdome.shapes.analysis import analysis_shape
from glassdome.signals.sensitive import find_sensitive
from glassdome.values.context import Context
from glassdome.values.masking import Masker
from glassdome.values.opinion import ActionItem, Opinion, Reason
from glassdome.values.refs import MessageRef
from glassdome.values.role import FULL
from glassdome.values.signal import Evidence, SensitiveFinding
from glassdome.verdict import decide, masked_opinion, masked_signals
from tests.unit.verdict.build import MAIL, builtin, context, hit

IBAN = "DE02 1203 0000 0000 2020 51"
START = MAIL.text.index(IBAN)
FOUND = SensitiveFinding(type="iban", start=START, end=START + len(IBAN), masked="****2051")
SECRETS = (
    "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00",
    "AKIAIOSFODNN7EXAMPLE",
    "password: Tr0ub4dor&3x",
    "+49 30 901820",
    "GB82WEST12345698765432",
)
WORDS = st.sampled_from(
    ["Please", "transfer", "the", "amount", "today.", "Could", "you", "call", "me?", "Invoice", "\n", "account", "card"]
)


def _masker(*values: str) -> Masker:
    return Masker((value, "****") for value in values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Pay to {IBAN} today", "Pay to **** today"),
        ("Pay to DE02120300000000202051, today", "Pay to ****, today"),
        ("Pay to DE02\n1203 0000 0000 2020 51", "Pay to ****"),
        ("Pay to de02-1203-0000-0000-2020-51!", "Pay to ****!"),
        ("Pay to DE02 1203 00", "Pay to ****"),
        ("0000 2020 51 is ours", "**** is ours"),
        ("Pay to DE02 now", "Pay to DE02 now"),
        ("Nothing", "Nothing"),
        ("", ""),
    ],
)
def test_value_is_found_however_it_is_written(text: str, expected: str) -> None:
    """Spacing, case and a cut at an edge hide no value; words that only resemble it stay."""
    assert _masker(IBAN).text(text) == expected


def test_short_value_is_hidden_only_as_it_stands() -> None:
    """A code of four digits is masked; the time that has the same digits is not."""
    assert _masker("1234").text("Code 1234, at 12:34") == "Code ****, at 12:34"


def test_last_characters_that_are_another_value() -> None:
    """A mask shows no characters that are themselves a value."""
    masker = Masker([("4111 1111 1111 4321", "****4321"), ("4321", "****")])
    assert masker.text("Card 4111 1111 1111 4321, code 4321") == "Card ****, code ****"


def test_every_word_of_a_verdict() -> None:
    """Summary, reasons, quotes, action items, tags and draft of either engine."""
    place = Evidence(where="text", quote=f"IBAN {IBAN}")
    said = Opinion(
        engine="ollama",
        summary=f"Pay {IBAN}.",
        categories=(IBAN,),
        tags=("DE02120300000000202051",),
        phishing=0.05,
        spam=0.05,
        phishing_reasons=(Reason(signal="x", why=f"asks to pay {IBAN}", evidence=(place,)),),
        action_items=(ActionItem(text=f"Pay {IBAN}", evidence=place, due=f"until {IBAN}"),),
        auto_reply_suggestion=f"I paid to {IBAN}.",
    )
    signal = hit("payment_change", place, detail=f"new account {IBAN}")
    parts = {"signals": [signal], "sensitive": [FOUND], "builtin": builtin(), "context": context()}
    verdict = decide(MAIL, opinion=said, grant=FULL, **parts)
    assert (verdict.summary, verdict.auto_reply_suggestion) == ("Pay ****2051.", "I paid to ****2051.")
    assert (verdict.categories, verdict.tags) == (("****2051",), ("****2051",))
    assert verdict.action_items[0].evidence.quote == "IBAN ****2051"
    assert (verdict.action_items[0].text, verdict.action_items[0].due) == ("Pay ****2051", "until ****2051")
    assert verdict.phishing_reasons[0].why == "new account ****2051"
    masker = Masker.of(MAIL, [FOUND])
    kept = repr((masked_signals([signal], masker), masked_opinion(said, masker)))
    assert (IBAN in kept, "DE02120300000000202051" in kept) == (False, False)


@settings(max_examples=150, deadline=None)
@given(
    subject=st.lists(st.one_of(WORDS, st.sampled_from(SECRETS)), max_size=6),
    body=st.lists(st.one_of(WORDS, WORDS, st.sampled_from(SECRETS)), max_size=60),
)
def test_no_sensitive_words_of_the_mail_are_kept(subject: list[str], body: list[str]) -> None:
    """Whatever a mail says where, none of its sensitive values stands in its analysis."""
    head = " ".join(subject).replace("\n", " ")
    raw = f"From: a@example.org\r\nTo: b@example.net\r\nSubject: {head}\r\n\r\n{' '.join(body)}\r\n".encode()
    now = Context(now=datetime(2026, 1, 2, tzinfo=UTC))
    message = parse_message(raw)
    values = {
        (message.subject if found.where == "subject" else message.text)[found.start : found.end]
        for found in find_sensitive(message)
    }
    classify(raw, now)  # loads the model's files before the event loop runs
    ref = MessageRef(mailbox="b@example.net", folder="INBOX", uid_validity=1, uid=1)
    analysis = asyncio.run(analyze_raw(raw, ref, now, options=JudgeOptions()))
    shown = json.dumps(analysis_shape(analysis), ensure_ascii=False) + repr(analysis.signals)
    assert {value for value in values if value in shown} == set()
