"""Keys and tokens of well-known services, by the form their issuer documents; others by a word and their randomness."""

from __future__ import annotations

import binascii
import json
import math
import re
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterator

from glassdome.signals.sensitive.finding import Candidate
from glassdome.signals.sensitive.view import TextView

__all__ = ["entropy", "find_keys"]

_END = r"(?![A-Za-z0-9_\-])"
_START = r"(?<![A-Za-z0-9_\-])"


def _form(opening: str, rest: str) -> re.Pattern[str]:
    """Compile a token that begins with `opening`: the literal first, since it is found fastest, then the text before it."""
    literal = re.escape(opening)
    return re.compile(rf"{literal}(?<![A-Za-z0-9_\-]{literal}){rest}")


#: (type, what it begins with, what follows).
_OPENINGS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (kind, opening, _form(opening, rest))
    for kind, opening, rest in (
        ("aws_access_key", "AKIA", rf"[A-Z2-7]{{16}}{_END}"),
        ("aws_access_key", "ASIA", rf"[A-Z2-7]{{16}}{_END}"),
        *(("github_token", f"gh{kind}_", rf"[A-Za-z0-9]{{36,251}}{_END}") for kind in "pousr"),
        ("github_token", "github_pat_", rf"[A-Za-z0-9_]{{60,90}}{_END}"),
        ("gitlab_token", "glpat-", r"[A-Za-z0-9_\-]{20,64}"),
        ("slack_token", "xox", r"[abposre]-[A-Za-z0-9\-]{20,200}"),
        ("google_api_key", "AIza", rf"[A-Za-z0-9_\-]{{35}}{_END}"),
        ("google_oauth_token", "ya29.", r"[A-Za-z0-9_\-]{30,300}"),
        ("google_oauth_secret", "GOCSPX-", rf"[A-Za-z0-9_\-]{{28}}{_END}"),
        ("openai_key", "sk-", r"(?:proj-|svcacct-|ant-[a-z0-9]{3,6}-)?[A-Za-z0-9_\-]{32,200}"),
        ("sendgrid_key", "SG.", rf"[A-Za-z0-9_\-]{{22}}\.[A-Za-z0-9_\-]{{43}}{_END}"),
        ("npm_token", "npm_", rf"[A-Za-z0-9]{{36}}{_END}"),
        ("pypi_token", "pypi-AgE", r"[A-Za-z0-9_\-]{50,300}"),
        ("huggingface_token", "hf_", rf"[A-Za-z0-9]{{34,40}}{_END}"),
        ("digitalocean_token", "dop_v1_", rf"[a-f0-9]{{64}}{_END}"),
        ("mailgun_key", "key-", rf"[0-9a-f]{{32}}{_END}"),
    )
)  # fmt: skip
#: (type, a piece of text that must occur, the form).
_FORMS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    *_OPENINGS,
    *(
        (kind, mark, re.compile(pattern))
        for kind, mark, pattern in (
            ("slack_webhook", "hooks.slack.com", r"https://hooks\.slack\.com/services/T[A-Z0-9]{6,12}/B[A-Z0-9]{6,12}/[A-Za-z0-9]{20,32}"),
            ("stripe_key", "_live_", rf"{_START}[sr]k_live_[A-Za-z0-9]{{16,250}}{_END}"),
            ("telegram_token", ":AA", rf"{_START}\d{{8,10}}:AA[A-Za-z0-9_\-]{{33}}{_END}"),
            ("azure_key", "AccountKey=", r"AccountKey=[A-Za-z0-9+/]{86}=="),
            ("age_key", "AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
        )
    ),
)  # fmt: skip
#: The forms by a character that their marks, or what follows, must have: one character is looked for in no time.
_BY_SIGN = tuple(
    (sign, tuple(form for form in _FORMS if sign == next((s for s in "_-.:=" if s in form[1]), "")))
    for sign in ("", "_", "-", ".", ":", "=")
)
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z0-9]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----")
_PRIVATE_KEY_END = re.compile(r"-----END (?:[A-Z0-9]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----")
#: A private key of 16,384 bits is 13 KB of PEM.
_LONGEST_KEY = 16_384
_JWT = re.compile(rf"{_START}eyJ[A-Za-z0-9_\-]{{8,2000}}\.eyJ[A-Za-z0-9_\-]{{8,8000}}\.[A-Za-z0-9_\-]{{16,2000}}")
_IN_URL = re.compile(r"://[^\s:/@]{1,64}:([^\s:/@]{3,128})@[\w.\-]{3,}")
_SCHEME = re.compile(r"\b[a-z][a-z0-9+.\-]{2,20}\Z")
_LONGEST_SCHEME = 21
_NAMED = re.compile(
    r"(?i)(?<![a-z0-9?&/])(?:api[ _\-]?(?:key|token|secret)|(?:secret|access|auth|client|private|encryption|license)[ _\-]?(?:key|token|secret)"
    r"(?:[ _\-]id)?|bearer|webhook secret|schlüssel|clave secreta|clé secrète|clé api)\s{0,3}(?:is|ist|est|es|lautet|[:=]){1,2}\s{0,3}[\"'`]?"
    r"([A-Za-z0-9_\-+/=.~]{16,256})"
)
_NAMED_MARKS = frozenset({"key", "apikey", "token", "secret", "bearer", "schlüssel", "clave", "clé"})
#: Bits per character: random base64 of 20 characters has about 4, English words and identifiers below 3.2.
_RANDOM = 3.4


