"""The choice of a language, and catalogues of languages that have none."""

from __future__ import annotations

import pytest

from glassdome.core.translate import LANGUAGES, catalogue, preferred_language


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt"),
        ("zh-Hans-CN, en;q=0.5", "zh"),
        ("fi, sv;q=0.9, pl;q=0.3, ja;q=0.5", "ja"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("de;q=0, fr;q=0.1", "fr"),
        ("DE-at", "de"),
        ("*", "en"),
        ("de;q=9", "en"),
        ("xx" * 40_000, "en"),
        (";,;q=,,-", "en"),
    ],
)
def test_the_language_liked_best_of_ours_is_chosen(accepted: str, language: str) -> None:
    """By weight, then by place, without its region."""
    assert preferred_language(accepted) == language


def test_a_language_without_a_catalogue_reads_english() -> None:
    """Also a language that nobody has heard of, which is never looked for among the files."""
    for language in ("en", "../../etc", "tlh"):
        assert catalogue(language, "web").gettext("Mail") == "Mail"
        assert catalogue(language, "web").ngettext("one", "many", 2) == "many"
    assert next(iter(LANGUAGES)) == "en"
