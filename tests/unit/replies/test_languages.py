"""Drafts and reminders in every language: each in its own words, in its own script, and none where there are no words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from glassdome.engine.builtin.answering import wants_reply
from glassdome.engine.builtin.day_words import CALENDARS
from glassdome.engine.builtin.engine import BuiltinEngine
from glassdome.engine.builtin.reply import suggest_reply
from glassdome.parse import parse_message
from glassdome.replies.follow_up import REMINDERS, reminder_to
from glassdome.replies.manners import MANNERS
from glassdome.replies.reply import ReplyText, reply_to
from glassdome.values.context import Context

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
#: Languages with words for days; Catalan has no draft.
DRAFTED = sorted(CALENDARS - {"ca"})
TWO_SCRIPTS = {
    "zh-Hant": ("zh", "請問您可以確認這個時間嗎？"),
    "sr-Latn": ("sr", "Možete li da potvrdite ovaj termin?"),
}


def answer(language: str, text: str) -> ReplyText:
    """Return what is known of an answer in that language."""
    return ReplyText(text=text, mailbox="me@x.example", language=language, date=NOW, zone=UTC)


def mail(text: str) -> bytes:
    """Return a mail of a person with that text."""
    head = "From: Kim Berg <kim@friend.example>\r\nTo: Me <me@x.example>\r\nSubject: A date\r\nMessage-ID: <1@friend.example>\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    return f"{head}{text}\r\n".encode()


def test_every_language_has_drafts_and_reminders() -> None:
    """Greeting, text, the line above a quoted mail and the reminder are there for the same languages."""
    assert set(MANNERS) == set(REMINDERS) == {*DRAFTED, *TWO_SCRIPTS}
    assert all(suggest_reply(language=tag, name="", asked=True, automatic=False) for tag in DRAFTED)


@pytest.mark.parametrize("language", DRAFTED)
def test_a_draft_is_in_its_own_language(language: str) -> None:
    """No language borrows another's sentences; without a name no gap is left, and the name is in no other place."""
    named = suggest_reply(language=language, name="Kim", asked=True, automatic=False) or ""
    bare = suggest_reply(language=language, name="", asked=True, automatic=False) or ""
    others = [suggest_reply(language=tag, name="", asked=True, automatic=False) for tag in DRAFTED if tag != language]

    assert bare not in others
    assert named.count("Kim") <= 1
    assert named.partition("\n\n")[2] == bare.partition("\n\n")[2]
    assert not {" ,", " :", "  ", "{"} & {bare[at : at + 2] for at in range(len(bare))}


def test_a_language_without_words_gets_no_draft() -> None:
    """An English draft to a Catalan mail would be no help."""
    assert suggest_reply(language="ca", name="Kim", asked=True, automatic=False) is None


@pytest.mark.parametrize("tag", TWO_SCRIPTS)
def test_the_script_of_the_mail_is_kept(tag: str) -> None:
    """Traditional Chinese is answered in its characters, Latin Serbian in its letters."""
    language, text = TWO_SCRIPTS[tag]
    other = suggest_reply(language=language, name="Kim", asked=True, automatic=False)

    assert suggest_reply(language=language, name="Kim", asked=True, automatic=False, text=text) != other
    message = parse_message(mail(text))
    assert REMINDERS[tag]["closing"] in reminder_to(message, answer(language, "")).text


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("pl", "Cześć, czy możesz potwierdzić spotkanie w piątek? Proszę o odpowiedź do jutra.", "Odpowiem na nią"),
        ("ja", "お世話になっております。金曜日の会議にご参加いただけますか？ご返信をお願いいたします。", "ご返信いたします"),
        ("ar", "مرحبا، هل يمكنك تأكيد موعد الاجتماع يوم الجمعة؟ أرجو الرد على رسالتي في أقرب وقت.", "وسأعود إليك"),
        ("el", "Καλημέρα, μπορείτε να επιβεβαιώσετε τη συνάντηση της Παρασκευής; Παρακαλώ απαντήστε μου.", "θα σας απαντήσω"),
    ],
)  # fmt: skip
def test_the_engine_drafts_in_the_language_of_the_mail(language: str, text: str, expected: str) -> None:
    """A question of a person gets the draft of its language."""
    opinion = BuiltinEngine().read(
        parse_message(mail(text)), signals=(), sensitive=(), context=Context(mailbox="me@x.example", now=NOW)
    )

    assert opinion.language == language
    assert expected in (opinion.auto_reply_suggestion or "")


@pytest.mark.parametrize("question", ["Can you come?", "可以来吗？", "هل تأتي؟", "Θα έρθετε;", "来られますか。"])
def test_a_question_is_one_in_every_script(question: str) -> None:
    """Question marks of other scripts count, the Greek one only behind Greek letters."""
    assert wants_reply([question])
    assert not wants_reply(["I went home;"])


def test_the_line_above_a_quoted_mail_is_in_the_same_language() -> None:
    """Day and words are those of the draft; a language that has none gets no English ones."""
    message = parse_message(mail("ようこそ"))

    assert "2026年03月02日 10:00 Kim Berg:" in reply_to(message, answer("ja", "はい。")).text
    assert "Dne 02.03.2026 v 10:00 Kim Berg napsal(a):" in reply_to(message, answer("cs", "Ano.")).text
    assert "\nKim Berg, 2026-03-02 10:00:\n" in reply_to(message, answer("ca", "Sí.")).text
