"""The grammar of Authentication-Results (RFC 8601 2.2), read once from left to right.

`authentication` decides which fields count; this module reads one. A server prints the envelope sender into the field,
and the sender chose every character of it. So where the text can be read in two ways, the rest of the field may only
speak against the mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from glassdome.core.limits import MAX_AUTH_RESULTS
from glassdome.values.message import AuthResult

__all__ = ["Payload", "parse_payload"]

_BLANKS = re.compile(r"[ \t\r\n]*")
_SKIPPED = frozenset(" \t\r\n(")
_KEYWORD = re.compile(r"[A-Za-z0-9_-]{1,80}")
#: A method with its result, and a property with its value, as servers write nearly all: no comment, no quotation marks.
_OUTCOME = re.compile(r"[ \t\r\n]*+([A-Za-z0-9_-]{1,80})=([A-Za-z0-9_-]{1,80})")
_PROPERTY = re.compile(r"[ \t\r\n]*+([A-Za-z0-9_-]{1,80}(?:\.[A-Za-z0-9_-]{1,80})?)=([^\s;()\"\\]++)(?!\")")
#: What may stand in a value outside quotes. Servers print addresses and base64, so more than a token (RFC 2045 5.1).
_PLAIN = re.compile(r"[^\s;()\"\\]+")
_QUOTED = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_IN_COMMENT = re.compile(r"[()\\\"]")
_PARENTHESES = frozenset("()")
_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63})*")
#: A result in text that cannot be read as the grammar says.
_CRUDE = re.compile(r";[ \t\r\n]*(dkim|spf|dmarc)(?:[ \t]*/[ \t]*\d{1,3})?[ \t]*=[ \t]*([a-z]{1,20})", re.IGNORECASE)
_AGAINST = frozenset({"fail", "softfail", "hardfail", "permerror", "policy", "reject", "quarantine"})
#: The identity that each method checks, best first (RFC 8601 2.7); a property of another method proves nothing.
_IDENTITIES: Final[Mapping[str, tuple[str, ...]]] = {
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom", "smtp.mail", "smtp.mfrom", "smtp.helo", "smtp.ehlo"),
    "dmarc": ("header.from", "header.d"),
}
_OTHERS: Final = ("header.d", "smtp.mailfrom", "header.from", "header.i", "smtp.helo", "policy.arc")
_LONGEST_DOMAIN: Final = 255
_LONGEST_ACCOUNT: Final = 320


class _Unreadable(Exception):
    """The text is not what the grammar says, or can be read in two ways."""


@dataclass(slots=True)
class Payload:
    """One field: which server wrote it, and what it found."""

    authserv_id: str = ""
    results: list[AuthResult] = field(default_factory=list)


def parse_payload(value: str) -> Payload:
    """Read one field's value; never raises. Of what cannot be read, only results against the mail are kept."""
    reader = _Reader(value)
    payload = Payload()
    try:
        payload.authserv_id = reader.server()
        while reader.next_result():
            if len(payload.results) >= MAX_AUTH_RESULTS:
                raise _Unreadable
            if (found := reader.result()) is not None:
                payload.results.append(found)
        if not reader.ended():
            raise _Unreadable
    except _Unreadable:
        payload.results += dict.fromkeys(_against(reader.text[reader.start :]))
    return payload


def _against(rest: str) -> Iterator[AuthResult]:
    """Return the results against the mail in text that cannot be trusted: no sender forges those about his own mail."""
    for found in _CRUDE.finditer(rest):
        if found[2].lower() in _AGAINST:
            yield AuthResult(method=found[1].lower(), result=found[2].lower())


