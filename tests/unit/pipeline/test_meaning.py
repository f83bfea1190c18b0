"""A sentence encoder is asked where the fast path is unsure or has no words of the language, and is one group of evidence."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from glassdome.engine.builtin.language import PACKS
from glassdome.engine.builtin.meaning import ENCODED
from glassdome.files.encoded import MEANING_KIND
from glassdome.parse import parse_message
from glassdome.pipeline.process import Examined, JudgeOptions, analyze_raw, classify_read, examine
from glassdome.values.context import Context, SenderHistory
from glassdome.values.document import Document
from glassdome.values.opinion import Opinion
from glassdome.values.role import ModelRole
from glassdome.values.verdict import Label, Verdict
from glassdome.verdict.score import Scores, score
from glassdome.verdict.weights import load_weights
from tests.samples import a_ref

_CONTEXT = Context(now=datetime(2026, 6, 1, tzinfo=UTC))
_SERVER = frozenset(["mail.example.org"])
_ICELANDIC = "Kæri notandi, aðgangi þínum verður lokað á morgun nema þú staðfestir lykilorðið þitt hér: https://gatt.example.net/s"
_POLISH = "Dzień dobry, przesyłam notatki ze spotkania i zdjęcia z wycieczki, miłego weekendu i do zobaczenia w środę."
_POLISH_REQUEST = "Dzień dobry, proszę dziś opłacić zaległą fakturę 4.500 zł za wpis do rejestru firm przelewem na rachunek podany w załączniku."
_GERMAN = (
    "Hallo Anna, anbei die Notizen vom Treffen und die Bilder vom Ausflug. Ein schönes Wochenende und bis Mittwoch."
)
_FRAUD, _HARMLESS = 4.0, -3.0


@dataclass
class Encoder:
    """Says prepared log-odds of fraud, and remembers the texts."""

    odds: float = _FRAUD
    document: Document | None = None
    texts: list[str] = field(default_factory=list)
    gate: asyncio.Event | None = None
    problem: str = ""

    async def read(
        self, data: bytes, *, name: str, kind: str, passwords: tuple[str, ...] = (), ocr: bool = False
    ) -> Document:
        """Answer as the sandbox does."""
        self.texts.append(data.decode())
        if self.gate is not None:
            await self.gate.wait()
        return self.document or Document(kind=kind, read="yes", title=f"{self.odds:.4f}")

    async def aclose(self) -> None:
        """Do nothing."""


def _mail(text: str, *, passed: bool = False) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ann <ann@example.net>", "bob@example.org", "Hi"
    if passed:
        mail["Authentication-Results"] = "mail.example.org; dmarc=pass header.from=example.net"
    mail.set_content(text)
    return mail.as_bytes()


async def _judge(raw: bytes, encoder: Encoder, *, context: Context = _CONTEXT, meaning: bool = True) -> Verdict:
    options = JudgeOptions(files=encoder, meaning=meaning, authserv_ids=_SERVER)
    return (await analyze_raw(raw, a_ref(), context, options=options)).verdict


async def test_a_fraud_is_found_in_a_language_without_a_pack() -> None:
    """It is covered then, the reason names the meaning, and the encoder saw the words with each link made the same."""
    encoder = Encoder()
    verdict = await _judge(_mail(_ICELANDIC), encoder)

    assert (verdict.label, verdict.language, verdict.language_covered) == (Label.PHISH, "is", True)
    assert "meaning" in [reason.signal for reason in verdict.phishing_reasons]
    assert len(encoder.texts) == 1
    assert encoder.texts[0].startswith("Hi Kæri notandi")
    assert encoder.texts[0].endswith("https://link.example/")


async def test_other_mail_in_such_a_language_is_judged_harmless() -> None:
    """With a score, since its words were read."""
    verdict = await _judge(_mail(_ICELANDIC), Encoder(_HARMLESS))

    assert (verdict.label, verdict.language_covered) == (Label.HAM, True)
    assert verdict.phishing_score is not None


@pytest.mark.parametrize(
    "document",
    [
        Document(kind=MEANING_KIND, read="unsupported", problem="no encoder"),
        Document(kind=MEANING_KIND, read="damaged", problem="time"),
        Document(kind="text/plain", read="yes", title="9.9"),
    ],
)
async def test_without_an_answer_the_language_stays_uncovered(document: Document) -> None:
    """No encoder, one that took too long, or another document: nothing is said of the words."""
    verdict = await _judge(_mail(_ICELANDIC), Encoder(document=document))

    assert (verdict.label, verdict.language_covered) == (Label.UNKNOWN, False)


async def test_no_encoder_is_asked_where_the_extra_is_absent() -> None:
    """The verdict is that of the fast path."""
    encoder = Encoder()
    verdict = await _judge(_mail(_ICELANDIC), encoder, meaning=False)

    assert (verdict.label, encoder.texts) == (Label.UNKNOWN, [])


@pytest.mark.parametrize(
    ("text", "passed", "asked"),
    [
        pytest.param(_POLISH, False, True, id="a pack alone, an unproven author"),
        pytest.param(_POLISH, True, False, id="a pack alone, a proven author"),
        pytest.param(_POLISH_REQUEST, True, True, id="a pack alone, a proven address that asks for money"),
        pytest.param(_GERMAN, False, False, id="a language that the text model learnt, harmless"),
        pytest.param("Takk!", False, False, id="a few words"),
    ],
)
async def test_it_is_asked_only_where_the_fast_path_is_unsure(text: str, passed: bool, asked: bool) -> None:
    """A sure verdict costs no call."""
    encoder = Encoder(_HARMLESS)
    await _judge(_mail(text, passed=passed), encoder)

    assert bool(encoder.texts) is asked


async def test_a_known_author_in_a_foreign_language_is_sure() -> None:
    """Our server vouches for somebody the owner writes to."""
    sender = SenderHistory(seen=9, authenticated=9, replied=4)
    context = replace(_CONTEXT, mailbox="bob@example.org", known=True, sender=sender)
    encoder = Encoder()
    verdict = await _judge(_mail(_ICELANDIC, passed=True), encoder, context=context)

    assert (verdict.label, encoder.texts) == (Label.HAM, [])


async def test_it_holds_up_no_scan() -> None:
    """Rspamd gets the verdict of the fast path where the encoder is not done in time; the event loop goes on meanwhile."""
    encoder = Encoder(gate=asyncio.Event())
    options = JudgeOptions(files=encoder, meaning=True, authserv_ids=_SERVER)
    verdict = await classify_read(_mail(_ICELANDIC), _CONTEXT, options=options, seconds=0.05)

    assert (verdict.label, len(encoder.texts)) == (Label.UNKNOWN, 1)
    assert encoder.gate is not None
    encoder.gate.set()


def _scores(text: str, meaning: float | None, *, passed: bool = False) -> Scores:
    message = parse_message(_mail(text, passed=passed), authserv_ids=_SERVER)
    found: Examined = examine(message, _CONTEXT)
    builtin: Opinion = replace(found.builtin, meaning=meaning)
    return score(found.signals, builtin, None, load_weights(), role=ModelRole.NONE)


def test_it_is_one_capped_group() -> None:
    """Alone it decides only against an unproven author, and never in a language that is read anyway."""
    limits = load_weights().meaning
    most = {
        (text, passed): _scores(text, 99.0, passed=passed).phishing.parts["meaning"]
        for text in (_POLISH, _GERMAN)
        for passed in (False, True)
    }

    assert most[_POLISH, False] == limits.ceiling
    assert most[_POLISH, True] == min(limits.ceiling, load_weights().text.verified_cap)
    assert most[_GERMAN, False] == limits.second < limits.ceiling


def test_words_that_the_classifier_never_learned_clear_little_for_a_proven_address() -> None:
    """A stranger who asks for money proves an address and no name."""
    weights = load_weights().text
    asking, harmless = (_scores(text, None, passed=True).phishing.parts["text"] for text in (_POLISH_REQUEST, _POLISH))

    assert asking == pytest.approx(weights.unread_verified + weights.bias_phishing)
    assert harmless < asking


def test_it_clears_nothing_in_a_language_that_is_read_anyway() -> None:
    """There it only raises; where nothing else reads the words it speaks against fraud too."""
    assert _scores(_GERMAN, -99.0).phishing.parts["meaning"] == 0.0
    assert _scores(_POLISH, -99.0).phishing.parts["meaning"] == load_weights().meaning.floor
    assert "meaning" not in _scores(_GERMAN, None).phishing.parts


def test_the_languages_of_the_encoder_are_those_without_a_pack() -> None:
    """A language is counted once."""
    assert not ENCODED & PACKS
