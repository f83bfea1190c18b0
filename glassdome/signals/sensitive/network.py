"""IP and MAC addresses, where the words around say that they are somebody's."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from glassdome.signals.sensitive.finding import Candidate
from glassdome.signals.sensitive.phrases import words_for
from glassdome.signals.sensitive.view import TextView

__all__ = ["find_network_addresses"]

# Each form begins with its first character and then looks back at the one before it: other characters cost nothing.
_IPV4 = re.compile(r"\d(?<![\w.\-/]\d)\d{0,2}\.(?:\d{1,3}\.){2}\d{1,3}(?![\w\-]|\.\d)")
_IPV6 = re.compile(
    r"[0-9A-Fa-f:](?<![\w:.][0-9A-Fa-f:])(?:(?<=:)|(?<!:)[0-9A-Fa-f]{0,3}:)(?:[0-9A-Fa-f]{0,4}:){1,6}"
    r"[0-9A-Fa-f]{1,4}(?![\w:]|\.\d)"
)
_MAC = re.compile(
    r"[0-9A-Fa-f](?<![\w:\-][0-9A-Fa-f])[0-9A-Fa-f](?:([:\-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}(?![\w:\-])"
)
_WORDS = words_for("network")


#: Numbers in four parts that are no addresses.
_VERSIONS = words_for("version")
#: (type, a quick test, the form).
_FORMS = (
    ("ip_address", re.compile(r"\.\d{1,3}\.\d"), _IPV4),
    ("ip_address", re.compile(r":(?::|(?:[0-9A-Fa-f]{1,4}:){6})"), _IPV6),
    ("mac_address", re.compile(r"[:\-][0-9A-Fa-f]{2}(?:[:\-][0-9A-Fa-f]{2}){4}"), _MAC),
)


def _is_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_unspecified or address.is_loopback)


def find_network_addresses(view: TextView) -> Iterator[Candidate]:
    """Find IP and MAC addresses next to words such as address, login or device; version numbers are none."""
    for kind, gate, form in _FORMS:
        if not gate.search(view.text):
            continue
        for match in form.finditer(view.text):
            valid = kind == "mac_address" or _is_address(match.group())
            if valid and not _VERSIONS.near(view, *match.span()) and _WORDS.near(view, *match.span()):
                yield Candidate(type=kind, start=match.start(), end=match.end(), risk="low", rank=4)