class _Reader:
    """A position in the text that only moves forward, so that the whole is linear."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        #: Where the statement begins that is being read.
        self.start = 0

    def server(self) -> str:
        """Read the authserv-id and the version behind it; leave it out where the results begin at once."""
        self._skip()
        start = self.at
        name = self._value()
        if "=" in name and not self.text.startswith('"', start):
            self.at, self.text = 0, f";{self.text}"
            return ""
        self._skip()
        version = _KEYWORD.match(self.text, self.at)
        if version and version[0].isdigit():
            self.at = version.end()
        return " ".join(name.split()).lower()[:_LONGEST_DOMAIN]

    def next_result(self) -> bool:
        """Step over the semicolon in front of a resinfo; return whether there is one."""
        self._skip()
        self.start = self.at
        return self.take(";")

    def result(self) -> AuthResult | None:
        """Read one resinfo; None for `none` (no-result) and for an empty one."""
        plain = _OUTCOME.match(self.text, self.at)
        if plain and (method := plain[1].lower()) in _IDENTITIES:
            self.at = plain.end()
            return self._result(method, plain[2].lower())
        self._skip()
        if self.at >= len(self.text) or self.text[self.at] == ";":
            return None
        method = self._keyword()
        if self.take("/"):
            self._keyword()
        if not self.take("="):
            if method == "none":
                return None
            raise _Unreadable
        outcome = self._keyword() if method in _IDENTITIES else self._value().lower()
        return self._result(method, outcome)

    def _result(self, method: str, outcome: str) -> AuthResult:
        properties = self._properties()
        account = properties.get("smtp.auth", "").lower()[:_LONGEST_ACCOUNT] if method == "auth" else ""
        return AuthResult(method=method, result=outcome[:40], domain=_identity(method, properties), account=account)

    def take(self, char: str) -> bool:
        """Step over `char` and what may stand before it; return whether it was there."""
        self._skip()
        if self.text.startswith(char, self.at):
            self.at += 1
            return True
        return False

    def ended(self) -> bool:
        """Return whether nothing is left."""
        self._skip()
        return self.at >= len(self.text)

    def _properties(self) -> dict[str, str]:
        """Read reasonspec and propspecs; `reason`, and words that some servers add, have no dot."""
        found: dict[str, str] = {}
        while True:
            if plain := _PROPERTY.match(self.text, self.at):
                self.at = plain.end()
                found.setdefault(plain[1].lower(), plain[2])
                continue
            self._skip()
            if self.at >= len(self.text) or self.text[self.at] == ";":
                return found
            name = self._keyword()
            if self.take("."):
                name = f"{name}.{self._keyword()}"
            if not self.take("="):
                raise _Unreadable
            found.setdefault(name, self._value())

    def _keyword(self) -> str:
        self._skip()
        word = _KEYWORD.match(self.text, self.at)
        if not word:
            raise _Unreadable
        self.at = word.end()
        return word[0].lower()

    def _value(self) -> str:
        """Read a value: plain text and quoted strings with nothing between them, as in `"a b"@example.org`."""
        self._skip()
        pieces: list[str] = []
        while self.at < len(self.text):
            if self.text[self.at] == '"':
                quoted = _QUOTED.match(self.text, self.at)
                if not quoted:
                    raise _Unreadable
                pieces.append(_ESCAPED.sub(r"\1", quoted[1]))
                self.at = quoted.end()
            elif plain := _PLAIN.match(self.text, self.at):
                pieces.append(plain[0])
                self.at = plain.end()
            else:
                break
        return "".join(pieces)

    def _skip(self) -> None:
        """Step over blanks and comments (CFWS, RFC 5322 3.2.2)."""
        while self.text[self.at : self.at + 1] in _SKIPPED:
            blanks = _BLANKS.match(self.text, self.at)
            self.at = blanks.end() if blanks else self.at
            if not self.text.startswith("(", self.at):
                return
            self.at = self._after_comment()

    def _after_comment(self) -> int:
        """Return where the comment ends. Comments nest, and quotation marks mean nothing in them.

        Servers quote the sender's address in a comment. A parenthesis inside those quotes would end the comment here
        and be mere text for the server that wrote it, so such a comment is unreadable.
        """
        depth, at = 1, self.at + 1
        while found := _IN_COMMENT.search(self.text, at):
            char, at = found[0], found.end()
            if char == "\\":
                at += 1
            elif char == '"':
                quoted = _QUOTED.match(self.text, found.start())
                if quoted and not _PARENTHESES.isdisjoint(quoted[1]):
                    raise _Unreadable
                at = quoted.end() if quoted else at
            else:
                depth += 1 if char == "(" else -1
                if not depth:
                    return at
        raise _Unreadable


def _identity(method: str, properties: Mapping[str, str]) -> str:
    """Return the domain that was checked, or an empty string where the property holds none."""
    stated = next((value for name in _IDENTITIES.get(method, _OTHERS) if (value := properties.get(name))), "")
    domain = stated.rpartition("@")[2].strip(" <>").rstrip(".").lower()[:_LONGEST_DOMAIN]
    return domain if _DOMAIN.fullmatch(domain) else ""
