"""A language whose words nothing here knows is `unknown` and no harmless mail, unless evidence outside the words decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from io import StringIO

import pytest
from rich.console import Console

from glassdome.act import plan
from glassdome.act.plan import UNREADABLE
from glassdome.cli.verdict_table import verdict_table
from glassdome.engine.builtin.language import PACKS, told_of
from glassdome.engine.gate import skip_reason
from glassdome.parse import parse_message
from glassdome.pipeline.process import classify, examine
from glassdome.values.context import Context, SenderHistory
from glassdome.values.owner import SenderStanding
from glassdome.values.preferences import Preferences
from glassdome.values.verdict import Label, Verdict, why_unjudged
from glassdome.verdict import decide
from glassdome.verdict.weights import load_weights
from tests.samples import a_ref

_CONTEXT = Context(now=datetime(2026, 6, 1, tzinfo=UTC))
_TOLD = {
    "is": "Góðan daginn, fundurinn á föstudaginn verður haldinn klukkan tvö í stóra salnum. Láttu mig vita hvort þú kemst.",
    "ka": "გამარჯობა, პარასკევის შეხვედრა ორ საათზე დიდ დარბაზში გაიმართება. გთხოვ, მითხარი, შეძლებ თუ არა მოსვლას.",
    "sw": "Habari za asubuhi, mkutano wa Ijumaa utafanyika saa nane mchana katika ukumbi mkubwa. Tafadhali niambie kama utaweza kuja.",
    "bn": "শুভ সকাল, শুক্রবারের সভা বেলা দুইটায় বড় হলঘরে হবে। আপনি আসতে পারবেন কি না আমাকে জানাবেন।",
    "ca": "Bon dia, la reunió de divendres serà a les dues a la sala gran. Digues-me si us plau si hi podràs venir, gràcies.",
    "hy": "Բարի լույս, ուրբաթ օրվա հանդիպումը տեղի կունենա ժամը երկուսին մեծ դահլիճում։ Խնդրում եմ ասա՝ կգա՞ս։",
    "cy": "Bore da, bydd y cyfarfod ddydd Gwener am ddau o'r gloch yn y neuadd fawr. Rho wybod i mi os wyt ti'n gallu dod.",
    "az": "Sabahınız xeyir, cümə günü görüş saat ikidə böyük zalda keçiriləcək. Zəhmət olmasa gələ biləcəyinizi mənə bildirin.",
    "am": "እንደምን አደሩ፣ የዓርብ ስብሰባ ከሰዓት በኋላ ስምንት ሰዓት ላይ በትልቁ አዳራሽ ይካሄዳል። መምጣት መቻልዎን ያሳውቁኝ።",
}
_PASSED = (
    "Authentication-Results: mail.example.org; dmarc=pass header.from=example.net; spf=pass smtp.mailfrom=example.net\n"
)


def _mail(text: str, *, headers: str = "", more: str = "") -> bytes:
    head = f"{headers}From: Ann <ann@example.net>\nTo: bob@example.org\nSubject: =?utf-8?q??=\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\n\n{text}\n{more}".encode()


def _judge(raw: bytes, context: Context = _CONTEXT) -> Verdict:
    return classify(raw, context, authserv_ids=frozenset(["mail.example.org"]))


def test_each_pack_is_told() -> None:
    """The languages said to be covered are those of the text model and of the packs, with one that shares another's words."""
    packs = {item.name.removesuffix(".toml") for item in (files("glassdome.signals") / "data" / "languages").iterdir()}

    assert packs | set(load_weights().text.languages) | {"nn"} == PACKS


@pytest.mark.parametrize("tag", sorted(_TOLD))
def test_a_language_without_words_here_is_not_judged(tag: str) -> None:
    """The label is `unknown`, without a score, in the list, on the page and in mail programs."""
    verdict = _judge(_mail(_TOLD[tag]))
    wants = Preferences(username="bob@example.org", chosen=True, flag_phishing=True)

    assert (verdict.language, verdict.language_covered, verdict.readable) == (tag, False, "yes")
    assert (verdict.label, verdict.is_phishing, verdict.phishing_score) == (Label.UNKNOWN, None, None)
    assert verdict.attention == "read"
    assert verdict.attention_reason == "Its language is not covered here."
    assert UNREADABLE in [action.argument for action in plan(verdict, wants, a_ref())]


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("id", "Selamat pagi, rapat hari Jumat akan diadakan pukul dua di ruang besar. Tolong beri tahu saya apakah Anda bisa datang."),
        ("nb", "God morgen, møtet på fredag blir klokka to i den store salen. Si fra til meg om du kan komme, så bestiller jeg lunsj."),
        ("gl", "Bos días."),
        ("", "Hæ!"),
    ],
)  # fmt: skip
def test_a_neighbour_and_a_few_words_are_judged(tag: str, text: str) -> None:
    """Indonesian is not taken for Malay, Norwegian is told by its name, and little text is no foreign language."""
    told = told_of(text)

    assert told.covered
    assert tag == "gl" or told.tag == tag


