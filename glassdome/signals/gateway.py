"""Links with another address inside: what redirectors and gateways that nobody knows by name lead on to.

A known gateway is looked through while the mail is parsed. Of any other host only its own word says that it leads where
the address inside says. So the host stays what it is, and the address inside is judged as well; where all of a mail's
links pass one such host, as a reader's gateway makes them, that host is not held against what the links show.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from glassdome.signals.domains import is_ip, organizational_domain
from glassdome.signals.host_lists import free_hosts, in_list, mailers, popular, risky_tlds, shorteners
from glassdome.signals.link_view import LinkView, split_url
from glassdome.values.context import Context
from glassdome.values.message import Message

__all__ = ["common_gateway", "inner_view", "looked_through"]

_WEB: Final = re.compile(r"https?:/{1,2}[^\s/?#\"'<>]{3,253}(?:[/?#][^\s\"'<>]{0,4000})?", re.IGNORECASE)
#: What `http` begins with in base64, and what it is in hexadecimal.
_BASE64: Final = re.compile(r"aHR0c[A-Za-z0-9+/_-]{10,4000}")
_HEX: Final = re.compile(r"68747470(?:73)?3a2f2f(?:[0-9a-f]{2}){4,2000}", re.IGNORECASE)
#: Characters of a path and query that are read, and how often they are percent-encoded.
_WITHIN: Final = 4_000
_TIMES: Final = 3
#: Links of which all must pass a host, for it to be a gateway: one alone is what a lure has too.
_FEWEST: Final = 2


@lru_cache(maxsize=4096)
def inner_url(rest: str) -> str:
    """Return the whole web address that the path or query of a URL holds, in whatever encoding, or an empty string."""
    text = rest[:_WITHIN]
    for _ in range(_TIMES):
        if found := _WEB.search(text):
            return _without_next_parameter(found[0], encoded=text != rest[:_WITHIN])
        if coded := _decoded(text):
            return coded
        text, before = unquote(text), text
        if text == before:
            break
    return ""


def _without_next_parameter(url: str, *, encoded: bool) -> str:
    """End the address where a parameter of the outer one begins; an encoded one may have parameters of its own."""
    return url if encoded or "?" in url else url.partition("&")[0]


def _decoded(text: str) -> str:
    if found := _BASE64.search(text):
        packed = found[0].translate(str.maketrans("-_", "+/"))
        for end in (len(packed), len(packed) - len(packed) % 4):
            try:
                raw = base64.b64decode(packed[:end] + "=" * (-end % 4))
            except (binascii.Error, ValueError):
                continue
            inner = _WEB.match(raw.decode("utf-8", "replace"))
            return inner[0] if inner else ""
    if found := _HEX.search(text):
        inner = _WEB.match(bytes.fromhex(found[0]).decode("utf-8", "replace"))
        return inner[0] if inner else ""
    return ""


def inner_view(link: LinkView) -> LinkView | None:
    """Return the link as it is behind the host it names, where it holds the address of another organization."""
    url = inner_url(link.rest) if link.rest and link.host else ""
    if not url:
        return None
    scheme, user, host, port, rest, domain = split_url(url)
    if not domain or domain == link.domain:
        return None
    return replace(link, scheme=scheme, user=user, host=host, port=port, rest=rest, domain=domain)


def common_gateway(message: Message, links: Sequence[LinkView]) -> str:
    """Return the host that all links of a mail pass, each with its target inside; empty where there is none.

    The sender's own host is none, nor is one that anybody gets for nothing.
    """
    web = [link for link in links if link.host]
    hosts = {link.host for link in web}
    if len(web) < _FEWEST or len(hosts) != 1:
        return ""
    host, domain = web[0].host, web[0].domain
    inner = [view for link in web if (view := inner_view(link)) is not None]
    if len(inner) < len(web) or len({(view.host, view.rest) for view in inner}) < _FEWEST:
        return ""
    return "" if domain == organizational_domain(message.author.domain) or _is_cheap(host, domain) else host


def looked_through(link: LinkView, message: Message, context: Context) -> LinkView:
    """Return the link behind a host that is no lie of the sender's, also where it is the mail's only one.

    That is a host of the reader's own organization, and any other one in front of an address of the proven sender's own:
    whoever can write in that name has no use for such a detour.
    """
    inner = inner_view(link)
    if inner is None:
        return link
    if link.domain in {organizational_domain(domain) for domain in context.own_domains}:
        return inner
    proven = message.authenticity.organization
    return inner if proven and inner.domain == proven and not _is_cheap(link.host, link.domain) else link


def _is_cheap(host: str, domain: str) -> bool:
    if is_ip(host) or "xn--" in host or not host.isascii() or host.rpartition(".")[2] in risky_tlds():
        return True
    listed = any(in_list(host, names()) for names in (free_hosts, shorteners, mailers))
    return listed or domain in popular()
