"""Categories and tags: from list facts and what the mail talks about. Defined in docs/reference/categories.md."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from glassdome.core import limits
from glassdome.engine.builtin.author import Author, has_machine_address
from glassdome.engine.builtin.words import load_concepts, words_of
from glassdome.values.message import Message

__all__ = ["CATEGORIES", "TAGS", "categorize", "ranked", "tag", "trades_of"]

#: Every category there is, in the order in which ties are settled.
CATEGORIES: Final = (
    "security", "meeting", "invoice", "order", "delivery", "travel", "payment", "job", "legal", "support", "health",
    "education", "social", "newsletter", "promotion", "mailing-list", "notification", "auto-reply", "bounce", "work",
    "personal", "account", "receipt", "finance", "calendar",
)  # fmt: skip
#: Every tag there is.
TAGS: Final = (
    "urgent", "deadline", "question", "request", "reply", "forwarded", "attachment", "invitation", "one-time-code",
    "bulk", "automatic", "mentions-money",
)  # fmt: skip

#: How much one phrase of a concept says for its category; phrases of the subject count twice.
_WORTH: Final[Mapping[str, tuple[str, float]]] = {
    "invoice": ("invoice", 1.6), "payment": ("payment", 0.8), "order": ("order", 1.5), "delivery": ("delivery", 1.6),
    "travel": ("travel", 1.0), "meeting": ("meeting", 1.0), "newsletter": ("newsletter", 1.0),
    "promotion": ("promotion", 0.8), "security": ("security", 0.9), "one_time_code": ("security", 1.5),
    "social": ("social", 1.5), "support": ("support", 0.8), "legal": ("legal", 0.7), "job": ("job", 1.0),
    "work": ("work", 0.5), "personal": ("personal", 0.7), "health": ("health", 0.8), "education": ("education", 0.7),
    "account": ("account", 0.8), "receipt": ("receipt", 1.0), "finance": ("finance", 1.3),
    "bill": ("payment", 1.2), "access": ("security", 1.2), "event": ("calendar", 0.7), "admission": ("order", 0.8),
    "trip": ("travel", 0.6), "parcel": ("delivery", 1.0), "survey": ("promotion", 1.0), "tax": ("finance", 1.0),
    "storage": ("account", 0.8), "paid": ("receipt", 0.8), "device": ("notification", 0.8), "shop": ("promotion", 0.8),
    "statement": ("finance", 1.0), "due_bill": ("invoice", 0.8), "practice": ("health", 0.9), "class": ("education", 0.8),
    "out_of_office": ("auto-reply", 2.0), "bounce": ("bounce", 2.0), "notification": ("notification", 0.7),
}  # fmt: skip
#: A precise word behind a broader one: what a mail of this kind is first, the likelier kind last.
_KIND_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "account": ("notification", "security"),
    "receipt": ("payment", "order"),
}
#: Beginnings of phrases by which a new account is confirmed.
_CONFIRMS: Final = (
    "confirm", "verif", "activ", "aktiv", "bestatig", "e mail adresse", "attiva", "conferma", "bevestig", "ative"
)  # fmt: skip
#: What programs tell: a person who writes such a word talks of something else.
_TOLD_BY_PROGRAMS: Final = frozenset(
    (
        "event",
        "admission",
        "trip",
        "parcel",
        "survey",
        "tax",
        "storage",
        "paid",
        "device",
        "shop",
        "statement",
        "due_bill",
        "practice",
        "class",
    )
)
#: How much less a category is likely from a person, an office or a machine.
_LESS_LIKELY: Final[Mapping[Author, Mapping[str, float]]] = {
    Author.PERSON: {
        "order": 0.3,
        "newsletter": 0.3,
        "promotion": 0.4,
        "notification": 0.4,
        "account": 0.3,
        "receipt": 0.3,
    },
    Author.ROLE: {"personal": 0.3},
    Author.MACHINE: {"personal": 0.0, "work": 0.3},
}
#: Least score of a category, and how far behind the best another may stand.
_ENOUGH: Final = 1.0
_NEAR: Final = 0.55
_MOST_PHRASES: Final = 4
_OF_THE_STATE: Final = 3.0
_KEPT: Final = 3
#: Categories that header fields, a calendar's address or plain words of applications decide.
_DECIDED: Final = frozenset(("auto-reply", "bounce", "calendar", "job"))
#: The chance from which on a learned category is named, and from which on the best one stands before that of the rules.
_LIKELY: Final = 0.15
_CLEAR: Final = 1 / 3
#: That a program writes says little of what it writes about.
_OF_MACHINES: Final = 1.0
#: What the sender's trade says: an event's calendar or a railway seldom writes of anything else.
_OF_TRADE: Final = 2.4
#: Kinds that name a mail's way and not its topic; the score from which on a topic is clear, and the kinds kept next to it.
_NO_TOPIC: Final = frozenset(("newsletter", "notification", "work", "personal", "mailing-list"))
_TOPIC: Final = 2.0
_BESIDE_TOPIC: Final = 0.3
#: Categories that do not depend on the author.
_OF_ITSELF: Final = frozenset(("auto-reply", "bounce", "mailing-list", "calendar"))
_NAMED: Final = frozenset(("invoice", "order", "delivery", "travel", "security", "job", "promotion"))
#: Trades whose people write to private readers about it.
_DESKS: Final = ("support", "health", "education", "travel")
#: Who writes from a free mailbox writes of work only where more words say so.
_ONE_MORE: Final = 1
_GROUPS: Final = frozenset(
    ("members", "mitglieder", "membres", "miembros", "socios", "soci", "leden", "membros", "parents", "eltern", "altos")
)
#: Begins with a set of characters, so that all others are passed over fast.
_MONEY = re.compile(r"[$€£¥\d](?:(?<=[$€£¥])\s?\d|(?<=\d)\s?(?:[$€£¥]|eur\b|usd\b|chf\b|gbp\b))", re.IGNORECASE)
_FORWARDED = re.compile(r"^\s*(?:fwd?|wg|tr|rv|i|enc|doorst)\s*:", re.IGNORECASE)
_NOTIFIES = re.compile(r"(?:\w{1,20}[-_.])?(?:notif|messages|alerts?|updates?)", re.IGNORECASE)
_CALENDAR: Final = ("text/calendar", "application/ics")


def categorize(
    message: Message,
    *,
    author: Author = Author.ROLE,
    public: bool = False,
    free: bool = False,
    subject: Mapping[str, Sequence[str]],
    text: Mapping[str, Sequence[str]],
) -> tuple[str, ...]:
    """Return the categories, best first, at least one; `subject` and `text` are the concepts found there.

    `public` is true for a state's own office, whose machines tell that something waits, `free` for an address at a provider
    of free mailboxes.
    """
    if message.report is not None:
        return ("bounce",) if message.report.kind in ("bounce", "delay") else ("notification",)
    scores: dict[str, float] = dict.fromkeys(CATEGORIES, 0.0)
    trades = trades_of(message) if author is not Author.PERSON else ()
    for trade in trades:
        scores[trade] += _OF_TRADE
    offer = _is_offer(message, {*subject.get("promotion", ()), *text.get("promotion", ())}, text)
    for concept, (category, worth) in _WORTH.items():
        if (concept not in subject and concept not in text) or (
            author is Author.PERSON and concept in _TOLD_BY_PROGRAMS
        ):
            continue
        category = "work" if offer and concept == "promotion" else category
        hits = min(2 * len(subject.get(concept, ())) + len(text.get(concept, ())), _MOST_PHRASES)
        scores[category] += worth * hits
    topic = max(scores[category] for category in CATEGORIES if category not in _NO_TOPIC)
    for category, points in _facts(message, subject=subject, text=text).items():
        # That a program writes names no topic: where one is known, it is first.
        scores[category] += points * (_BESIDE_TOPIC if category == "notification" and topic >= _TOPIC else 1.0)
    if public and author is Author.MACHINE:
        # An office's trade says more than that it writes; where none is known, something waits there.
        scores["notification"] += 0.0 if trades else _OF_THE_STATE
    for category, share in _LESS_LIKELY[author].items():
        scores[category] *= share
    best = max(scores.values())
    good = [c for c in CATEGORIES if scores[c] >= max(_ENOUGH, _NEAR * best)]
    ranked = sorted(good, key=lambda c: -scores[c])
    if not ranked:
        ranked = [_fallback(message, author)]
    if (side := _side(message, author, free, subject=subject, text=text)) and not _is_topic(ranked[0], subject, text):
        ranked = [side, *ranked]
    elif ranked[0] not in trades and (kind := _KIND_OF.get(ranked[0])) is not None:
        confirms = any(
            phrase.startswith(_CONFIRMS) for phrase in (*subject.get("account", ()), *text.get("account", ()))
        )
        otherwise = "security" if ranked[0] == "account" and confirms else kind[0]
        ranked = [next((c for c in ranked if c in kind), otherwise), *ranked]
    return tuple(dict.fromkeys(ranked))[: min(_KEPT, limits.MAX_CATEGORIES)]


def ranked(chances: Mapping[str, float], ruled: Sequence[str], *, listed: bool) -> tuple[str, ...]:
    """Return the categories by their `chances`, best first; what header fields decide stays as it was `ruled`.

    Where no chance is clear, the rules' first stands in front.
    """
    if ruled[0] in _DECIDED:
        return tuple(ruled)
    likely = sorted((name for name in chances if chances[name] >= _LIKELY), key=lambda name: -chances[name])
    best = likely or [max(chances, key=chances.__getitem__)]
    if chances[best[0]] < _CLEAR:
        best = [ruled[0], *best]
    kept = [best[0], *(["mailing-list"] if listed else []), *best[1:]]
    return tuple(dict.fromkeys(kept))[: min(_KEPT, limits.MAX_CATEGORIES)]


def trades_of(message: Message) -> tuple[str, ...]:
    """Return what the sender mostly writes of, by its name and address."""
    author = message.author
    return tuple(load_concepts("senders.toml").find(words_of(f"{author.name} | {author.local_part} {author.domain}")))


def _side(
    message: Message,
    author: Author,
    free: bool,
    *,
    subject: Mapping[str, Sequence[str]],
    text: Mapping[str, Sequence[str]],
) -> str:
    """Return on which side of life somebody writes, `personal`, `work` or the trade of a desk; empty where a program does."""
    trades = trades_of(message)
    if author is Author.MACHINE:
        return ""
    if "personal" in trades or _is_of_family(message):
        return "personal"
    if author is Author.ROLE:
        return "" if trades or (message.links and message.has_html) else "work"
    if (desk := next((trade for trade in trades if trade in _DESKS), "")) and not free:
        return desk
    if any(address.domain == message.author.domain for address in message.recipients) and not _is_to_many(message):
        return "work"
    private = len({*subject.get("private", ()), *text.get("private", ())})
    business = len({*subject.get("business", ()), *text.get("business", ())})
    if free:
        return "work" if business > private + _ONE_MORE else "personal"
    return "personal" if private > business + _ONE_MORE else "work"


def _is_topic(best: str, subject: Mapping[str, Sequence[str]], text: Mapping[str, Sequence[str]]) -> bool:
    """Return whether the topic alone decides the category, for any author: a code, or the subject names a bill, a booking or the like."""
    if best == "security" and "one_time_code" in text:
        return True
    return best in _OF_ITSELF or (best in _NAMED and any(_WORTH[c][0] == best for c in subject if c in _WORTH))


def _is_of_family(message: Message) -> bool:
    """Return whether the author's last name is that of a recipient of another house."""
    last = words_of(message.author.name)[-1:]
    named = [words_of(address.name) for address in message.to if address.domain != message.author.domain]
    return len(words_of(message.author.name)) > 1 and any(len(words) > 1 and words[-1:] == last for words in named)


