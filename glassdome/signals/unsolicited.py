"""Finds commercial offers of strangers: goods, sales pitch, and no sign that the reader asked for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from glassdome.signals.ask_facts import offers_by_facts
from glassdome.signals.finding import Detector, evidence, hit
from glassdome.signals.phrases import SUBJECT_END, ScannedText, load_phrases
from glassdome.signals.pitch import facts_of_pitch
from glassdome.signals.plain_report import own_text
from glassdome.signals.purpose import purpose_of
from glassdome.signals.wares import Offers, offers_in
from glassdome.values.ask import Relation
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Evidence, Signal

__all__ = ["DETECTOR"]

_SIGNALS = {"unsolicited_offer": "a stranger advertises, and nothing says that the reader asked for it"}
_BOOK: Final = "offers"
#: The weight of one phrase of a group, and of several, for unsolicited advertising.
_POINTS: Final[Mapping[str, tuple[float, float]]] = {
    "opener": (0.7, 1.0), "claim": (1.0, 1.4), "proof": (0.7, 0.9), "low_threshold": (0.9, 1.3), "short_call": (0.8, 1.0),
    "reply_word": (0.6, 0.8), "follow_up": (1.0, 1.8), "opt_out": (1.2, 1.6), "scarcity": (0.5, 0.8),
    "sensational": (1.0, 1.5), "relation": (-1.5, -3.0),
    "address_source": (1.6, 1.6), "paid_honour": (1.5, 1.5), "deal": (0.4, 0.4), "no_more": (0.6, 0.6), "pitch": (0.7, 0.7),
}  # fmt: skip
#: What each move of a sales letter says; that its writer sells is counted with the facts.
_MOVES: Final[Mapping[str, float]] = {
    "free": 0.6, "cheaper": 0.5, "promise": 0.5, "gift": 0.9, "proposal": 0.5, "ask": 0.7, "press": 0.5,
}  # fmt: skip
#: What a field of wares says: one that honest firms share, one told by two single words, any other, and a second one.
_OF_SHARED, _OF_PLAIN_WARE, _OF_WARE, _OF_MORE_WARES = 1.7, 2.0, 2.7, 0.8
#: A domain made for a campaign; an answer in a conversation; a list that our server verified.
_OF_DOMAIN, _OF_ANSWER, _OF_A_LIST = 0.6, -3.0, -0.6
#: Who is never a stranger.
_NO_STRANGERS: Final[frozenset[Relation]] = frozenset(("own", "known", "brand", "public", "platform"))
_READ: Final = 3_000
#: Who writes to strangers is brief; a longer mail has more words of every kind.
_LONG, _OF_LONG = 2_000, 0.6
#: From so many points on it is advertising; from so many on surely.
_ENOUGH, _SURE = 2.1, 3.2
_SHOWN: Final = 3


def _strange(message: Message, context: Context) -> bool:
    """Return whether nothing in headers or mailbox ties the author to the reader."""
    standing = context.asked.standing if context.asked is not None else None
    if standing is not None and standing.relation in _NO_STRANGERS:
        return False
    if message.report is not None or message.lists.list_post or message.lists.is_automatic:
        return False
    return message.author.addr.lower() not in context.contacts and not context.sender.replied


def _of_offers(offers: Offers) -> float:
    worth = [_OF_SHARED if ware.shared else _OF_WARE if ware.telling else _OF_PLAIN_WARE for ware in offers.wares]
    sold = max(worth) + _OF_MORE_WARES * (len(worth) > 1) if worth else 0.0
    return sold + sum(_MOVES.get(name, 0.0) for name in offers.moves)


def _points(message: Message, found: Mapping[str, list[Evidence]], offers: Offers) -> float:
    """Add up; an answer in a conversation is no offer, unless it chases an answer to itself."""
    text = own_text(message)
    total = sum(_POINTS[group][len(places) > 1] for group, places in found.items())
    total += _of_offers(offers) + facts_of_pitch(text[:_READ])
    total += _OF_A_LIST * bool(message.lists.unsubscribe and message.authenticity)
    total *= _OF_LONG if len(text) > _LONG else 1.0
    total += _OF_DOMAIN * (purpose_of(message.author.domain) > 0)
    return total + _OF_ANSWER * (bool(message.in_reply_to) and "follow_up" not in found)


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Report the offer with its words."""
    if not _strange(message, context):
        return
    whole = message.subject + SUBJECT_END + own_text(message)

    def place(start: int, end: int) -> Evidence:
        return evidence("header:Subject" if start < len(message.subject) else "text", whole[start:end])

    found: dict[str, list[Evidence]] = {}
    for group, start, end in (*ScannedText.of(whole).told_by(load_phrases(_BOOK)), *offers_by_facts(whole)):
        found.setdefault(group, []).append(place(start, end))
    offers = offers_in(whole)
    total = _points(message, found, offers)
    if total < _ENOUGH:
        return
    places = [place(*span) for ware in offers.wares for span in ware.spans]
    places += [several[0] for group, several in found.items() if group != "relation"]
    places += [place(*span) for span in offers.moves.values()]
    shown = " … ".join(" ".join(item.quote.split()) for item in places[:_SHOWN])
    yield hit(
        "unsolicited_offer", f"a stranger advertises: “{shown[:160]}”", *places, strength=1.0 if total >= _SURE else 0.8
    )


DETECTOR = Detector(name="unsolicited", signals=_SIGNALS, run=detect)
