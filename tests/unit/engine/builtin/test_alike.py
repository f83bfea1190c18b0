"""Languages that are alike are told apart in one short sentence, or left open, and not taken for each other."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from glassdome.core.scripts import in_its_script
from glassdome.core.shipped import shipped_table
from glassdome.engine.builtin.language import LANGUAGES, language_of

SHORT: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).parents[3] / "data/languages/short.toml").read_text(encoding="utf-8")
)
#: Serbian in Latin letters is Serbian.
SCRIPTS = {"sr-Latn": "sr"}


def _guesses(language: str, half: str) -> list[str]:
    lines = SHORT[language][half].strip().splitlines()
    guessed = [in_its_script(language_of(line), line) for line in lines]
    return [SCRIPTS.get(tag, tag) for tag in guessed]


@pytest.mark.parametrize("half", ["tuned", "kept"])
@pytest.mark.parametrize("language", SHORT)
def test_no_short_sentence_is_taken_for_a_language_that_is_alike(language: str, half: str) -> None:
    """Most are known, some may stay open, none is called another language."""
    guessed = _guesses(language, half)

    assert set(guessed) <= {language, ""}
    assert guessed.count(language) >= 3


def test_most_short_sentences_are_known() -> None:
    """Of the half that shaped no words."""
    right = sum(_guesses(language, "kept").count(language) for language in SHORT)

    assert right >= 75


def test_norwegian_has_the_tag_of_its_phrases() -> None:
    """The library's own tag for it is another, by which it was taken for Danish."""
    assert language_of("Jeg har ikke mottatt fakturaen ennå, vennligst gi beskjed hvis noe er uklart.") == "nb"


def test_words_of_a_group_tell_its_languages_apart() -> None:
    """No word or letter is common to all languages of a group, and every language is one that is guessed."""
    for group in shipped_table("engine/builtin/lexicon/alike.toml").values():
        for kind in ("words", "letters"):
            own = [set(row[kind].split() if kind == "words" else row[kind]) for row in group.values()]
            assert not set.intersection(*own)
        assert group.keys() <= set(LANGUAGES)