def _is_to_many(message: Message) -> bool:
    """Return whether the recipients are a group under the author's own domain, as a club's members are."""
    return len(message.recipients) == 1 and message.recipients[0].local_part.lower() in _GROUPS


def _is_offer(message: Message, phrases: set[str], text: Mapping[str, Sequence[str]]) -> bool:
    """Return whether somebody offers something to one reader: one word of advertising, in no kind of mass mail."""
    return len(phrases) == 1 and not message.lists.is_list and not text.get("unsubscribe")


def _facts(
    message: Message, *, subject: Mapping[str, Sequence[str]], text: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    """Return the points of each category that the headers give."""
    lists = message.lists
    points: dict[str, float] = {}
    if lists.list_post:
        points["mailing-list"] = 5.0
    elif lists.is_list:
        # A way to unsubscribe alone stands on notices of single events too.
        many = lists.one_click or lists.list_id or lists.precedence
        points["newsletter"] = 0.7 if _NOTIFIES.match(message.author.local_part) else 1.5 if many else 0.9
    elif text.get("unsubscribe"):
        points["newsletter"] = 1.0
    if lists.is_automatic:
        points["auto-reply" if _is_reply(message) else "notification"] = 2.5
    if message.mail_from == "" and (subject.get("bounce") or text.get("bounce")):
        points["bounce"] = 4.0
    if any(a.declared_type in _CALENDAR for a in message.attachments):
        points["meeting"] = 4.0
    if message.author.domain and any(address.domain == message.author.domain for address in message.recipients):
        points["work"] = 1.5
    if has_machine_address(message) or text.get("no_reply"):
        points["notification"] = points.get("notification", 0.0) + _OF_MACHINES
    return points


def _is_reply(message: Message) -> bool:
    """Return whether a program answered by itself, by the standard field or one of those before it."""
    lists = message.lists
    # X-Auto-Response-Suppress asks others not to answer by a program; it says nothing of its own mail.
    field = lists.automation.lower()
    older = any(word in field for word in ("reply", "respon", "vacation")) and "suppress" not in field
    return lists.auto_submitted.startswith("auto-replied") or older or lists.precedence == "auto_reply"


def _fallback(message: Message, author: Author) -> str:
    if message.lists.is_list:
        return "newsletter"
    if author is Author.MACHINE or has_machine_address(message) or message.lists.is_automatic:
        return "notification"
    if author is Author.ROLE:
        return "notification" if message.links or message.has_html else "work"
    domains = {address.domain for address in message.recipients}
    return "work" if message.author.domain and message.author.domain in domains else "personal"


def tag(
    message: Message, *, subject: Mapping[str, Sequence[str]], text: Mapping[str, Sequence[str]],
    questions: int, requests: int, due: bool,
) -> tuple[str, ...]:  # fmt: skip
    """Return the tags that hold, in the order of TAGS."""
    holds = {
        "urgent": bool(subject.get("urgency") or text.get("urgency")) and not message.lists.is_list,
        "deadline": due,
        "question": questions > 0,
        "request": requests > 0,
        "reply": bool(message.in_reply_to or message.references),
        "forwarded": bool(_FORWARDED.match(message.subject)),
        "attachment": any(not a.inline for a in message.attachments),
        "invitation": any(a.declared_type in _CALENDAR for a in message.attachments),
        "one-time-code": bool(subject.get("one_time_code") or text.get("one_time_code")),
        "bulk": message.lists.is_list,
        "automatic": message.lists.is_automatic
        or message.report is not None
        or bool(subject.get("out_of_office"))
        or has_machine_address(message),
        "mentions-money": bool(_MONEY.search(message.new_text[:5_000])),
    }
    return tuple(name for name in TAGS if holds[name])[: limits.MAX_TAGS]
