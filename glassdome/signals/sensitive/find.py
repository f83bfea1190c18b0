"""Runs every recogniser over a message's texts and keeps the best of what overlaps."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator

from glassdome.core.limits import MAX_SENSITIVE_FINDINGS
from glassdome.signals.sensitive.banking import find_bics, find_domestic_accounts, find_ibans
from glassdome.signals.sensitive.cards import find_cards
from glassdome.signals.sensitive.codes import find_plain_codes
from glassdome.signals.sensitive.credentials import find_credentials
from glassdome.signals.sensitive.documents import find_documents
from glassdome.signals.sensitive.finding import Candidate, Recogniser
from glassdome.signals.sensitive.keys import find_keys
from glassdome.signals.sensitive.local_phones import find_local_phones
from glassdome.signals.sensitive.national_ids import find_national_ids
from glassdome.signals.sensitive.network import find_network_addresses
from glassdome.signals.sensitive.phones import find_phones
from glassdome.signals.sensitive.topics import find_topics
from glassdome.signals.sensitive.view import TextView, in_ascii_digits
from glassdome.signals.sensitive.wallets import find_wallets
from glassdome.values.masking import masked
from glassdome.values.message import Message
from glassdome.values.signal import SensitiveFinding

__all__ = ["RECOGNISERS", "find_in_text", "find_sensitive"]

RECOGNISERS: tuple[Recogniser, ...] = (
    find_cards,
    find_ibans,
    find_bics,
    find_domestic_accounts,
    find_national_ids,
    find_keys,
    find_credentials,
    find_plain_codes,
    find_documents,
    find_wallets,
    find_phones,
    find_local_phones,
    find_network_addresses,
    find_topics,
)


def _without_overlaps(found: Iterable[Candidate]) -> list[Candidate]:
    """Keep of overlapping spans the one of higher rank, then the longer, then the first."""
    taken: list[Candidate] = []
    for item in sorted(found, key=lambda f: (-f.rank, f.start - f.end, f.start)):
        place = bisect(taken, item.start, key=lambda f: f.start)
        free_before = place == 0 or taken[place - 1].end <= item.start
        free_after = place == len(taken) or item.end <= taken[place].start
        if free_before and free_after:
            taken.insert(place, item)
    return taken[:MAX_SENSITIVE_FINDINGS]


def find_in_text(text: str, where: str = "text") -> tuple[SensitiveFinding, ...]:
    """Return the sensitive data in `text`, in order, without overlaps; linear in its length."""
    view = TextView(in_ascii_digits(text))
    found = _without_overlaps(item for recogniser in RECOGNISERS for item in recogniser(view))
    return tuple(
        SensitiveFinding(
            type=item.type,
            start=item.start,
            end=item.end,
            masked=masked(text[item.start : item.end]),
            where=where,
            risk=item.risk,
        )
        for item in found
    )


def _texts(message: Message) -> Iterator[tuple[str, str]]:
    yield "subject", message.subject
    yield "text", message.text
    for number, attachment in enumerate(message.attachments):
        if attachment.text:
            yield f"attachment:{number}", attachment.text


def find_sensitive(message: Message) -> tuple[SensitiveFinding, ...]:
    """Return the sensitive data of a message's subject, visible text and read attachments."""
    found = [item for where, text in _texts(message) for item in find_in_text(text, where)]
    return tuple(found[:MAX_SENSITIVE_FINDINGS])
