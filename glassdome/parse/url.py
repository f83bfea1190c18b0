"""URLs as browsers read them (WHATWG URL): the real host, and bare URLs in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Address
from itertools import chain, islice
from urllib.parse import unquote, urljoin

import idna

from glassdome.core.domains import is_suffix_word, organizational_domain
from glassdome.core.limits import MAX_URL_CHARS

__all__ = ["find_urls", "host_of", "normal_url"]

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_IGNORED = re.compile(r"[\t\n\r]")
_CONTROLS = "".join(map(chr, range(33))) + "\x7f\u00a0"
_SPECIAL = frozenset({"http", "https", "ftp", "ws", "wss"})
_AUTHORITY_END = re.compile(r"[/?#\\]")
_SPECIAL_SLASHES = re.compile(r"[/\\]*")
_LONGEST_HOST = 255
#: Starts at one of four letters: many times faster than alternatives; `find_urls` checks the rest.
#: Full-width punctuation ends it: no address has it bare, and Chinese and Japanese put it behind one without a blank.
_BARE = re.compile(
    r"[hHfFwW](?:[tT]?[tT][pP][sS]?://|[wW][wW]\.)"
    r"[^\s<>\"\u00ab\u00bb\u201c\u201d\u2018\u2019`{}|\\^\u3000-\u3004\u3008-\u3020\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]{2,}"
)
_CJK = re.compile(r"[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: A host name that stands without a scheme, with its path; not in an address, a path or another name.
_NAKED = re.compile(
    r"(?<![\w@.:/=?&%#~+-])((?:[a-zA-Z0-9-]{1,63}\.){1,8}[a-z]{2,24})(?![\w@-]|\.\w)(:\d{2,5})?(/[^\s<>\"()\u00ab\u00bb\u201c\u201d`{}|\\^]*)?"
)
#: Stands in every host name of those.
_ENDING = re.compile(r"\.[a-z]{2}")
#: Endings that are file names and words more often than host names: there a path is wanted.
_NO_HOST_ALONE = frozenset({
    "ai", "am", "app", "as", "at", "be", "by", "cc", "do", "eu", "in", "is", "it", "java", "jp", "js", "la", "me",
    "md", "ml", "mov", "my", "name", "net", "no", "ph", "pl", "ps", "py", "rs", "sh", "so", "st", "tc", "tf",
    "to", "us", "vi", "ws", "zip",
})  # fmt: skip
_TRAILING = ".,;:!?'\"*_~\u3002\uff0c\u2026"
#: Host names without a scheme that are taken of one text; a list of domains is no list of lures.
_MOST_NAKED = 200
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


def find_urls(text: str, *, naked: bool = True) -> Iterator[str]:
    """Find URLs that mail programs make clickable in plain text; `www.` and, unless `naked` is off, other hosts get a scheme."""
    rest = text
    if "://" in text or "www." in text or "WWW." in text:
        for found in _BARE.finditer(text):
            url = _trimmed(_unglued(found.group()[:MAX_URL_CHARS]))
            if "://" in url[:8]:
                yield url
            elif not text[found.start() - 1 : found.start()].isalnum():
                yield "http://" + url
        rest = _BARE.sub(" ", text)
    if naked:
        yield from _naked(rest)


def _naked(text: str) -> Iterator[str]:
    """Find host names without a scheme under a public suffix, which mail programs make links of.

    Without a path only the name that an organization registers counts: names of servers stand in many a text.
    """
    if not _ENDING.search(text):
        return
    # No host name has a blank, and few words have a dot within: the pattern is tried on these alone.
    words = [word for word in text.split() if "." in word and _ENDING.search(word)]
    for found in islice(chain.from_iterable(map(_NAKED.finditer, words)), _MOST_NAKED):
        host, path = found[1], found[3] or ""
        ending = host.rpartition(".")[2]
        if not is_suffix_word(ending):
            continue
        if path or (ending not in _NO_HOST_ALONE and organizational_domain(host) == host.lower()):
            yield "http://" + _trimmed(f"{host}{found[2] or ''}{path}"[:MAX_URL_CHARS])


def _unglued(url: str) -> str:
    """Cut a URL where text without blanks goes on behind it; host names and paths of that script alone are kept."""
    found = _CJK.search(url) if not url.isascii() else None
    if not found or not (url[found.start() - 1].isascii() and url[found.start() - 1].isalnum()):
        return url
    start = url.find("://") + 3 if "://" in url[:8] else 0
    slash = url.find("/", start)
    in_host = slash < 0 or found.start() < slash
    if in_host and "." in url[found.start() : slash if slash >= 0 else len(url)]:
        return url
    return url[: found.start()]


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
