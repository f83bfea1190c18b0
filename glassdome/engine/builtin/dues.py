"""Give each task of a mail the day by which it is wanted: its own, else the one day that the mail sets, else that of a hurry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from glassdome.engine.builtin.intent import Looked, Request

__all__ = ["in_a_hurry", "with_days"]

#: Sentences in which a day is no deadline of the mail.
_NO_DEADLINE: Final = ("lasts", "furniture")


def with_days(tasks: Sequence[Request], looked: Sequence[Looked], today: date) -> list[Request]:
    """Return the tasks with their days; one that a question only names is when something happens, no deadline."""
    facts = {one.request.sentence.start: one.facts for one in looked}
    own = [replace(task, due_at=None) if _only_happens(facts.get(task.sentence.start, {})) else task for task in tasks]
    return _filled(own, facts, _deadlines(looked, today))


def _only_happens(facts: Iterable[str]) -> bool:
    return "question" in facts and "said" not in facts and "near" not in facts


def _deadlines(looked: Sequence[Looked], today: date) -> set[date]:
    """Return the days by which the mail wants something."""
    return {
        one.request.due_at
        for one in looked
        if one.request.due_at is not None and one.request.due_at >= today
        and "said" in one.facts and not any(name in one.facts for name in _NO_DEADLINE)
    }  # fmt: skip


def _filled(tasks: Sequence[Request], facts: Mapping[int, Mapping[str, float]], days: set[date]) -> list[Request]:
    """Return the tasks, those of a list that name no day with the mail's, where it sets just one."""
    if len(days) != 1:
        return list(tasks)
    (day,) = days
    return [
        replace(task, due_at=day) if task.due_at is None and "bullet" in facts.get(task.sentence.start, {}) else task
        for task in tasks
    ]


def in_a_hurry(tasks: Sequence[Request], today: date) -> list[Request]:
    """Return the tasks of a mail that cannot wait: those without a day are wanted on the day of the mail."""
    return [task if task.due_at is not None else replace(task, due_at=today) for task in tasks]
