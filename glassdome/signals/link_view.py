"""Links as the detectors see them: URL parts split once, in bounds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from glassdome.signals.domains import ascii_host, organizational_domain
from glassdome.values.message import Link, Message

__all__ = ["LinkView", "asks_access", "split_url", "view_links"]

#: Distinct links examined; a verdict does not change after that many.
_MAX_VIEWED = 60
#: Longest host name in text form (RFC 1035 2.3.4); a longer one resolves nowhere.
_MAX_HOST = 253
_URL = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*):(?:[/\\]{2})?(?:(?P<user>[^/?#\\]*)@)?"
    r"(?P<host>\[[0-9a-f:.]+\]|[^/?#:\\]*)(?::(?P<port>\d+))?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_OAUTH = re.compile(r"oauth2?[/.]|/authorize\b|client_id=", re.IGNORECASE)
#: One of them, without case, stands in whatever `_OAUTH` finds.
_OAUTH_SIGNS = ("oauth", "/author", "ent_")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """One distinct link: its number in the message, the URL's parts in lower case but for `rest`, the shown text."""

    number: int
    url: str
    shown: str
    scheme: str
    user: str
    host: str
    port: int
    rest: str
    domain: str
    place: str

    @property
    def where(self) -> str:
        """The name of this place as evidence has it."""
        return f"link:{self.number}"


@lru_cache(maxsize=8192)
def split_url(url: str) -> tuple[str, str, str, int, str, str]:
    """Return scheme, user, host, port, the rest and the organizational domain of a URL."""
    text = url.strip()
    found = _URL.match(text if ":" in text[:20] else f"http://{text}")
    if not found:
        return "", "", "", 0, url, ""
    scheme = found["scheme"].lower()
    if scheme not in ("http", "https", "ftp"):
        return scheme, "", "", 0, found["rest"], ""
    host = ascii_host(unquote(found["host"]).strip(".").lower())[-_MAX_HOST:]
    port = int((found["port"] or "0")[:6])
    return scheme, found["user"] or "", host, port, found["rest"], organizational_domain(host)


def _view(number: int, link: Link) -> LinkView:
    scheme, user, host, port, rest, domain = split_url(link.target or link.url)
    return LinkView(
        number=number,
        url=link.url,
        shown=link.shown,
        scheme=scheme,
        user=user,
        host=host,
        port=port,
        rest=rest,
        domain=domain,
        place=link.place,
    )


def asks_access(url: str) -> bool:
    """Return whether a link asks for access to an account (OAuth)."""
    return any(map(url.casefold().__contains__, _OAUTH_SIGNS)) and _OAUTH.search(url) is not None


def view_links(message: Message) -> tuple[LinkView, ...]:
    """Return the message's distinct links in order, without mailto, tel and fragments.

    Left out are those that a report returns, and those whose target a mail gateway keeps to itself.
    """
    known: tuple[LinkView, ...] | None = message.notes.get("links")
    if known is None:
        known = message.notes["links"] = tuple(_views(message))
    return known


def _views(message: Message) -> Iterable[LinkView]:
    found: dict[tuple[str, str], LinkView] = {}
    for number, link in enumerate(message.links):
        key = (link.url, link.shown)
        if key in found or link.place == "returned" or (link.rewritten and not link.target):
            continue
        view = _view(number, link)
        if view.host or view.scheme in ("javascript", "data", "vbscript", "file"):
            found[key] = view
        if len(found) >= _MAX_VIEWED:
            break
    return found.values()
