"""Finds the owner of a link: the sender, a mailer, a known service, a page that anybody could publish, or a stranger."""

from __future__ import annotations

from typing import Literal

from glassdome.signals.domains import organizational_domain
from glassdome.signals.host_lists import (
    free_hosts,
    free_mail,
    in_list,
    known_domains,
    mailers,
    names_of_domain,
    platforms,
    popular,
    public_bodies,
    shorteners,
)
from glassdome.signals.link_view import LinkView
from glassdome.signals.purpose import purpose_of
from glassdome.values.message import Message

__all__ = ["Owner", "is_a_way_back", "owner_of"]

Owner = Literal["sender", "mailer", "service", "known", "published", "made_up", "stranger"]
#: Services that check who signs in or pays before anything is shown.
_SERVICES = ("adobe.com", "stripe.com", "google.com", "microsoft.com", "apple.com", "zoom.us", "calendly.com")
_SMALL_PRINT = frozenset(
    ("help", "hilfe", "about", "contact", "kontakt", "help center", "support", "aide", "ayuda", "aiuto", "contact us")
)
#: From here on a domain looks made for one lure.
_MADE_UP = 0.7
#: Words of links at the foot of a mail, which ask for nothing.
_FOOT = (
    "unsub", "optout", "opt-out", "abmeld", "desinscr", "désinscr", "desabonn", "désabonn", "disiscri", "cancelar", "afmeld",
    "uitschrijv", "privacy", "privacid", "datenschutz", "confidential", "impressum", "imprint", "terms", "agb", "cgu",
    "preferenc", "notification settings", "einstellungen", "view in", "im browser", "online version", "browser",
)  # fmt: skip


def owner_of(link: LinkView, message: Message) -> Owner:
    """Return whose a link is."""
    host, domain = link.host, link.domain
    sender = organizational_domain(message.author.domain)
    if in_list(host, shorteners()):
        return "published"
    if domain and domain == sender and sender not in free_mail():
        return "sender"
    if in_list(host, mailers()):
        return "mailer"
    if in_list(host, free_hosts()) and domain not in _SERVICES:
        return "service" if domain in platforms() else "published"
    if _are_sisters(domain, sender):
        return "sender"
    if domain in platforms():
        return "service"
    if (
        in_list(host, public_bodies())
        or domain in names_of_domain()
        or domain in known_domains()
        or domain in popular()
    ):
        return "known"
    return "made_up" if purpose_of(host) >= _MADE_UP else "stranger"


def _are_sisters(domain: str, sender: str) -> bool:
    """Two domains of one brand."""
    names = names_of_domain()
    return domain in names and sender in names and not set(names[domain]).isdisjoint(names[sender])


def is_a_way_back(link: LinkView) -> bool:
    """Return whether a link unsubscribes or leads to small print, which asks for nothing."""
    shown = link.shown.lower()[:120]
    text = f"{shown} {link.rest}".lower()[:400]
    return shown.strip() in _SMALL_PRINT or any(word in text for word in _FOOT)
