"""The day of a task: ends of weeks and months, days by number, and days that the words around a task name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from glassdome.engine.builtin.day_words import CALENDARS, day_words
from glassdome.engine.builtin.deadlines import deadline_of, refers_back
from glassdome.engine.builtin.dues import DueScene, with_days
from glassdome.engine.builtin.intent import look
from glassdome.engine.builtin.persian import persian_day
from glassdome.engine.builtin.sentences import sentences_of

#: A Tuesday.
NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


#: Forms of a due day in 37 languages.
SENTENCES = [
    tuple(line.split("|", 2))
    for line in Path("tests/data/dues/days.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize("language", sorted({language for language, _, _ in SENTENCES}))
def test_the_forms_of_a_day(language: str) -> None:
    """Days of the week, dates, ends of weeks and months, spans and numbers alone, each with its day."""
    own = [(day, sentence) for tag, day, sentence in SENTENCES if tag == language]
    found = [(deadline_of(sentence, language, NOW), day, sentence) for day, sentence in own]

    assert len(own) >= 10
    assert [] == [(day, sentence) for told, day, sentence in found if told is None or day != told.day.isoformat()]


def test_every_language_has_every_concept() -> None:
    """Ends of weeks, months and years, the next week, numbers in words and days by number alone, in each language."""
    for language in CALENDARS:
        raw = day_words(language)
        assert {"week", "next_week", "month"} <= raw["ends"].keys(), language
        assert "workday" in raw["units"], language
        assert len(raw["numbers"]) >= 10, language
        assert all((raw["numbered"], raw["next_week"] or raw["next"])), language


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Send it by the end of the month.", "en", date(2026, 3, 31)),
        ("Tell us by the end of April if you can come.", "en", date(2026, 4, 30)),
        ("Bring me the laptop sometime this week.", "en", date(2026, 3, 6)),
        ("Please book within the next two weeks.", "en", date(2026, 3, 17)),
        ("Shout by tomorrow noon.", "en", date(2026, 3, 4)),
        ("Lunch next week Friday?", "en", date(2026, 3, 13)),
        ("Answer within five working days.", "en", date(2026, 3, 10)),
        ("Submit it by 05-Jun-2026.", "en", date(2026, 6, 5)),
        ("Send it between 25 April and 2 May.", "en", date(2026, 5, 2)),
        ("Anytime next week, or never.", "en", None),
        ("I can do the 4th or the 11th of June.", "en", None),
        ("Bitte bis Ende n\u00e4chster Woche.", "de", date(2026, 3, 13)),
        ("Anlieferung bis 10. J\u00e4nner.", "de", date(2027, 1, 10)),
        ("avant la fin du mois", "fr", date(2026, 3, 31)),
        ("antes del d\u00eda 25", "es", date(2026, 3, 25)),
        ("entro 10 minuti", "it", date(2026, 3, 3)),
        ("eind volgende week", "nl", None),
        ("at\u00e9 meados do m\u00eas", "pt", date(2026, 3, 15)),
    ],
)
def test_periods_and_spans(text: str, language: str, expected: date | None) -> None:
    """Ends of periods, spans in words and working days; a longer period alone is no deadline."""
    found = deadline_of(text, language, NOW)

    assert expected == (found.day if found is not None else None)


def _days(text: str, *, subject: str = "", machine: bool = False) -> Sequence[date | None]:
    looked = look(sentences_of(text), "en", NOW, machine=machine)
    setting = DueScene(
        language="en", today=NOW.date(), machine=machine, subject=deadline_of(subject, "en", NOW) if subject else None
    )
    return [task.due_at for task in with_days([one.request for one in looked], looked, setting)]


def test_a_day_of_the_subject() -> None:
    """Tasks that name no day are wanted on the day in the subject; an hour is of that day too."""
    assert [date(2026, 3, 6), date(2026, 3, 6)] == _days(
        "Bring a cake.\n\nBe here by 7.30 am.", subject="Party on Friday"
    )


def test_a_day_named_before() -> None:
    """Words such as "by then" mean the day that was named last."""
    assert refers_back("Please know it by then.", "en")
    assert date(2026, 3, 12) == _days("We sing on 12 March. Please know the song by then.")[-1]


def test_a_heading_over_a_list() -> None:
    """A list is wanted by the day of the line above; a date in its lines tells of something else."""
    days = _days("I need these by 13 March:\n- the stock list as at 31 December\n- the bank statement\n")

    assert [date(2026, 3, 13)] * 3 == list(days)


def test_the_one_day_of_a_programs_mail() -> None:
    """A program writes of one matter, so that its one day is the day of its tasks; a person writes of several."""
    text = "Your appointment is on 12 March. Please complete the form."

    assert [date(2026, 3, 12)] * 2 == list(_days(text, machine=True))
    assert _days(text)[-1] is None


def test_days_of_the_persian_calendar() -> None:
    """New year's days, a leap day, and days that no month has."""
    assert [date(2024, 3, 20), date(2026, 3, 21)] == [persian_day(year, 1, 1) for year in (1403, 1405)]
    assert date(2025, 3, 20) == persian_day(1403, 12, 30)
    with pytest.raises(ValueError, match="Persian"):
        persian_day(1404, 12, 30)
