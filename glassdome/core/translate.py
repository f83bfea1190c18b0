"""Catalogues of what people read, one for each language and area, and the choice among the languages.

The texts of the code are English and name themselves. A catalogue is a compiled file of GNU gettext, kept next to the
text that it is made of: `locales/LANGUAGE/LC_MESSAGES/AREA.mo`. `scripts/catalogues.py` writes both.
"""

from __future__ import annotations

import re
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import Final

from glassdome.core.shipped import loads_shipped

__all__ = ["ENGLISH", "LANGUAGES", "catalogue", "preferred_language"]

ENGLISH: Final = "en"
#: Languages that people may read, by their code (ISO 639-1), each with its own name; `zh` is in simplified characters.
LANGUAGES: Final = {
    ENGLISH: "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "nl": "Nederlands",
    "pt": "Português",
    "pl": "Polski",
    "cs": "Čeština",
    "tr": "Türkçe",
    "ru": "Русский",
    "uk": "Українська",
    "ja": "日本語",
    "zh": "简体中文",
}
#: A range of languages with its weight (RFC 9110 12.4.2 and 12.5.4).
_RANGE: Final = re.compile(r"([A-Za-z]{1,8})(?:-[A-Za-z0-9-]{1,40})?(?:[ \t]?;[ \t]?q=([01](?:\.[0-9]{0,3})?))?")
_MOST_RANGES: Final = 30


@loads_shipped(*((language, "reasons") for language in LANGUAGES))
@cache
def catalogue(language: str, area: str) -> NullTranslations:
    """Return the translations into a language; those that give back the English text where there is no catalogue.

    The first call for a language and an area reads a file.
    """
    if language not in LANGUAGES:
        return catalogue(ENGLISH, area)
    compiled = files("glassdome").joinpath("locales", language, "LC_MESSAGES", f"{area}.mo")
    if not compiled.is_file():
        return NullTranslations()
    with compiled.open("rb") as file:
        return GNUTranslations(file)


def preferred_language(accepted: str) -> str:
    """Return the language of ours that a browser likes best, by its field Accept-Language; English where it names none.

    Regions and scripts are left away as RFC 4647 3.4 does: `pt-BR` finds `pt`.
    """
    best, weight_of_best = ENGLISH, 0.0
    for item in accepted.split(",", _MOST_RANGES)[:_MOST_RANGES]:
        found = _RANGE.fullmatch(item.strip(" \t"))
        if found is None:
            continue
        language, weight = found[1].lower(), min(float(found[2] or 1), 1.0)
        if language in LANGUAGES and weight > weight_of_best:
            best, weight_of_best = language, weight
    return best
