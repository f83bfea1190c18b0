"""The owner's greeting, form of address and sign-off, learned from sent mail."""

from __future__ import annotations

import pytest

from glassdome.parse import parse_message
from glassdome.replies.learn import learn
from glassdome.values.message import Message
from glassdome.values.profile import WritingProfile

BODY = {
    "en": "{greeting}\n\nI will send you the figures for the house on Monday, and the plan with them.\n\n{end}\n",
    "de": "{greeting}\n\nich schicke dir die Zahlen am Montag, und den Plan für das Haus dazu.\n\n{end}\n",
}


def sent(language: str, greeting: str, end: str, fields: str = "") -> Message:
    """Return a mail of the owner."""
    head = f"From: Bob Miller <bob@example.test>\nTo: ann@elsewhere.test\nSubject: x\n{fields}Content-Type: text/plain; charset=utf-8\n\n"
    return parse_message((head + BODY[language].format(greeting=greeting, end=end)).encode())


def only(*mails: Message) -> WritingProfile:
    """Return the one profile that they give."""
    (found,) = learn(mails)
    return found


def test_greeting_and_sign_off() -> None:
    """The usual greeting with a first name, and the closing with the name below it."""
    found = only(*[sent("en", "Hi Ann,", "Best regards,\nBob")] * 3, sent("en", "Hello,", "Cheers\nB."))
    assert (found.greeting, found.naming, found.ends) == ("Hi", "first", ",")
    assert (found.sign_off, found.name, found.mails) == (("Best regards,", "Bob"), "Bob Miller", 4)


def test_languages_are_apart() -> None:
    """Each language has its own profile; German tells how it addresses its reader."""
    found = learn([sent("en", "Hi Ann,", "Best,\nBob"), sent("de", "Hallo Ann,", "Viele Grüße\nBob")] * 2)
    assert [each.language for each in found] == ["de", "en"]
    assert (found[0].greeting, found[0].sign_off) == ("Hallo", ("Viele Grüße", "Bob"))
    assert (found[0].informal, found[0].formal) == (2, 0)


@pytest.mark.parametrize("greeting", ["Lieber Karl,", "Sehr geehrte Frau Meier,", "Hallo Herr Meier,"])
def test_what_tells_a_man_from_a_woman_is_not_learned(greeting: str) -> None:
    """It would be wrong for every other reader."""
    assert only(*[sent("de", greeting, "Viele Grüße\nBob")] * 3).greeting == ""


@pytest.mark.parametrize("end", ["Best regards,\n+49 170 1234567", "Best regards,\nhttps://evil.example/x"])
def test_no_number_or_link_is_kept(end: str) -> None:
    """A sign-off is words and a name."""
    assert only(*[sent("en", "Hi,", end)] * 2).sign_off == ("Best regards,",)


def test_one_mail_is_no_habit() -> None:
    """Mails that do not agree teach nothing."""
    found = only(sent("en", "Hi Ann,", "Best,\nBob"), sent("en", "Hello,", "Cheers,\nB."))
    assert (found.greeting, found.sign_off) == ("", ())


def test_automatic_mail_teaches_nothing() -> None:
    """An absence notice of the owner's is no example of the owner's writing."""
    assert learn([sent("en", "Hi Ann,", "Best,\nBob", "Auto-Submitted: auto-replied\n")] * 3) == ()
