"""Give each task of a mail the day by which it is wanted: its own, else that of the words around it, else that of a hurry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from glassdome.engine.builtin.deadlines import Deadline, refers_back
from glassdome.engine.builtin.intent import Looked, Request

__all__ = ["DueScene", "in_a_hurry", "with_days"]

#: Sentences in which a day is no deadline of the mail.
_NO_DEADLINE: Final = ("lasts", "furniture")
#: Time ahead in which the one day of a program's mail is taken for that of its tasks.
_SOON: Final = timedelta(days=92)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueScene:
    """The mail around its tasks: its language, the day it was written, whether a program writes, and the `subject`'s day."""

    language: str
    today: date
    machine: bool
    subject: Deadline | None

    @property
    def titled(self) -> date | None:
        """The day ahead that the subject names."""
        subject = self.subject
        return subject.day if subject is not None and not subject.lasts and subject.day >= self.today else None


def with_days(tasks: Sequence[Request], looked: Sequence[Looked], setting: DueScene) -> list[Request]:
    """Return the tasks with their days; one that a question only names is when something happens, no deadline."""
    places = {one.request.sentence.start: number for number, one in enumerate(looked)}
    days = _Days(looked, setting)
    return [_dated(task, places.get(task.sentence.start), days) for task in tasks]


def _dated(task: Request, place: int | None, days: _Days) -> Request:
    return task if place is None else replace(task, due_at=days.day_of(task, place))


class _Days:
    """The days that the sentences of one mail name."""

    def __init__(self, looked: Sequence[Looked], setting: DueScene) -> None:
        self._looked, self._setting = looked, setting
        self._deadlines = {one.request.due_at for one in looked if self._is_deadline(one)}
        self._soon = {day for one in looked if self._is_ahead(day := one.request.due_at, _SOON)}

    def day_of(self, task: Request, place: int) -> date | None:
        """Return the day of a task that stands at a place among the sentences."""
        facts = self._looked[place].facts
        headed = self._headed(place) if "bullet" in facts else None
        if headed is not None and "said" not in facts:
            return headed
        if "hour" in facts and self._setting.titled is not None:
            return self._setting.titled
        if task.due_at is not None and not _only_happens(facts):
            return task.due_at
        if refers_back(task.sentence.text, self._setting.language):
            return self._before(place) or self._setting.titled
        if task.due_at is not None:
            return None
        return self._of_mail(facts)

    def _of_mail(self, facts: Mapping[str, float]) -> date | None:
        """Return the day of the whole mail for a task that names none."""
        if self._setting.titled is not None:
            return self._setting.titled
        days = self._soon if self._setting.machine else self._deadlines if "bullet" in facts else set()
        return next(iter(days)) if len(days) == 1 else None

    def _headed(self, place: int) -> date | None:
        """Return the day of the line above a list."""
        above = next((one for one in reversed(self._looked[:place]) if "bullet" not in one.facts), None)
        return above.request.due_at if above is not None and self._is_deadline(above) else None

    def _before(self, place: int) -> date | None:
        """Return the day that was named last before this place."""
        named = (one.request.due_at for one in reversed(self._looked[:place]))
        return next((day for day in named if self._is_ahead(day)), None)

    def _is_ahead(self, day: date | None, most: timedelta = timedelta.max) -> bool:
        return day is not None and timedelta() <= day - self._setting.today <= most

    def _is_deadline(self, one: Looked) -> bool:
        """Return whether the mail wants something by the day of this sentence."""
        said = "said" in one.facts and not any(name in one.facts for name in _NO_DEADLINE)
        return said and self._is_ahead(one.request.due_at)


def _only_happens(facts: Iterable[str]) -> bool:
    return "question" in facts and "said" not in facts and "near" not in facts and "said:ask" not in facts


def in_a_hurry(tasks: Sequence[Request], today: date) -> list[Request]:
    """Return the tasks of a mail that cannot wait: those without a day are wanted on the day of the mail."""
    return [task if task.due_at is not None else replace(task, due_at=today) for task in tasks]
