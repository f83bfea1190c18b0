"""By when: dates and spans in every language of the calendar, and what is no deadline."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from glassdome.engine.builtin.dates import CALENDARS, days_in
from glassdome.engine.builtin.day_words import day_words
from glassdome.engine.builtin.deadlines import deadline_of
from glassdome.engine.builtin.words import fold

#: A Tuesday.
NOW = datetime(2026, 3, 3, 9, 0, tzinfo=timezone(timedelta(hours=1)))
TENTH = date(2026, 3, 10)
DATES = {
    "en": "Please pay by 10 March 2026.", "de": "Zahlbar bis zum 10. M\u00e4rz 2026.", "fr": "\u00c0 r\u00e9gler avant le 10 mars 2026.",
    "es": "Vence el 10 de marzo de 2026.", "it": "Da pagare entro il 10 marzo 2026.", "nl": "Betaal uiterlijk 10 maart 2026.",
    "pt": "Pague at\u00e9 10 de mar\u00e7o de 2026.", "pl": "Prosimy o wp\u0142at\u0119 do 10 marca 2026.", "cs": "Zapla\u0165te do 10. b\u0159ezna 2026.",
    "sk": "Zapla\u0165te do 10. marca 2026.", "hu": "K\u00e9rj\u00fck, fizesse be 2026. m\u00e1rcius 10-ig.", "ro": "Pl\u0103ti\u021bi p\u00e2n\u0103 la 10 martie 2026.",
    "bg": "\u041f\u043b\u0430\u0442\u0435\u0442\u0435 \u0434\u043e 10 \u043c\u0430\u0440\u0442 2026 \u0433.", "hr": "Platite do 10. o\u017eujka 2026.", "sr": "Platite do 10. marta 2026.",
    "sl": "Pla\u010dajte do 10. marca 2026.", "uk": "\u0421\u043f\u043b\u0430\u0442\u0456\u0442\u044c \u0434\u043e 10 \u0431\u0435\u0440\u0435\u0437\u043d\u044f 2026.", "ru": "\u041e\u043f\u043b\u0430\u0442\u0438\u0442\u0435 \u0434\u043e 10 \u043c\u0430\u0440\u0442\u0430 2026 \u0433.",
    "el": "\u03a0\u03bb\u03b7\u03c1\u03ce\u03c3\u03c4\u03b5 \u03ad\u03c9\u03c2 10 \u039c\u03b1\u03c1\u03c4\u03af\u03bf\u03c5 2026.", "tr": "10 Mart 2026'ya kadar \u00f6deyin.", "sv": "Betala senast den 10 mars 2026.",
    "da": "Betal senest den 10. marts 2026.", "nb": "Betal innen 10. mars 2026.", "fi": "Maksa 10. maaliskuuta 2026 menness\u00e4.",
    "et": "Makske hiljemalt 10. m\u00e4rtsil 2026.", "lv": "L\u016bdzu samaks\u0101t l\u012bdz 10. martam 2026.", "lt": "Sumok\u0117kite iki 2026 m. kovo 10 d.",
    "ja": "2026\u5e743\u670810\u65e5\u307e\u3067\u306b\u304a\u652f\u6255\u3044\u304f\u3060\u3055\u3044\u3002", "zh": "\u8bf7\u57282026\u5e743\u670810\u65e5\u4e4b\u524d\u4ed8\u6b3e\u3002", "ko": "2026\ub144 3\uc6d4 10\uc77c\uae4c\uc9c0 \ub0a9\ubd80\ud574 \uc8fc\uc138\uc694.",
    "ar": "\u064a\u0631\u062c\u0649 \u0627\u0644\u062f\u0641\u0639 \u0642\u0628\u0644 10 \u0645\u0627\u0631\u0633 2026.", "he": "\u05e0\u05d0 \u05dc\u05e9\u05dc\u05dd \u05e2\u05d3 10 \u05d1\u05de\u05e8\u05e5 2026.", "fa": "\u0644\u0637\u0641\u0627 \u062a\u0627 10 \u0645\u0627\u0631\u0633 2026 \u067e\u0631\u062f\u0627\u062e\u062a \u06a9\u0646\u06cc\u062f.",
    "hi": "\u0915\u0943\u092a\u092f\u093e 10 \u092e\u093e\u0930\u094d\u091a 2026 \u0924\u0915 \u092d\u0941\u0917\u0924\u093e\u0928 \u0915\u0930\u0947\u0902\u0964", "id": "Bayar sebelum 10 Maret 2026.", "vi": "Vui l\u00f2ng thanh to\u00e1n tr\u01b0\u1edbc ng\u00e0y 10 th\u00e1ng 3 n\u0103m 2026.",
    "th": "\u0e01\u0e23\u0e38\u0e13\u0e32\u0e0a\u0e33\u0e23\u0e30\u0e20\u0e32\u0e22\u0e43\u0e19\u0e27\u0e31\u0e19\u0e17\u0e35\u0e48 10 \u0e21\u0e35\u0e19\u0e32\u0e04\u0e21 2569", "ca": "Pagueu abans del 10 de mar\u00e7 de 2026.",
}  # fmt: skip


def day(text: str, language: str = "en", now: datetime = NOW) -> date | None:
    """Return the day of the deadline."""
    found = deadline_of(text, language, now)
    return found.day if found is not None else None


def test_every_calendar_is_complete() -> None:
    """Each language has its months, days and words for today, and its words of a deadline."""
    assert set(DATES) == CALENDARS
    for language in CALENDARS:
        raw = day_words(language)
        assert 7 == len(raw["days"]), language
        assert raw["today"], language
        assert raw["tomorrow"], language
        assert 12 == len(raw.get("months", range(12))), language
        assert {"day", "week", "hour", "month"} <= set(raw["units"]), language


@pytest.mark.parametrize("language", DATES)
def test_a_date_with_its_word(language: str) -> None:
    """The day is told, and that it is a deadline."""
    found = deadline_of(DATES[language], language, NOW)

    assert found is not None
    assert (TENTH, True) == (found.day, found.said)


@pytest.mark.parametrize("language", DATES)
def test_numbers_and_names_without_a_word(language: str) -> None:
    """An ISO date and today's word are found in every language."""
    today, tomorrow = (day_words(language)[key][0] for key in ("today", "tomorrow"))

    assert [TENTH] == [named.day for named in days_in("x 2026-03-10 y", language, NOW)]
    assert [NOW.date()] == [named.day for named in days_in(fold(f"x {today} y"), language, NOW)]
    assert NOW.date() + timedelta(days=1) in [named.day for named in days_in(fold(f"x {tomorrow} y"), language, NOW)]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Can you send it by Friday?", "en", date(2026, 3, 6)),
        ("Payable until: Wednesday 4 March 2026, midnight", "en", date(2026, 3, 4)),
        ("innerhalb von 14 Tagen zahlbar", "de", date(2026, 3, 17)),
        ("Scade alle ore 24 del 29 marzo 2026", "it", date(2026, 3, 29)),
        ("avant 14 h, merci", "fr", date(2026, 3, 3)),
        ("by 10 January", "en", date(2027, 1, 10)),
        ("by 28 February", "en", None),
        ("\u0432 \u0442\u0435\u0447\u0435\u043d\u0438\u0435 7 \u0434\u043d\u0435\u0439", "ru", TENTH),
        ("7\u65e5\u4ee5\u5185\u306b", "ja", TENTH),
        ("7 g\u00fcn i\u00e7inde", "tr", TENTH),
        ("You can pay until midnight tomorrow, 10 March", "en", TENTH),
        ("by midnight tomorrow", "en", date(2026, 3, 4)),
        ("data limite de pagamento 18-03-2026", "pt", date(2026, 3, 18)),
        ("Tuesday or Thursday?", "en", None),
        ("version 3.5, 10-12 people, 192.168.10.3, 50%", "en", None),
    ],
)
def test_days(text: str, language: str, expected: date | None) -> None:
    """Weekdays, spans, hours, years that turn, and numbers that are no dates."""
    assert expected == day(text, language)


def test_the_order_of_numbers() -> None:
    """3/6 is the third of June; in English mail from the Americas it is the sixth of March."""
    america = datetime(2026, 3, 3, 9, 0, tzinfo=timezone(timedelta(hours=-5)))

    assert date(2026, 6, 3) == day("due 3/6")
    assert date(2026, 3, 6) == day("due 3/6", now=america)
    assert date(2026, 6, 3) == day("bis 3/6", "de", america)
    assert date(2026, 3, 25) == day("due 3/25")


def test_what_ends_by_itself() -> None:
    """Nobody has to act before a free cancellation ends."""
    found = deadline_of("Free cancellation until 3 April.", "en", NOW)

    assert found is not None
    assert found.lasts


def test_long_lines_are_bounded() -> None:
    """Only the beginning is read."""
    assert day("x " * 5_000 + "by 10 March") is None
    assert day("by " * 100_000, now=datetime(2026, 3, 3, tzinfo=UTC)) is None
