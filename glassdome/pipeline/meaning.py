"""Asks a sentence encoder for the meaning of a mail's words, where the fast path is unsure or has no words of the language."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from glassdome.engine.builtin.meaning import ENCODED, meaning_text
from glassdome.files.encoded import MEANING_KIND
from glassdome.ports.files import FileReader
from glassdome.values.ask import unproven_value
from glassdome.values.message import Message
from glassdome.values.opinion import Opinion
from glassdome.values.verdict import Label, Verdict

__all__ = ["is_unsure", "with_meaning"]

#: The phishing score from which on a harmless verdict is unsure, in a language that the text model learnt.
_UNSURE: Final = 0.15
#: Characters below which a text means too little.
_LEAST_CHARS: Final = 30


def is_unsure(message: Message, fast: Verdict, *, learnt: bool) -> bool:
    """Return whether the meaning could change the verdict of the fast path.

    `learnt`: the text model knows the language. In one that has a pack alone, only an author is sure who is proven and asks
    for nothing of value, or proves who they claim to be.
    """
    if message.readable != "yes" or message.report is not None or fast.label in (Label.PHISH, Label.SPAM):
        return False
    if not fast.language_covered:
        return fast.label is Label.UNKNOWN and fast.language in ENCODED
    if (fast.phishing_score or 0.0) >= _UNSURE:
        return True
    return not learnt and (not message.authenticity or unproven_value(fast.asks))


async def with_meaning(message: Message, builtin: Opinion, reader: FileReader) -> Opinion:
    """Return the opinion with the meaning of the words; the same one where they are too few, or could not be read."""
    text = meaning_text(message)
    if len(text) < _LEAST_CHARS:
        return builtin
    document = await reader.read(text.encode("utf-8", "replace"), name="", kind=MEANING_KIND)
    if document.read != "yes" or document.kind != MEANING_KIND:
        return builtin
    covered = builtin.language_covered or builtin.language in ENCODED
    return replace(builtin, meaning=float(document.title), language_covered=covered)
