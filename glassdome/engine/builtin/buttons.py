"""Find the button with which a machine's mail wants something done: "Confirm my address", "Pay now"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from glassdome.engine.builtin.words import load_concepts, words_of_each
from glassdome.values.message import Link
from glassdome.values.opinion import ActionItem
from glassdome.values.signal import Evidence

__all__ = ["wanted_by_button"]

#: Links searched, and the words from which on a link's text is no button.
_LINKS: Final = 20
_MOST_WORDS: Final = 7
#: A button's verb stands among its first words.
_FIRST_WORDS: Final = 3


def wanted_by_button(links: Sequence[Link]) -> tuple[ActionItem, ...]:
    """Return the first button that does something as an action item, nothing where all only show."""
    lines = words_of_each(" ".join(link.shown.split()) for link in links[:_LINKS])
    concepts = load_concepts("buttons.toml")
    for number, (link, words) in enumerate(zip(links, lines, strict=False)):
        if 0 < len(words) <= _MOST_WORDS and any(
            phrase in " ".join(words[: _FIRST_WORDS + phrase.count(" ")])
            for phrase in concepts.find(words).get("act", ())
        ):
            shown = " ".join(link.shown.split())
            return (ActionItem(text=shown, evidence=Evidence(where=f"link:{number}", quote=shown)),)
    return ()
