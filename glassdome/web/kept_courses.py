"""Courses of the last days, kept for a moment: pages ask for the same one whenever something happens."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from typing import Final

from glassdome.core.limits import KEPT_COURSE_SECONDS
from glassdome.core.recent import Recent
from glassdome.desk.keys import Caller
from glassdome.desk.services import Services
from glassdome.ports.store import AnalysisQuery
from glassdome.values.course import Course, QueueFlow

__all__ = ["KeptCourses"]

#: Spans and times of all courses that are kept; one of thirty busy days has 14,000.
_MOST: Final = 200_000


class KeptCourses:
    """The courses asked for last, by their query."""

    def __init__(self, *, seconds: float = KEPT_COURSE_SECONDS) -> None:
        """Begin with none."""
        self._courses = Recent[Course](most_bytes=_MOST, seconds=seconds)
        self._flows = Recent[QueueFlow](most_bytes=_MOST, seconds=seconds)

    async def course(self, services: Services, query: AnalysisQuery, *, since: datetime) -> Course:
        """Return the verdicts, times and cost since then."""
        key: Hashable = (query, since)
        if (found := self._courses.get(key)) is None:
            found = await services.analyses.course(query, since=since)
            self._courses.put(key, found, len(found.spans) + len(found.times) + 1)
        return found

    async def flow(self, services: Services, seen: Caller, *, now: datetime, since: datetime) -> QueueFlow:
        """Return what came into the queue and left it since then."""
        key: Hashable = (seen.mailboxes, seen.domains)
        if (found := self._flows.get(key)) is None:
            found = await services.queue.flow(now=now, since=since, mailboxes=seen.mailboxes, domains=seen.domains)
            self._flows.put(key, found, len(found.came) + len(found.went) + 1)
        return found
