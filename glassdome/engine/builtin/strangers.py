"""Tell a letter of a stranger that may be a lure from one that a person would answer."""

from __future__ import annotations

from urllib.parse import urlsplit

from glassdome.engine.builtin.author import is_signed_below
from glassdome.engine.builtin.reading import MailRead
from glassdome.values.message import Link

__all__ = ["is_doubtful_stranger"]


def is_doubtful_stranger(read: MailRead) -> bool:
    """Return whether a first letter brings a link to a page, or is signed otherwise than its free mailbox is named.

    Real letters of strangers bring at most the address of their house.
    """
    if not _is_stranger(read):
        return False
    free = read.relation == "free" and not is_signed_below(read.message)
    return free or any(map(_leads_to_a_page, read.message.links))


def _is_stranger(read: MailRead) -> bool:
    """Return whether the mailbox knows its mail and the owner never had any with the sender."""
    context, message = read.context, read.message
    met = context.sender.seen or message.author.addr.lower() in context.contacts or message.in_reply_to
    return context.known and not met


def _leads_to_a_page(link: Link) -> bool:
    try:
        return len(urlsplit(link.target or link.url).path) > 1
    except ValueError:
        return True
