"""Threads: who owes whom an answer, read from the words of each mail; pure, without a store."""

from __future__ import annotations

from glassdome.threads.grouping import Known, base_subject, thread_for
from glassdome.threads.state import thread_of
from glassdome.threads.turn import turn_of

__all__ = ["Known", "base_subject", "thread_for", "thread_of", "turn_of"]
