"""Finds a password that a mail gives, in any of the languages of `data/passwords.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from glassdome.core.shipped import loads_shipped

__all__ = ["given_password"]

#: What stands between the word and the password: `Le mot de passe de l'archive est`.
_BETWEEN = r"\w{0,8}[^\n:=：]{0,50}"
#: What shows that the password follows: a colon, a quotation mark, a word for "is", or a digit in it.
_FOLLOWS = (
    r"(?:\s*[:=：﹕]\s*[^\s.,;!]{2}|\s*[\"'“”„«»「『‘](?=[^\s\"'])|"
    r"\s(?:is|ist|lautet|est|es|é|è|este|är|er|on|to|jest|je|is het|là|adalah|ialah|be)\s+(?!not|nicht|sent|sep)\S{3}|[^\s\w]?\b\w*\d|\d)"
)
#: Characters searched; a mail that gives a password says so early.
_WITHIN = 20_000


@loads_shipped()
@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    raw = tomllib.loads((files("glassdome.signals") / "data" / "passwords.toml").read_text(encoding="utf-8"))
    long, short = (
        "|".join(
            sorted(
                (re.escape(word.strip()) for word in raw[name].replace("\n", ";").split(";") if word.strip()),
                key=len,
                reverse=True,
            )
        )
        for name in ("words", "short")
    )
    return re.compile(
        rf"(?<![a-z0-9])(?:(?:{long}){_BETWEEN}?{_FOLLOWS}|(?:{short})\s?(?:[:=：]|[-–](?=\s?\S{{0,20}}\d))\s?[^\s.,;!]{{2}})",
        re.IGNORECASE,
    )


def given_password(text: str) -> str:
    """Return the words in which a text gives a password, or an empty string."""
    found = _pattern().search(text[:_WITHIN])
    return (
        " ".join(found.group().split())
        if found and "\n" not in found.group()
        else found.group().strip()
        if found
        else ""
    )
