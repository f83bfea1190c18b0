"""Every language has its whole pack: phrases of frauds and asks, words of days, of requests and of answers, all its own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import glassdome

ROOT = Path(glassdome.__file__).parent
PHRASES, LEXICON = ROOT / "signals" / "data", ROOT / "engine" / "builtin" / "lexicon"
LANGUAGES = [
    "en",
    "de",
    "fr",
    "es",
    "it",
    "nl",
    "pt",
    "pl",
    "cs",
    "sk",
    "hu",
    "ro",
    "bg",
    "hr",
    "sr",
    "sl",
    "uk",
    "ru",
    "el",
    "tr",
    "sv",
    "da",
    "nb",
    "fi",
    "et",
    "lv",
    "lt",
    "ja",
    "zh",
    "ko",
    "ar",
    "he",
    "fa",
    "hi",
    "id",
    "vi",
    "th",
]
#: The languages whose phrases stand by lure in `phrases.toml` and by ask in `asks/`.
FIRST = frozenset(LANGUAGES[:7])
#: Chinese, Japanese and Korean number their months; Persian has the months of its own calendar.
NUMBERED_MONTHS = frozenset({"ja", "zh", "ko"})
DAY_FORMS = ("days", "today", "tomorrow", "day_after", "next_week", "numbers", "numbered")
#: Words for "by" and "within" stand before the day in some languages and behind it in others.
NEXT_TO_DAY = ("before", "after", "within")
UNITS, ENDS = ("day", "workday", "week", "month", "hour"), ("week", "next_week", "month", "next_month", "year")
#: Addresses of products that mails in every language name.
PRODUCTS = frozenset({"microsoft.com devicelogin", "devicelogin"})
#: English of products, offices and the web that other languages write as it is, and words that are theirs too.
SHARED_SHARE = 0.15


@cache
def _table(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _concepts(language: str) -> dict[str, list[str]]:
    """Return the phrases of a language, one a line, by ask and by lure."""
    if language in FIRST:
        lures = {name: rows[language] for name, rows in _table(PHRASES / "phrases.toml").items() if language in rows}
        groups = {**_table(PHRASES / "asks" / f"{language}.toml"), **lures}
    else:
        pack = _table(PHRASES / "languages" / f"{language}.toml")
        groups = {**pack["asks"], **pack["lures"]}
    return {name: [line for line in str(text).splitlines() if line.strip()] for name, text in groups.items()}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _days(language: str) -> dict[str, Any]:
    return _table(LEXICON / "days" / f"{language}.toml")


def _asking(language: str) -> set[str]:
    if language in FIRST:
        raw = _table(LEXICON / "requests.toml")
        return {text for kind in ("ask", "imperative") for text in _texts(raw[kind].get(language, []))}
    return set(_texts(_table(LEXICON / "asking" / f"{language}.toml")["ask"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_sixty_phrases_over_twelve_concepts(language: str) -> None:
    """Each concept has one phrase or more."""
    concepts = {name: lines for name, lines in _concepts(language).items() if lines}

    assert len(concepts) >= 12
    assert sum(map(len, concepts.values())) >= 60


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_of_a_date(language: str) -> None:
    """Names of months and days, near days, weeks, spans, ends and numbers."""
    days = _days(language)
    missing = [name for name in DAY_FORMS if not days.get(name)]
    missing += [f"units.{name}" for name in UNITS if not days["units"].get(name)]
    missing += [f"ends.{name}" for name in ENDS if not days["ends"].get(name)]

    assert missing == []
    assert any(days[name] for name in NEXT_TO_DAY)
    assert len(days["days"]) == 7
    assert language in NUMBERED_MONTHS or len(days["months"]) == 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_ask(language: str) -> None:
    """At least twenty, for requests have many forms."""
    assert len(_asking(language)) >= 20


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_no_copied_english(language: str) -> None:
    """Neither phrases nor words of days and requests are those of the English files."""
    lines = {line for group in _concepts(language).values() for line in group}
    english = {line for group in _concepts("en").values() for line in group}
    assert lines & english <= PRODUCTS
    for own, theirs in (
        (set(_texts(_days(language))), set(_texts(_days("en")))),
        (_asking(language), _asking("en")),
    ):
        assert len(own & theirs) <= SHARED_SHARE * len(own), sorted(own & theirs)
