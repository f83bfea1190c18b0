"""Words with a hyphen or an apostrophe within are found like all others, as people and programs type them."""

from __future__ import annotations

import pytest

from glassdome.signals.phrase_form import SignalPhrase, compile_phrase
from glassdome.signals.phrases import PhraseBook, ScannedText, load_phrases
from tests.unit.signals.build import context, hits, mail, verified


def _found(line: str, text: str) -> bool:
    phrase: SignalPhrase = compile_phrase("x", line, 2)
    return bool(list(PhraseBook(phrases=(phrase,)).find(ScannedText.of(text))))


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("it-abteilung", "Ihre IT-Abteilung"),
        ("your e-mail", "about your e-mail today"),
        ("n'avez payé", "vous n'avez pas payé"),
        ("n'avez payé", "vous n\u2019avez pas payé"),
        ("n'avez payé", "vous n\u02bcavez pas payé"),
        ("e-mail*", "Ihre E-Mails warten"),
        ("e-mail", "your e\u2011mail"),
        ("e-mail", "your e\u2010mail"),
        ("зв'яжіться", "Зв\u02bcяжіться з нами"),
        ("pin-kód*", "adja meg a PIN-kódját"),
        ("15-minute call", "a 15-minute call"),
        ("seed-*", "your seed-phrase"),
        ("us-dollar_spende", "eine US-Dollar Spende"),
    ],
)
def test_words_with_a_mark_within(line: str, text: str) -> None:
    """The longest part of the word is what it is looked up by."""
    assert _found(line, text)


@pytest.mark.parametrize(
    ("line", "text"),
    [("it-abteilung", "die Abteilung"), ("e-mail", "email mail"), ("n'avez", "vous avez"), ("e-mail", "some-mail")],
)
def test_part_of_such_a_word(line: str, text: str) -> None:
    """A part of it alone is another word."""
    assert not _found(line, text)


def test_every_shipped_phrase_can_be_found() -> None:
    """The parts by which a phrase is looked up are parts that texts are split into."""
    for name in ("phrases.toml", "authority.toml", "asks"):
        for phrase in load_phrases(name).phrases:
            words = phrase.line.removeprefix("~").replace("_", " ").replace("*", "")
            text = ScannedText.of(" ".join(slot.split("|")[0] for slot in words.split()))
            keys = {key for slot in (phrase.anchor, *phrase.others) for key in slot}
            assert keys & (text.words | {f"{stem}*" for stem in text.stems}), phrase.line


def test_the_own_office_is_known_by_its_address() -> None:
    """Mail of the own organization needs no proof for the name of its office; denied by our server, it does."""
    around = context(mailbox="eva@muster.example", own_domains=frozenset({"musterfirma.de"}))
    sender = "IT-Abteilung <it@musterfirma.de>"

    assert "authority_unproven" not in hits(mail(sender), around)
    assert "authority_unproven" in hits(mail("IT-Abteilung <it@evil.example>"), around)
    assert "authority_unproven" in hits(mail(sender, authentication=verified("dmarc=fail musterfirma.de")), around)
