"""Content-Type and Content-Disposition with their parameters (RFC 2045 5.1, RFC 2183, RFC 2231)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from glassdome.core.limits import MAX_PARAMETERS
from glassdome.parse.charset import decode
from glassdome.parse.encoded_words import decode_words
from glassdome.parse.plain import one_line
from glassdome.parse.state import ParseState

__all__ = ["Field", "parse_parameters", "without_comments"]

#: The common form in one step: a token, or two with a slash, and what follows a semicolon.
_USUAL = re.compile(r"\s*([\w.+-]+(?:/[\w.+-]+)?)\s*(?:;(.*))?", re.DOTALL | re.ASCII)
#: As it is broken: spaces around the slash, and a space, comma or colon where the semicolon belongs.
_BROKEN = re.compile(
    r"[\s\"',;:]{0,40}(?![^\s;,/]{1,100}\s{0,5}=)([^\s;,=\"'/:]{1,100}(?:\s{0,5}/\s{0,5}[^\s;,=\"':]{1,100})?)[\s\"',;:]*(.*)",
    re.DOTALL,
)
#: name = "quoted" or a bare value, which broken senders leave with spaces in it.
_PARAMETER = re.compile(r';\s{0,20}([^\s=;"]{1,60})\s{0,20}=\s{0,20}(?:"((?:[^"\\]|\\.)*)"?|([^;]*))', re.DOTALL)
#: Where a parameter begins behind a bare value, without the semicolon between them.
_NO_SEMICOLON = re.compile(
    r"\s(?=(?:charset|boundary|format|delsp|name|filename|type|method|protocol|smime-type|size)\*?\d{0,2}\*?\s{0,5}=)",
    re.IGNORECASE,
)
#: A value in quotes that were written twice.
_DOUBLED = re.compile(r'=\s?""(?=[^\s;"])')
_DOUBLED_END = re.compile(r'(?<=[^\s;="])""(?=\s?(?:;|$))')
_ESCAPE = re.compile(r"\\([\"\\])")
_SECTION = re.compile(r"([^*]+)\*(?:(\d{1,3})(\*?))?")
#: A quoted string, a parenthesis, or neither.
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"?|[()]|\\.|[^"()\\]+|\\', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A value such as `text/plain` and its parameters, names in lower case; `others` are values that do not count."""

    value: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    others: tuple[tuple[str, str], ...] = ()

    def every(self, name: str) -> list[str]:
        """Return the value of a parameter that counts, and the other values given for it."""
        first = self.parameters.get(name)
        return ([first] if first is not None else []) + [value for other, value in self.others if other == name]

    def get(self, name: str) -> str:
        """Return one parameter, or an empty string."""
        return self.parameters.get(name, "")


def parse_parameters(value: str, state: ParseState) -> Field:
    """Parse `value; name=value; ...`; the first of two equal names wins. Comments and missing semicolons are mended."""
    if "(" in value:
        value = without_comments(value)
    found = _USUAL.fullmatch(value) or _BROKEN.match(value)
    head, rest = (found[1], found[2]) if found else ("", value)
    head = one_line("".join(head.split())).strip("\"'").lower()
    parameters, others = _parameters(";" + rest, state) if rest else ({}, ())
    return Field(value=head[:200], parameters=parameters, others=others)


def without_comments(value: str) -> str:
    """Take the comments out (RFC 822 3.4.3): parentheses outside quotes that do not stand within a bare value.

    `charset=utf-8 (Plain text)` has one; in `filename=Report (1).pdf`, which is broken, it is part of the name.
    """
    out: list[str] = []
    group: list[str] = []
    depth = 0
    for found in _PIECE.finditer(value):
        piece = found.group()
        depth += piece == "("
        (group if depth else out).append(piece)
        depth -= piece == ")" and depth > 0
        if group and not depth:
            if not _is_comment("".join(out[-1:]), value[found.end() : found.end() + 20]):
                out += group
            group = []
    return "".join(out + group)


def _is_comment(before: str, after: str) -> bool:
    before, after = before.rstrip(), after.lstrip()
    named = before.rpartition(";")[2]
    return (
        not before
        or not after
        or before[-1] in ";/"
        or after[0] in ";/"
        or "=" not in named
        or named.lower().endswith("charset=")
    )


def _parameters(text: str, state: ParseState) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Return the parameters, and those values of equal names that do not count."""
    plain: dict[str, str] = {}
    others: list[tuple[str, str]] = []
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    if text.count("=") > text.count(";") and _NO_SEMICOLON.search(text):
        text = _separated(text)
    if '""' in text:
        text = _DOUBLED_END.sub('"', _DOUBLED.sub('="', text))
    for number, found in enumerate(_PARAMETER.finditer(text)):
        if number >= MAX_PARAMETERS:
            state.add("too_many_parameters")
            break
        name = found[1].lower()
        value = _ESCAPE.sub(r"\1", found[2]) if found[2] is not None else found[3].strip()
        section = _SECTION.fullmatch(name) if "*" in name else None
        if section is None:
            if name in plain:
                others.append((name, value))
            if "\0" in value:  # where a program in C ends the name
                others.append((name, value.partition("\0")[0]))
            plain.setdefault(name, value)
        else:
            order, encoded = (int(section[2]), bool(section[3])) if section[2] else (0, True)
            sections.setdefault(section[1], {}).setdefault(order, (value, encoded))
    words = {name: decode_words(value, state) for name, value in plain.items()}
    if not sections and not others:
        return words, ()
    joined = {name: _joined(pieces, state) for name, pieces in sections.items()}
    beside = [(name, words[name]) for name, value in joined.items() if words.get(name, value) != value]
    return words | joined, (*beside, *((name, decode_words(value, state)) for name, value in others))


def _separated(text: str) -> str:
    """Put the semicolons in that are missing outside quotes."""
    pieces = text.split('"')
    pieces[::2] = [_NO_SEMICOLON.sub(";", piece) for piece in pieces[::2]]
    return '"'.join(pieces).replace(";;", ";")


def _joined(pieces: dict[int, tuple[str, bool]], state: ParseState) -> str:
    """Join the sections of one RFC 2231 value in their order; only the first names the charset."""
    charset, data = "", b""
    for order in sorted(pieces):
        value, encoded = pieces[order]
        if not encoded:
            data += value.encode("utf-8", "surrogateescape")
            continue
        if order == min(pieces) and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        data += unquote_to_bytes(value)
    return decode_words(decode(data, charset or "utf-8", state), state)
