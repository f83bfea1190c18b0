"""Links one by one: shown text against target, and hosts that hide their identity."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise

from glassdome.signals.domains import ascii_host, is_ip, organizational_domain, unicode_host
from glassdome.signals.finding import Detector, evidence, hit, none_apply
from glassdome.signals.gateway import common_gateway, inner_view, looked_through
from glassdome.signals.host_lists import free_hosts, in_list, popular, reply_services, risky_tlds, shorteners
from glassdome.signals.link_view import LinkView, view_links
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Signal

__all__ = ["DETECTOR"]

_SIGNALS = {
    "link_text_mismatch": "the link shows one organization's address and leads to another's",
    "link_ip_host": "the link's host is a bare IP address",
    "link_userinfo": "the link has a name before an @ that looks like its host",
    "link_dangerous_scheme": "the link runs code or holds a page itself (javascript:, data:, file:)",
    "link_odd_port": "the link uses an unusual port",
    "link_redirector": "the link passes through another site's redirector",
    "link_shortener": "a URL shortener hides where the link leads",
    "link_free_host": "the link leads to a host where anyone may publish",
    "link_punycode": "the link's host is written in look-alike or mixed letters (IDN)",
    "link_many_labels": "the link's host has a long chain of subdomains",
    "link_risky_tld": "the link's host is under a cheap, much abused top-level domain",
    "link_random_host": "the link's host name is random letters and digits",
    "link_encoded_host": "the link's host or path is needlessly percent-encoded",
}
_SHOWN_HOST = re.compile(
    r"^\s*(?:https?://)?(?:[^\s/@]{0,200}@)?((?:[\w-]{1,63}[.\u3002])+(?:[^\W\d_]{2,24}|xn--[a-z0-9-]{2,59}))(?::\d+)?(?:[/?#]\S*)?\s*$",
    re.IGNORECASE,
)
_INNER_URL = re.compile(r"(?:https?(?::|%3a)(?:/|%2f){1,2})([\w.-]+)", re.IGNORECASE)
_NEEDLESS = re.compile(r"%(?:6[1-9a-f]|7[0-9a]|3[0-9]|4[1-9a-f]|5[0-9a])", re.IGNORECASE)
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{7}")
_MIN_RANDOM = 9
_USUAL_PORTS = (0, 80, 443)
_MANY_LABELS = 6


def _shown_domain(link: LinkView) -> str:
    """Return the organization a reader believes the link leads to; empty where the text is no address."""
    found = _SHOWN_HOST.match(link.shown) if "." in link.shown else None
    domain = organizational_domain(ascii_host(found.group(1))) if found else ""
    return domain if "." in domain else ""


def _mismatch(link: LinkView) -> str:
    shown = _shown_domain(link)
    if not shown or not link.domain or shown == link.domain or in_list(link.host, reply_services()):
        return ""
    return f"shows {unicode_host(shown)}, leads to {link.host}"


def _redirects(link: LinkView) -> str:
    found = _INNER_URL.search(link.rest) if "http" in link.rest.lower() else None
    target = organizational_domain(found.group(1)) if found else ""
    if not found or target in (link.domain, "") or (target in popular() and not in_list(target, free_hosts())):
        return ""
    return f"{link.host} passes the reader on to {found.group(1).lower()}"


def _is_random(host: str) -> bool:
    """A long main label that no word is made of: digits between letters, or a long run of consonants."""
    label = organizational_domain(host).partition(".")[0]
    if len(label) < _MIN_RANDOM or "-" in label:
        return False
    turns = sum(a.isdigit() != b.isdigit() for a, b in pairwise(label))
    return turns >= 4 or bool(_CONSONANTS.search(label))


def _risky(host: str, domain: str) -> str:
    return host if host.rpartition(".")[2] in risky_tlds() and domain not in popular() else ""


#: What a host alone tells, by its name and its organizational domain.
_HOST_CHECKS: dict[str, Callable[[str, str], str]] = {
    "link_ip_host": lambda host, domain: host if is_ip(host) else "",
    "link_shortener": lambda host, domain: host if in_list(host, shorteners()) else "",
    "link_free_host": lambda host, domain: host if in_list(host, free_hosts()) else "",
    "link_punycode": lambda host, domain: unicode_host(host) if "xn--" in host or not host.isascii() else "",
    "link_many_labels": lambda host, domain: host if host.count(".") >= _MANY_LABELS and not is_ip(host) else "",
    "link_risky_tld": _risky,
    "link_random_host": lambda host, domain: host if _is_random(host) and domain not in popular() else "",
}
_LINK_CHECKS: dict[str, Callable[[LinkView], str]] = {
    "link_text_mismatch": _mismatch,
    "link_userinfo": lambda v: f"{v.user}@{v.host}" if "." in v.user else "",
    "link_dangerous_scheme": lambda v: v.scheme if v.scheme in ("javascript", "data", "vbscript", "file") else "",
    "link_odd_port": lambda v: f"{v.host}:{v.port}" if v.port not in _USUAL_PORTS else "",
    "link_redirector": _redirects,
    "link_encoded_host": lambda v: v.host if "%" in v.rest and len(_NEEDLESS.findall(v.rest[:300])) >= 4 else "",
}
#: What the reader's own gateway, and not the sender, makes of every link.
_NOT_OF_A_GATEWAY = ("link_text_mismatch", "link_redirector")
#: What a host says against itself also where a link reaches it through another one.
_BEHIND = frozenset(("link_ip_host", "link_punycode"))


@lru_cache(maxsize=8192)
def _of_host(host: str, domain: str) -> tuple[tuple[str, str], ...]:
    """Return the signals of a host, each with why; the links of a mail share few hosts."""
    return tuple((name, why) for name, check in _HOST_CHECKS.items() if (why := check(host, domain)))


def _of_link(link: LinkView, gateway: str) -> Iterator[tuple[str, str]]:
    """Yield the signals of one link, and of the address behind its host; a gateway's host is no lie of what the link shows."""
    yield from _of_host(link.host, link.domain)
    for name, check in _LINK_CHECKS.items():
        if not (gateway and name in _NOT_OF_A_GATEWAY) and (why := check(link)):
            yield name, why
    behind = inner_view(link)
    if behind is None:
        return
    for name, why in _of_host(behind.host, behind.domain):
        if gateway or name in _BEHIND:
            yield name, why
    for name in _NOT_OF_A_GATEWAY[: 1 if gateway else 0]:
        if why := _LINK_CHECKS[name](behind):
            yield name, why


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report links that hide something; nothing applies to a mail without links."""
    links = view_links(message)
    if not links:
        yield from none_apply(_SIGNALS)
        return
    found: dict[str, list[tuple[LinkView, str]]] = {}
    verified = message.authenticity.organization
    gateway = common_gateway(message, links)
    for link in links:
        passed = gateway or ("" if looked_through(link, message, context) is link else link.host)
        for name, why in _of_link(link, passed):
            if name == "link_free_host" and link.domain == verified:
                continue  # a service that our server verified links to what its user shared
            found.setdefault(name, []).append((link, why))
    for name, places in found.items():
        quotes = (evidence(link.where, link.url) for link, _ in places)
        yield hit(name, f"{_SIGNALS[name]}: {places[0][1][:120]}", *quotes)


DETECTOR = Detector(name="links", signals=_SIGNALS, run=detect)