def test_evidence_outside_the_words_still_says_phishing() -> None:
    """A program under a false name is phishing in any language, and the language is still not covered."""
    program = (
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="c"\n\n--c\nContent-Type: text/plain; charset=utf-8\n\n'
        f"{_TOLD['is']}\n--c\nContent-Type: application/pdf; name=skjal.pdf.exe\nContent-Transfer-Encoding: base64\n"
        "Content-Disposition: attachment; filename=skjal.pdf.exe\n\nTVqQAAMAAAAEAAAA\n--c--\n"
    )
    verdict = _judge(f"From: ann@example.net\nTo: bob@example.org\nSubject: Skjal\n{program}".encode())

    assert (verdict.label, verdict.language_covered) == (Label.PHISH, False)


def test_a_known_and_proven_author_is_no_stranger_in_any_language() -> None:
    """Somebody the owner writes to is harmless where our server vouches for them, and not judged where it does not."""
    known = replace(
        _CONTEXT, mailbox="bob@example.org", known=True, sender=SenderHistory(seen=9, authenticated=9, replied=4)
    )

    assert _judge(_mail(_TOLD["is"], headers=_PASSED), known).label is Label.HAM
    assert _judge(_mail(_TOLD["is"]), known).label is Label.UNKNOWN
    assert _judge(_mail(_TOLD["is"], headers=_PASSED)).label is Label.UNKNOWN
    trusted = replace(_CONTEXT, standing=SenderStanding.TRUSTED)
    assert _judge(_mail(_TOLD["is"], headers=_PASSED), trusted).label is Label.HAM


def test_a_blocked_sender_is_spam_in_any_language() -> None:
    """The owner's word needs no words of the mail."""
    assert _judge(_mail(_TOLD["ka"]), replace(_CONTEXT, standing=SenderStanding.BLOCKED)).label is Label.SPAM


def test_a_model_is_asked_about_such_mail() -> None:
    """The built-in engine's low score says nothing of words that it does not know, so no policy skips the model."""
    message = parse_message(_mail(_TOLD["sw"]))
    builtin = examine(message, _CONTEXT).builtin

    def skipped(covered: bool) -> str:
        told = replace(builtin, language_covered=covered, phishing=0.0, spam=0.0)
        return skip_reason(message, builtin=told, signals=(), context=_CONTEXT, policies=frozenset(["certain"]))

    assert (skipped(covered=True), skipped(covered=False)) == ("certain", "")


def test_words_of_a_language_that_is_not_covered_weigh_nothing() -> None:
    """The classifier's opinion of words that it never saw neither clears nor accuses."""
    message = parse_message(_mail(_TOLD["ca"]))
    found = examine(message, _CONTEXT)

    def score(told: float) -> float:
        builtin = replace(found.builtin, phishing=told, language_covered=False)
        verdict = decide(message, signals=found.signals, sensitive=(), builtin=builtin, context=_CONTEXT)
        return verdict.spam_score

    assert _judge(_mail(_TOLD["ca"])).phishing_score is None
    assert score(0.99) == score(0.01)


def test_the_words_for_it() -> None:
    """The command line says the reason, and the reason of an unread mail comes first."""
    verdict = _judge(_mail(_TOLD["is"]))
    row = {
        "file": "a.eml", "from": "ann@example.net", "subject": "x", "label": str(verdict.label), "readable": "yes",
        "language_covered": False, "is_phishing": None, "phishing_score": None, "spam_score": 0.1, "phishing_reasons": [],
        "priority_score": 5, "attention": "read", "attention_reason": "", "asks": [], "summary": "", "categories": [],
        "tags": [], "degraded": False, "sensitive_types": [], "action_items": [],
    }  # fmt: skip
    console = Console(width=160, record=True, file=StringIO())
    console.print(verdict_table([row]))

    assert "not judged: language not covered" in console.export_text()
    assert why_unjudged("encrypted", covered=False) == "not judged: encrypted"
