"""Detects a hijacked thread: another company's thread that goes on under a name one letter off."""

from __future__ import annotations

from collections.abc import Iterator

from glassdome.signals.domains import main_label, organizational_domain, skeleton, unicode_host
from glassdome.signals.finding import Detector, evidence, hit
from glassdome.signals.host_lists import free_mail, popular
from glassdome.values.context import Context
from glassdome.values.message import Message
from glassdome.values.signal import Signal

__all__ = ["DETECTOR"]

_SIGNALS = {
    "thread_lookalike": "the mail goes on with a thread of a domain that its sender's only resembles",
}
#: Message-IDs examined: the one that is answered and the last of the thread.
_MAX_IDS = 8
#: Names shorter than these are one, or two, letters away from too many others.
_MIN_LABEL = 6
_MIN_LABEL_OF_TWO = 9


def detect(message: Message, context: Context) -> Iterator[Signal]:
    """Compare the sender's domain with those in In-Reply-To and References (RFC 5322 3.6.4).

    Lists are left out: their threads have the domains of many people.
    """
    sender = organizational_domain(message.author.domain)
    if not sender or message.lists.is_list or sender in free_mail() or sender in popular():
        return
    threads = (("In-Reply-To", message.in_reply_to[:_MAX_IDS]), ("References", message.references[-_MAX_IDS:]))
    ids = [(name, item.rpartition("@")[2].strip("<> ").lower()) for name, items in threads for item in items]
    if any(organizational_domain(host) == sender for _, host in ids):
        return
    for name, host in ids:
        earlier = organizational_domain(host)
        if "." in earlier and _resembles(sender, earlier):
            detail = f"the thread is {earlier}'s, this mail is from {sender}"
            yield hit("thread_lookalike", detail, evidence(f"header:{name}", host))
            return


def _resembles(domain: str, other: str) -> bool:
    """Return whether two different names are taken for one another: equal skeletons, or a letter or two apart."""
    left, right = main_label(unicode_host(domain)), main_label(unicode_host(other))
    shorter = min(len(left), len(right))
    if left == right or shorter < _MIN_LABEL:
        return False
    return skeleton(left) == skeleton(right) or _edits(left, right) <= (2 if shorter >= _MIN_LABEL_OF_TWO else 1)


def _edits(left: str, right: str) -> int:
    """Return how many letters must be inserted, deleted or replaced (Levenshtein 1966); 3 stands for more."""
    if abs(len(left) - len(right)) > 2:
        return 3
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
    return row[-1]


DETECTOR = Detector(name="thread", signals=_SIGNALS, run=detect)
