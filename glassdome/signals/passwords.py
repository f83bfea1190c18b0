"""Finds a password that a mail gives, in any of the languages of `data/passwords.toml`."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain, islice
from typing import NamedTuple

from glassdome.core.limits import MAX_TRIED_PASSWORD_CHARS, MAX_TRIED_PASSWORDS, MIN_TRIED_PASSWORD_CHARS
from glassdome.core.shipped import loads_shipped, shipped_table

__all__ = ["given_password", "possible_passwords"]

#: What stands between the word and the password: `Le mot de passe de l'archive est`.
_BETWEEN = r"\w{0,8}[^\n:=：]{0,50}"
#: Words behind "is" that begin a description, which the reader alone can follow: `the one you chose`, `your own`.
_DESCRIBES = r"(?!(?:not|nicht|the|your|that|das|die|der|ihr|ihre|dein|deine|vo(?:tre|s)|ton|la|le|el|su|tu|il|tuo|tua|sua|het|uw|jouw|o|seu|aquela?|celui|celle|quella|dezelfde)\b|sent|sep)"
#: What shows that the password follows: a colon, a quotation mark, a word for "is", or a digit in it.
_FOLLOWS = (
    r"(?:\s*[:=：﹕]\s*[^\s.,;!]{2}|\s*[\"'“”„«»「『‘](?=[^\s\"'])|"
    rf"\s(?:is|ist|lautet|est|es|é|è|este|är|er|on|to|jest|je|is het|là|adalah|ialah|be)\s+{_DESCRIBES}\S{{3}}|[^\s\w]?\b\w*\d|\d)"
)
#: Characters searched; a mail that gives a password says so early.
_WITHIN = 20_000


#: A password that needs no name next to it: it has a digit in it.
_CODE = r"(?<![A-Za-z0-9\u00c0-\u024f.,:@/#&+])(?<![A-Za-z0-9]-)(?=[A-Za-z]{0,23}\d)[A-Za-z0-9][A-Za-z0-9@#$%&*_+-]{3,23}(?![A-Za-z0-9_@/:]|[.,]\d)"
#: Names of a password that are nothing else, so that a number may follow at once.
_PLAIN = "pin|psw|pwd|pw|p/w|mdp"
_IS = "is|ist|lautet|est|es|é|è|er|är|on|jest|je|adalah"
_PARTICLE = re.compile(r"[をで을를로]")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[\n。！？؟।]")
_LAST_WORD = re.compile(r"(?<![^\W\d_])([^\W\d_]+)[ -]?$")
#: Characters around a number in which the words stand that make a password of it, and numbers of a text looked at.
_AROUND = 40
_MOST_CODES = 200
#: Characters behind a word for a password in which the password stands.
_NEAR = 80
_TOKEN = re.compile(r"\S+")
#: A digit or another sign among the letters, or a capital behind a small letter.
_ALIKE = re.compile(r"(?=\S{0,30}(?:\d|[^\W\d_][@#$%&*_+=~^-]\w|[a-z][A-Z]))(?!https?:|www\.)(?!\S{0,30}@\S{0,30}\.)")
#: Marks that stand around a password and are seldom part of it.
_QUOTES = ".,:;!?\"'`()[]{}<>*«»„“”‘’‚「」『』，。：；！？"
_MIN, _MAX = MIN_TRIED_PASSWORD_CHARS, MAX_TRIED_PASSWORD_CHARS


class _Words(NamedTuple):
    """The patterns: of a password with its name, what a short name is instead, and of one that is told to be used."""

    named: re.Pattern[str]
    other: frozenset[str]
    code: re.Pattern[str]
    used: re.Pattern[str]
    use_follows: re.Pattern[str]
    opening: re.Pattern[str]
    opens: re.Pattern[str]
    names: re.Pattern[str]


def _any(raw: str) -> str:
    words = {word.strip() for word in raw.replace("\n", ";").split(";") if word.strip()}
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@loads_shipped()
@lru_cache(maxsize=1)
def _words() -> _Words:
    raw = shipped_table("signals/data/passwords.toml")
    long, short, use, opens = (_any(raw[name]) for name in ("words", "short", "use", "open"))
    told, steps = _any(f"{raw['use']};{raw['with']}"), _any(raw["between"])
    start = r"(?<![^\W\d_])"  # the beginning of a word, where the script has blanks between words
    named = (
        rf"(?<![a-z0-9])(?:(?:{long}){_BETWEEN}?{_FOLLOWS}|(?:(?P<short>{short})(?:[ -](?:{short}))?"
        rf"(?:\s?(?:[:=：]|[-–](?=\s?\S{{0,20}}\d))\s?[^\s.,;!]{{2}}|\s(?:{_IS})\s{_CODE})|(?:{_PLAIN})\s\d{{4,12}}(?![\w-])))"
    )
    flags = re.IGNORECASE
    return _Words(
        named=re.compile(named, flags),
        other=frozenset(word.strip() for word in raw["other"].replace("\n", ";").split(";")),
        code=re.compile(_CODE),
        used=re.compile(
            rf"(?:{start}(?:{told})|(?:[\u0e00-\uffff]{{0,3}}(?:{use})))[^\W\d_]{{0,8}}\W{{0,3}}(?:(?:{steps})\W{{1,3}}){{0,3}}[\"'«»„“”「『-]?$",
            flags,
        ),
        use_follows=re.compile(rf"^\W{{0,3}}(?:[^\W\d_]{{1,12}}\W{{1,3}}){{0,3}}?(?:{use})", flags),
        opening=re.compile(rf"{start}(?:{opens})[^\W\d_]{{0,12}}\W{{1,3}}(?:[^\W\d_]{{1,12}}\W{{1,3}}){{0,3}}$", flags),
        opens=re.compile(
            rf"{start}(?:{opens})|(?:[\u3040-\u9fff\uac00-\ud7af\u0590-\u06ff\u0900-\u0eff])(?:{opens})", flags
        ),
        names=re.compile(rf"(?<![a-z0-9])(?:{long}|{short})", flags),
    )


def given_password(text: str) -> str:
    """Return the words in which a text gives a password, or an empty string."""
    words, text = _words(), text[:_WITHIN]
    for found in words.named.finditer(text):
        if not found["short"] or not _is_another(text[: found.start()], words):
            shown = found.group()
            return shown.strip() if "\n" in shown else " ".join(shown.split())
    return _told(text, words)


def possible_passwords(text: str) -> tuple[str, ...]:
    """Return the words of a text that may be the password of a file: those near a word for it, then those that look like one."""
    text = text[:_WITHIN]
    near = (text[found.end() : found.end() + _NEAR] for found in _words().names.finditer(text))
    after = [word for piece in islice(near, MAX_TRIED_PASSWORDS) for word in _TOKEN.findall(piece)]
    alike = [word for word in _TOKEN.findall(text) if _ALIKE.match(word)]
    # Of words near one another the likelier come first: `The password is Sommer2024`.
    tokens = chain(filter(_ALIKE.match, after), alike, after)
    found = dict.fromkeys(form for token in tokens for form in (token, token.strip(_QUOTES)))
    return tuple(word for word in found if _MIN <= len(word) <= _MAX)[:MAX_TRIED_PASSWORDS]


def _is_another(before: str, words: _Words) -> bool:
    """Return whether the word in front says that a short one names something else."""
    last = _LAST_WORD.search(before[-_AROUND:])
    return last is not None and last[1].lower() in words.other


def _told(text: str, words: _Words) -> str:
    """Return the sentence that tells to use something with a digit in it, so that a file opens: `use 4821 to open it`."""
    for _, code in zip(range(_MOST_CODES), words.code.finditer(text), strict=False):
        before, after = text[max(0, code.start() - _AROUND) : code.start()], text[code.end() : code.end() + _AROUND]
        before = _SENTENCE_END.split(before)[-1]
        after = _SENTENCE_END.split(after)[0]
        used = words.used.search(before) or (words.opening.search(before) and words.use_follows.search(after))
        used = used or (
            _PARTICLE.match(after) and words.use_follows.search(after[1:])
        )  # Japanese and Korean end in the verb
        if used and (words.opens.search(before) or words.opens.search(after)):
            return " ".join(f"{before}{code.group()}{after}".split())
    return ""
