"""List, bulk and automation fields (RFC 2369, 2919, 8058, 3834) and thread references (RFC 5322 3.6.4)."""

from __future__ import annotations

import re

from glassdome.core.limits import MAX_REFERENCES, MAX_URL_CHARS
from glassdome.parse.encoded_words import decode_words
from glassdome.parse.fields import RawField, every, first
from glassdome.parse.plain import one_line
from glassdome.parse.state import ParseState
from glassdome.parse.url import normal_url
from glassdome.values.message import ListFacts

__all__ = ["message_ids", "read_lists"]

_MESSAGE_ID = re.compile(r"<([^<>\s]{1,998})>")
_BRACKETED = re.compile(r"<([^<>]{1,4096})>")
_COMMENT = re.compile(r"\([^()]*\)")
_BLANKS = re.compile(r"\s+")
_WAY = re.compile(r"(?:https?:/{0,2}|mailto:)[^\s]", re.IGNORECASE)
#: Fields of vacation programs, help desks and mail servers that have no standard (RFC 3834 2 speaks of some).
_AUTOMATIC = re.compile(
    r"x-auto-?(?:reply|respond|responder|response|generated|submitted|notify)(?:-from|-domain)?|x-mail-?auto-?reply"
    r"|x-amazon-auto-reply|x-autoreply-\w{1,20}|x-fc-machinegenerated|x-failed-recipients|x-vacation|x-auto-response"
    r"|x-ms-exchange-generated-message-source|x-gm-auto-?reply|x-rt-loop-prevention|x-cron-env|x-autoforward-loop"
)
_DENIALS = frozenset({"no", "none", "false", "0", ""})
#: Fields that say it in one of their values.
_SAYING = {
    "x-precedence": re.compile("auto_reply|junk|bulk"),
    "preference": re.compile("auto_reply"),
    "x-auto-response-suppress": re.compile(r"\ball\b|oof|autoreply"),
    "x-post-messageclass": re.compile("autoresponder"),
    "delivered-to": re.compile("autoresponder"),
    "x-mailer": re.compile("autorespon|vacation|out of office"),
    "content-type": re.compile(r"multipart/report|message/(?:delivery-status|disposition-notification)"),
    "x-content-type": re.compile("multipart/report"),
}
#: Ways out of a list that are kept; two are usual.
_MAX_UNSUBSCRIBE = 10


def read_lists(fields: list[RawField]) -> ListFacts:
    """Read what a message says about being a list's, a newsletter's or a program's."""
    list_id = _decoded(first(fields, "list-id"))
    inner = _BRACKETED.search(list_id)
    return ListFacts(
        list_id=one_line(inner[1] if inner else list_id).lower()[:255],
        unsubscribe=_ways(_decoded(", ".join(every(fields, "list-unsubscribe")[:_MAX_UNSUBSCRIBE]))),
        one_click="one-click" in first(fields, "list-unsubscribe-post").lower(),
        list_post=_posting(_decoded(first(fields, "list-post"))),
        precedence=_keyword(first(fields, "precedence")),
        auto_submitted=_keyword(first(fields, "auto-submitted")),
        feedback_id=one_line(first(fields, "feedback-id"))[:255],
        automation=_automation(fields),
    )


def _decoded(value: str) -> str:
    """Undo encoded words: RFC 2047 5 forbids them here, and many senders write them."""
    return decode_words(value, ParseState()) if "=?" in value else value


def _ways(value: str) -> tuple[str, ...]:
    """Return the URLs in angle brackets, blanks in them being folds (RFC 2369 2); else those that stand bare."""
    found = _BRACKETED.findall(value) or [
        word.strip("<>,;\"'") for word in _COMMENT.sub(" ", value).replace(",", " ").split()
    ]
    urls = (normal_url(_BLANKS.sub("", url)) for url in found[:_MAX_UNSUBSCRIBE])
    ways = (f"mailto:{url}" if "@" in url and ":" not in url and "/" not in url else url for url in urls)
    return tuple(dict.fromkeys(url for url in ways if _WAY.match(url)))


def _posting(value: str) -> str:
    """Return the posting address; `NO` says that posting is not allowed (RFC 2369 3.4)."""
    inner = _BRACKETED.search(value)
    text = inner[1] if inner else one_line(_COMMENT.sub("", value))
    return "" if text.lower() == "no" else one_line(text)[:MAX_URL_CHARS]


def _automation(fields: list[RawField]) -> str:
    """Return the name of the first field other than Auto-Submitted by which a program says that it wrote the mail."""
    for name, label, value in fields:
        if name.startswith("x-") and _AUTOMATIC.fullmatch(name) and _keyword(value) not in _DENIALS:
            return label[:80]
        if name in _SAYING and _SAYING[name].search(value.lower()[:200]):
            return label[:80]
    return ""


def message_ids(value: str) -> tuple[str, ...]:
    """Return the Message-IDs of a field, without brackets; the first and the last ones of a very long thread."""
    if not value:
        return ()
    ids = [one_line(found) for found in _MESSAGE_ID.findall(value)]
    if not ids and "@" in value and "<" not in value:
        ids = [one_line(word)[:998] for word in value.split()[:1]]
    if len(ids) > MAX_REFERENCES:
        ids = [ids[0], *ids[1 - MAX_REFERENCES :]]
    return tuple(filter(None, ids))


def _keyword(value: str) -> str:
    """The keyword before any parameter or comment (RFC 3834 5)."""
    if value.startswith("("):
        value = _COMMENT.sub("", value)
    return one_line(re.split(r"[;(]", value, maxsplit=1)[0]).lower()[:40] if value else ""