def entropy(text: str) -> float:
    """Return Shannon's entropy of the characters in bits per character."""
    size = len(text)
    return -math.fsum(n / size * math.log2(n / size) for n in Counter(text).values()) if size else 0.0


def _looks_random(value: str) -> bool:
    kinds = sum((any(map(str.isdigit, value)), any(map(str.isupper, value)), any(map(str.islower, value))))
    return kinds >= 2 and any(map(str.isdigit, value)) and entropy(value) >= _RANDOM


def _is_jwt(token: str) -> bool:
    head = token.partition(".")[0]
    try:
        return "alg" in json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, binascii.Error, TypeError, RecursionError):
        return False


def _private_keys(view: TextView) -> Iterator[Candidate]:
    for match in _PRIVATE_KEY.finditer(view.text):
        end = _PRIVATE_KEY_END.search(view.text, match.end(), match.end() + _LONGEST_KEY)
        yield Candidate(type="private_key", start=match.start(), end=end.end() if end else match.end(), rank=10)


def _named_keys(view: TextView) -> Iterator[Candidate]:
    for match in _NAMED.finditer(view.text):
        if _looks_random(match.group(1)) and not view.in_address(match.start()):
            yield Candidate(type="api_key", start=match.start(1), end=match.end(1), rank=4)


def _tokens(view: TextView) -> Iterator[Candidate]:
    for match in _JWT.finditer(view.text):
        # In a link it is the sender's own tracking, not the reader's key.
        if _is_jwt(match.group()) and not view.in_address(match.start()):
            yield Candidate(type="jwt", start=match.start(), end=match.end(), rank=9)


def _in_urls(text: str) -> Iterator[Candidate]:
    done = 0
    for match in _IN_URL.finditer(text):
        # The rare part first: most links have no password in them.
        if _SCHEME.search(text, max(done, match.start() - _LONGEST_SCHEME), match.start()):
            done = match.end()
            yield Candidate(type="password", start=match.start(1), end=match.end(1), rank=6)


def find_keys(view: TextView) -> Iterator[Candidate]:
    """Find keys and tokens."""
    text = view.text
    for sign, forms in _BY_SIGN:
        if sign in text:
            for kind, mark, form in forms:
                if mark in text:
                    yield from (Candidate(type=kind, start=m.start(), end=m.end(), rank=9) for m in form.finditer(text))
    if "PRIVATE KEY" in text:
        yield from _private_keys(view)
    if "eyJ" in text:
        yield from _tokens(view)
    if "://" in text and "@" in text:
        yield from _in_urls(text)
    if not _NAMED_MARKS.isdisjoint(view.words):
        yield from _named_keys(view)
