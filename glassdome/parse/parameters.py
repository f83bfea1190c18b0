"""Content-Type and Content-Disposition with their parameters (RFC 2045 5.1, RFC 2183, RFC 2231)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from glassdome.core.limits import MAX_PARAMETERS
from glassdome.parse.charset import decode
from glassdome.parse.encoded_words import decode_words
from glassdome.parse.faults import Faults
from glassdome.parse.plain import line

__all__ = ["Field", "parse_parameters"]

#: name = "quoted" or a bare value, which broken senders leave with spaces in it.
_PARAMETER = re.compile(r';\s{0,20}([^\s=;"]{1,60})\s{0,20}=\s{0,20}(?:"((?:[^"\\]|\\.)*)"?|([^;]*))', re.DOTALL)
_ESCAPE = re.compile(r"\\([\"\\])")
_COMMENT = re.compile(r"\([^()]*\)")
_SECTION = re.compile(r"([^*]+)\*(?:(\d{1,3})(\*?))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A value such as `text/plain` and its parameters, names in lower case."""

    value: str = ""
    parameters: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return one parameter, or an empty string."""
        return self.parameters.get(name, "")


def parse_parameters(value: str, faults: Faults) -> Field:
    """Parse `value; name=value; ...`; the first of two equal names wins."""
    head, semicolon, rest = value.partition(";")
    head = line(_COMMENT.sub("", head)).strip("\"'").lower()
    return Field(value=head[:200], parameters=_parameters(";" + rest, faults) if semicolon else {})


def _parameters(text: str, faults: Faults) -> dict[str, str]:
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for number, found in enumerate(_PARAMETER.finditer(text)):
        if number >= MAX_PARAMETERS:
            faults.add("too_many_parameters")
            break
        name = found[1].lower()
        value = _ESCAPE.sub(r"\1", found[2]) if found[2] is not None else found[3].strip()
        section = _SECTION.fullmatch(name) if "*" in name else None
        if section is None:
            plain.setdefault(name, value)
        else:
            order, encoded = (int(section[2]), bool(section[3])) if section[2] else (0, True)
            sections.setdefault(section[1], {}).setdefault(order, (value, encoded))
    words = {name: decode_words(value, faults) for name, value in plain.items()}
    return words | {name: _joined(pieces, faults) for name, pieces in sections.items()}


def _joined(pieces: dict[int, tuple[str, bool]], faults: Faults) -> str:
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
    return decode_words(decode(data, charset or "utf-8", faults), faults)
