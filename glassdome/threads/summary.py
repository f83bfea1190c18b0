"""The built-in summary of a thread: the newest request, decisions, open points and people, in sentences of the mails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from glassdome.values.thread import Debt, Turn

__all__ = ["summarize_thread"]

#: Characters of a summary, of one sentence in it, and people named.
_LONGEST: Final = 400
_SENTENCE: Final = 140
_MOST_PEOPLE: Final = 3


def summarize_thread(turns: Sequence[Turn], debt: Debt | None) -> str:
    """Return at most 400 characters: the open point, the last decision, the newest statement and the writers.

    Suspected mail, as a person may call one after it was read, says nothing in it.
    """
    turns = [turn for turn in turns if not turn.suspected]
    parts = [debt.quote] if debt is not None else []
    parts += [decision for turn in reversed(turns) for decision in turn.decisions][:1]
    parts += [turn.gist for turn in reversed(turns) if turn.gist and turn.kind == "message"][:1]
    told = " ".join(dict.fromkeys(_short(part) for part in parts if part))
    people = _people(turns)
    room = _LONGEST - len(people) - 1
    return f"{told[:room].rstrip()} {people}".strip()


def _short(text: str) -> str:
    line = " ".join(text.split())
    if len(line) > _SENTENCE:
        line = line[: _SENTENCE - 1].rsplit(" ", 1)[0] + "…"
    return line if line[-1] in ".!?…:" else f"{line}."


def _people(turns: Sequence[Turn]) -> str:
    names = list(dict.fromkeys(turn.author_name or turn.author for turn in turns if not turn.mine))
    more = f" +{len(names) - _MOST_PEOPLE}" if len(names) > _MOST_PEOPLE else ""
    return f"({', '.join(name[:40] for name in names[:_MOST_PEOPLE])}{more})" if names else ""
