"""Address fields (RFC 5322 3.4): mailboxes with decoded names, groups opened, broken syntax read as mail programs do."""

from __future__ import annotations

import re

from glassdome.core.limits import MAX_ADDRESSES
from glassdome.parse.encoded_words import decode_words
from glassdome.parse.faults import Faults
from glassdome.values.message import Address

__all__ = ["parse_addresses"]

#: The common case in one step: `"Name" <local@domain>` or `Name <local@domain>`.
_SIMPLE = re.compile(r'(?:"([^"<>,;:()\\@]*)"\s*|([^"<>,;:()\\@]*))<([^<>\s"(),;:@]+@[^<>\s"(),;:@]+)>')
_BARE = re.compile(r'[^<>\s"(),;:@\\]+@[^<>\s"(),;:@\\]+')
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"?|<([^<>]*)>?|([,;:])|(\()|([^",;:<>()]+)|.', re.DOTALL)
_PAREN = re.compile(r"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def parse_addresses(value: str, faults: Faults) -> tuple[Address, ...]:
    """Parse an address list; a member without any address is kept by its name, so that nothing shown is lost."""
    simple = _SIMPLE.fullmatch(value)
    if simple:
        return (_address(simple[1] or simple[2] or "", simple[3], faults),)
    if _BARE.fullmatch(value):
        return (_address("", value, faults),)
    return tuple(_List(faults).parse(value)) if value else ()


def _address(name: str, addr: str, faults: Faults) -> Address:
    addr = decode_words(addr, faults).strip("\"'")
    local, at, domain = addr.rpartition("@")
    return Address(name=decode_words(name, faults).strip("\"'"), addr=f"{local}{at}{domain.lower().rstrip('.')}")


class _List:
    """One pass over an address list, member by member."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.found: list[Address] = []
        self.words: list[str] = []
        self.comment = ""
        self.unclosed = False
        self.angle: str | None = None

    def parse(self, value: str) -> list[Address]:
        at = 0
        while at < len(value) and len(self.found) < MAX_ADDRESSES:
            token = _TOKEN.match(value, at)
            if token is None:
                break
            at = token.end()
            if token[4] and not self.unclosed:
                at = self._skip_comment(value, at)
            else:
                self._take(token)
        if at < len(value):
            self.faults.add("too_many_addresses", f"more than {MAX_ADDRESSES}")
        else:
            self._finish()
        return self.found

    def _take(self, token: re.Match[str]) -> None:
        quoted, angle, separator, word = token[1], token[2], token[3], token[5]
        if quoted is not None:
            self.words.append(_ESCAPE.sub(r"\1", quoted))
        elif angle is not None:
            if self.angle is None or not self.angle.strip():
                self.angle = angle.rpartition(":")[2] if angle.startswith("@") else angle  # RFC 5322 4.4 route
        elif separator == ":":
            self.words.clear()  # a group's name
        elif separator:
            self._finish()
        elif word and not word.isspace():
            self.words.append(word.strip())

    def _skip_comment(self, value: str, at: int) -> int:
        depth, start = 1, at
        for paren in _PAREN.finditer(value, at):
            depth += {"(": 1, ")": -1}.get(paren.group(), 0)
            if not depth:
                self.comment = self.comment or value[start : paren.start()]
                return paren.end()
        self.unclosed = True  # searched once only
        self.faults.add("unclosed_comment")
        return at

    def _finish(self) -> None:
        name, angle = " ".join(self.words), self.angle
        if angle is None and "@" in name:
            bare = [word for word in name.split() if "@" in word]
            angle, name = bare[-1].strip("<>"), " ".join(word for word in name.split() if "@" not in word)
        if name or self.comment or (angle and angle.strip()):
            self.found.append(_address(name or self.comment, angle or "", self.faults))
        self.words, self.comment, self.angle = [], "", None
