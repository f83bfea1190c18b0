"""The language in which one request is answered, and the texts of pages in it.

Texts stand in the code and in the templates in English, as arguments of these functions: `scripts/catalogues.py` finds
them there. A text that is shown elsewhere than it stands is marked by `N_`. Every text is formatted, so a percent sign
is written twice.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Final

from fastapi import Request
from jinja2 import Environment

from glassdome.core.errors import GlassdomeError
from glassdome.core.places import without_places
from glassdome.core.translate import ENGLISH, LANGUAGES, catalogue, preferred_language
from glassdome.shapes.said import read_sentences

__all__ = [
    "LANGUAGE_COOKIE",
    "N_",
    "asked_for",
    "gettext",
    "language",
    "language_tag",
    "ngettext",
    "put_into",
    "raw_gettext",
    "refusal",
    "speak",
]

#: Keeps the language that somebody chose for this browser.
LANGUAGE_COOKIE: Final = "glassdome_language"
_AREA: Final = "web"
_LANGUAGE: Final[ContextVar[str]] = ContextVar("language", default=ENGLISH)
#: Tags (BCP 47) where the code alone leaves the script open.
_TAGS: Final = {"zh": "zh-Hans"}


def put_into(templates: Environment) -> None:
    """Have templates say their texts in the language of the request. Reads all catalogues, so that no request does."""
    for one in LANGUAGES:
        catalogue(one, _AREA)
    read_sentences()
    templates.policies["ext.i18n.trimmed"] = True
    templates.install_gettext_callables(  # type: ignore[attr-defined]
        raw_gettext, _raw_ngettext, newstyle=True, pgettext=_raw_pgettext, npgettext=_raw_npgettext
    )


def asked_for(request: Request) -> str:
    """Return the language chosen in this browser, else the one that it likes best of ours."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else preferred_language(request.headers.get("Accept-Language", ""))


def speak(code: str) -> None:
    """Answer the request that is being handled in that language."""
    _LANGUAGE.set(code)


def language() -> str:
    """Return the language of the request that is being handled; English outside of any."""
    return _LANGUAGE.get()


def language_tag() -> str:
    """Return the tag of the language for the attribute `lang`."""
    return _TAGS.get(language(), language())


def N_(text: str) -> str:  # noqa: N802 - the usual name of the mark
    """Return the text as it is: it is translated where it is shown."""
    return text


def raw_gettext(text: str) -> str:
    """Return the translation, not formatted; an empty text stays empty, since it names a catalogue's head."""
    return catalogue(language(), _AREA).gettext(text) if text else ""


def _raw_ngettext(one: str, many: str, number: int) -> str:
    """Return the translation in the form for that number, not formatted."""
    return catalogue(language(), _AREA).ngettext(one, many, number)


def _raw_pgettext(context: str, text: str) -> str:
    """Return the translation that the text has in that context, not formatted."""
    return catalogue(language(), _AREA).pgettext(context, text)


def _raw_npgettext(context: str, one: str, many: str, number: int) -> str:
    """Return the translation that the text has in that context in the form for that number, not formatted."""
    return catalogue(language(), _AREA).npgettext(context, one, many, number)


def gettext(text: str, **values: Any) -> str:
    """Return the translation with its values filled in."""
    return raw_gettext(text) % values


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """Return the translation in the form for that number, which it has as `num`, with its values filled in."""
    return _raw_ngettext(one, many, number) % {"num": number, **values}


def refusal(exc: GlassdomeError) -> tuple[str, str]:
    """Return the sentence of an error and its advice: translated where they are known, without places of our network."""
    said, fix = raw_gettext(exc.message), raw_gettext(exc.fix)
    return (without_places(said), without_places(fix)) if exc.status >= 500 else (said, fix)
