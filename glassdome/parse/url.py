"""URLs as browsers read them (WHATWG URL): the real host, and bare URLs in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Address
from urllib.parse import unquote, urljoin

import idna

from glassdome.core.limits import MAX_URL_CHARS

__all__ = ["find_urls", "host_of", "normal_url"]

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_IGNORED = re.compile(r"[\t\n\r]")
_CONTROLS = "".join(map(chr, range(33))) + "\x7f\u00a0"
_SPECIAL = frozenset({"http", "https", "ftp", "ws", "wss"})
_AUTHORITY_END = re.compile(r"[/?#\\]")
_SPECIAL_SLASHES = re.compile(r"[/\\]*")
_LONGEST_HOST = 255
#: Starts at one of four letters: many times faster than alternatives, `find_urls` looks at the rest.
_BARE = re.compile(
    r"[hHfFwW](?:[tT]?[tT][pP][sS]?://|[wW][wW]\.)[^\s<>\"\u00ab\u00bb\u201c\u201d\u2018\u2019`{}|\\^]{2,}"
)
_TRAILING = ".,;:!?'\"*_~\u3002\uff0c\u2026"
#: Closing punctuation taken off one URL; more is no sentence.
_LONGEST_TAIL = 20
_CLOSERS = {")": "(", "]": "["}
_IPV4_PART = re.compile(r"0x[0-9a-f]*|\d+")


def normal_url(raw: str, base: str = "") -> str:
    """Clean a URL the way browsers do: outer blanks and inner line breaks go, a relative one is joined to `base`."""
    url = _IGNORED.sub("", raw.strip(_CONTROLS))[:MAX_URL_CHARS]
    if url.isascii() and url.isprintable():
        pass
    else:
        url = "".join(char for char in url if char.isprintable() or char in "\u200b\u202e")
    if url.startswith("//"):
        return "http:" + url
    if base and not _SCHEME.match(url):
        try:
            return urljoin(base, url)[:MAX_URL_CHARS]
        except ValueError:
            return url
    return url


def host_of(url: str) -> str:
    """Return the host a browser would go to: lower case, punycode, numbers as IPv4; empty where there is none."""
    scheme = _SCHEME.match(url)
    name = scheme[1].lower() if scheme else ""
    if name == "mailto":
        return _host(url[7:].partition("?")[0].partition(",")[0].rpartition("@")[2])
    rest = url[scheme.end() :] if scheme else url
    if name in _SPECIAL:
        slashes = _SPECIAL_SLASHES.match(rest)
        rest = rest[slashes.end() :] if slashes else rest
    elif rest.startswith("//"):
        rest = rest[2:]
    elif name or not rest.lower().startswith("www."):
        return ""
    return _host(_without_port(_AUTHORITY_END.split(rest, maxsplit=1)[0].rpartition("@")[2]))


def find_urls(text: str) -> Iterator[str]:
    """Find URLs that mail programs make clickable in plain text; `www.` ones get a scheme."""
    if "://" not in text and "www." not in text and "WWW." not in text:
        return
    for found in _BARE.finditer(text):
        url = _trimmed(found.group()[:MAX_URL_CHARS])
        if "://" in url[:8]:
            yield url
        elif not text[found.start() - 1 : found.start()].isalnum():
            yield "http://" + url


def _trimmed(url: str) -> str:
    """Drop punctuation of the sentence, and closing brackets that were opened outside."""
    for _ in range(_LONGEST_TAIL):
        last = url[-1:]
        if not last or not (last in _TRAILING or (last in _CLOSERS and url.count(last) > url.count(_CLOSERS[last]))):
            break
        url = url[:-1]
    return url


def _without_port(authority: str) -> str:
    if authority.startswith("["):
        return authority.partition("]")[0] + "]"
    return authority.partition(":")[0]


@lru_cache(maxsize=4096)
def _host(raw: str) -> str:
    host = unquote(raw[: 3 * _LONGEST_HOST]).strip(_CONTROLS + ".").lower()[:_LONGEST_HOST]
    if not host.isascii():
        host = _to_ascii(host)
    host = "".join(char for char in host if char.isprintable() and char not in " /\\?#@<>\"'")
    return _ipv4(host) if host and (host[-1].isdigit() or "0x" in host) else host


def _to_ascii(host: str) -> str:
    """IDNA 2008 with the mapping browsers do (UTS 46); what that refuses goes label by label to plain punycode."""
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError, ValueError, IndexError):
        return ".".join(
            label if label.isascii() else "xn--" + label.encode("punycode", "ignore").decode("ascii")
            for label in host.replace("\u3002", ".").split(".")
        )


def _ipv4(host: str) -> str:
    """Read `3232235777`, `0xc0.0xa8.1.1` and the like as the IPv4 address they are (WHATWG URL 3.5)."""
    parts = host.split(".")
    if len(parts) > 4 or not all(_IPV4_PART.fullmatch(part) for part in parts):
        return host
    try:
        numbers = [
            int(p, 16) if p.startswith("0x") else int(p, 8 if p.startswith("0") and p != "0" else 10) for p in parts
        ]
    except ValueError:
        return host
    value = numbers[-1]
    for place, number in enumerate(numbers[:-1]):
        if number > 255:
            return host
        value += number << (8 * (3 - place))
    return str(IPv4Address(value)) if value < 2**32 else host
