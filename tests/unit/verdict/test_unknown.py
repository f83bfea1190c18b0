"""Mail that could not be read is never shown as harmless: no score, the reason, a keyword, the same in every list."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console

from glassdome.act import plan
from glassdome.act.plan import UNREADABLE
from glassdome.api.scan import Scanner
from glassdome.cli.verdict_table import verdict_page, verdict_table
from glassdome.parse import parse_message
from glassdome.pipeline.process import classify
from glassdome.values.context import Context
from glassdome.values.preferences import Preferences
from glassdome.values.verdict import Label, Verdict, why_unjudged
from glassdome.web.words import kind_of
from tests.samples import a_ref
from tests.unit.parse.mail import mail

_CONTEXT = Context(now=datetime(2026, 6, 1, tzinfo=UTC))
_PGP = (
    'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\n',
    "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--b\nContent-Type: application/octet-stream\n\n"
    "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n=abcd\n-----END PGP MESSAGE-----\n--b--\n",
)
_ARMOUR = "Hello\n\n-----BEGIN PGP MESSAGE-----\nVersion: 2\n\nhQEMAwAAAAAAAAAA\n=abcd\n-----END PGP MESSAGE-----\n"
_PICTURE = (
    "Content-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=a.png\n",
    "iVBORw0KGgoAAAANSUhEUg==\n",
)
_NO_SUBJECT = b"From: ann@example.org\nTo: bob@example.net\n"


def _judge(raw: bytes) -> Verdict:
    return classify(raw, _CONTEXT)


@pytest.mark.parametrize(
    ("raw", "readable"),
    [
        pytest.param(mail(*_PGP), "encrypted", id="PGP/MIME"),
        pytest.param(mail("", _ARMOUR), "encrypted", id="inline PGP"),
        pytest.param(_NO_SUBJECT + b"\n", "empty", id="nothing"),
        pytest.param(_NO_SUBJECT + b"Content-Type: text/html\n\n<p> &nbsp; </p>\n", "empty", id="empty page"),
        pytest.param(_NO_SUBJECT + b"Content-Type: text/plain\n\n\xe2\x80\x8b\xe2\x80\x8b\n", "empty", id="no width"),
        pytest.param(mail("Content-Transfer-Encoding: base64\n", "!!!!!!\n"), "damaged", id="no base64"),
        pytest.param(mail("Content-Transfer-Encoding: x-odd\n", "SGVsbG8g" * 30 + "\n"), "damaged", id="odd encoding"),
        pytest.param(mail("", b"\x01\x02\x03\x04\x05\x06"), "damaged", id="control characters"),
    ],
)
def test_what_cannot_be_read_is_unknown(raw: bytes, readable: str) -> None:
    """The label is `unknown`, there is no score, and the detector says so too."""
    verdict = _judge(raw)

    assert (verdict.label, verdict.is_phishing, verdict.phishing_score) == (Label.UNKNOWN, None, None)
    assert verdict.readable == parse_message(raw).readable == readable
    assert verdict.auto_reply_suggestion is None


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(mail("", "Hello Bob\n"), id="words"),
        pytest.param(mail("", ""), id="a subject alone"),
        pytest.param(_NO_SUBJECT + "".join(_PICTURE[:1]).encode() + b"\n" + _PICTURE[1].encode(), id="a picture"),
        pytest.param(
            _NO_SUBJECT + b"Content-Type: text/html\n\n<img src=https://x.example/a.png>\n", id="remote picture"
        ),
        pytest.param(mail("", f"{'Some words of the sender. ' * 20}\n{_ARMOUR}"), id="much text beside PGP"),
    ],
)
def test_what_can_be_read_is_judged(raw: bytes) -> None:
    """Words or a picture are enough."""
    verdict = _judge(raw)

    assert verdict.readable == "yes"
    assert verdict.label is not Label.UNKNOWN
    assert verdict.phishing_score is not None


def test_evidence_outside_the_words_still_says_phishing() -> None:
    """An encrypted mail with a program attached under a false name is phishing, not unknown."""
    program = (
        "--c\nContent-Type: application/pdf; name=invoice.pdf.exe\nContent-Transfer-Encoding: base64\n"
        "Content-Disposition: attachment; filename=invoice.pdf.exe\n\nTVqQAAMAAAAEAAAA\n--c--\n"
    )
    inner = f"--c\n{_PGP[0]}\n{_PGP[1]}{program}"
    verdict = _judge(mail("Content-Type: multipart/mixed; boundary=c\n", inner))

    assert (verdict.label, verdict.readable, verdict.is_phishing) == (Label.PHISH, "encrypted", True)
    assert verdict.phishing_score is not None


def test_the_keyword_is_set_where_flags_are_wanted() -> None:
    """`glassdome-unreadable`, and nothing that says phishing or moves the mail."""
    verdict = _judge(mail(*_PGP))
    wants = Preferences(username="ann@example.org", chosen=True, flag_phishing=True, move_to_junk=True)

    assert [action.argument for action in plan(verdict, wants, a_ref())] == [UNREADABLE]
    assert plan(verdict, Preferences(username="ann@example.org", chosen=True, flag_phishing=False), a_ref()) == ()


@pytest.mark.parametrize(
    ("readable", "words"),
    [
        ("encrypted", "not judged: encrypted"),
        ("damaged", "not judged: cannot be read"),
        ("empty", "not judged: empty"),
        ("yes", "not judged"),
    ],
)
def test_the_words_for_it(readable: str, words: str) -> None:
    """The same on the web and on the command line; never "Looks fine"."""
    row = {"is_phishing": None, "label": "unknown", "readable": readable, "language_covered": True}

    assert why_unjudged(readable) == words
    assert kind_of(row).name == "unknown"
    assert kind_of(row).word == words.capitalize()


def test_the_command_line_says_why() -> None:
    """In the table and on the page of one message, with no number as the risk."""
    verdict = _judge(mail(*_PGP))
    row = {
        "file": "a.eml",
        "from": "ann@example.org",
        "subject": "Test",
        "label": str(verdict.label),
        "readable": verdict.readable,
        "language_covered": True,
        "phishing_score": verdict.phishing_score,
        "spam_score": verdict.spam_score,
        "phishing_reasons": [],
        "priority_score": verdict.priority_score,
        "attention": verdict.attention,
        "attention_reason": verdict.attention_reason,
        "asks": [],
        "summary": verdict.summary,
        "categories": [],
        "tags": [],
        "language": "",
        "degraded": False,
        "sensitive_types": [],
        "action_items": [],
        "auto_reply_suggestion": None,
        "engine": "builtin",
        "model": "",
        "processing_time": 0.001,
    }
    console = Console(width=120, record=True, file=StringIO())
    console.print(verdict_table([row]))
    console.print(verdict_page(row))
    shown = console.export_text()

    assert shown.count("not judged: encrypted") == 2
    assert "It could not be read here." in shown
    assert "0.0" not in shown.replace("1 ms", "")
    assert "ok" not in shown.split()


async def test_rspamd_gets_no_verdict_of_what_was_not_judged() -> None:
    """The scan answers as if nobody had been asked."""

    async def classify(raw: bytes) -> Verdict:
        return _judge(raw)

    scanner = Scanner(classify)

    assert await scanner.verdict(mail(*_PGP)) is None
    assert await scanner.verdict(mail("", "Hello Bob\n")) is not None
