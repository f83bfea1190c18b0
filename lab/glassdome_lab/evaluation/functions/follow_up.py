"""Measures how threads are read: who owes whom an answer, from which ground, by when, and whether a reminder is right."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from glassdome.parse.message import parse_message
from glassdome.threads import thread_of, turn_of
from glassdome.values.message import Message
from glassdome.values.refs import MessageRef
from glassdome.values.thread import Owner, Thread, Turn
from glassdome_lab.evaluation.samples import ThreadSample

__all__ = ["ScoredThread", "measure_follow_up", "score_thread"]

_MAILBOX: Final = "owner@example.org"
_BASES: Final = ("request", "promise")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredThread:
    """A thread's label, the finding, and the seconds that its mails took without parsing."""

    label: dict[str, Any]
    thread: Thread
    turns: tuple[Turn, ...]
    seconds: float

    @property
    def state(self) -> str:
        """The state as labels name it: a closed thread that both let rest until a day is `waiting_until`."""
        rests = self.thread.debt is None and self.thread.waiting_until is not None
        return "waiting_until" if rests else self.thread.state.value

    @property
    def state_right(self) -> bool:
        """The state is the labelled one."""
        return bool(self.state == self.label["state"])

    @property
    def basis(self) -> str | None:
        """The ground of the debt that was found."""
        return self.thread.debt.basis if self.thread.debt is not None else None

    @property
    def due(self) -> str | None:
        """The day by which it is due, or until which both let it rest, as an ISO date."""
        debt = self.thread.debt
        day = debt.due if debt is not None else self.thread.waiting_until
        return day.isoformat() if day is not None else None

    @property
    def nags(self) -> bool:
        """A reminder would come that is wrong."""
        return self.thread.remind and not self.label["nag_ok"]

    @property
    def is_silent(self) -> bool:
        """A reminder that would be right does not come."""
        return bool(self.label["nag_ok"]) and not self.thread.remind

    @property
    def wrong(self) -> list[str]:
        """The parts that differ from the label."""
        pairs = (("state", self.state), ("owed_from", self.basis), ("due", self.due))
        differ = [f"{name}: {value} for {self.label[name]}" for name, value in pairs if value != self.label[name]]
        return differ + ["nag"] * self.nags + ["silent"] * self.is_silent


def score_thread(sample: ThreadSample) -> ScoredThread:
    """Read the mails of a thread as of the labelled moment."""
    label = sample.label
    told = sample.owner
    owner = Owner(addresses=frozenset(told["own"]), name=told.get("name", ""), colleagues=frozenset(told["colleagues"]))
    mails = [(path.stem, parse_message(path.read_bytes())) for path in sorted(sample.folder.glob("*.eml"))]
    start = time.perf_counter()
    turns = tuple(_turn(name, number, message, owner) for number, (name, message) in enumerate(mails, 1))
    thread = thread_of(turns, owner=owner, now=datetime.fromisoformat(label["as_of"]))
    return ScoredThread(label=label, thread=thread, turns=turns, seconds=time.perf_counter() - start)


def _turn(name: str, number: int, message: Message, owner: Owner) -> Turn:
    place = name.partition("-")[2]
    ref = MessageRef(mailbox=_MAILBOX, folder=place, uid_validity=1, uid=number)
    return turn_of(message, ref=ref, owner=owner, mine=True if place == "Sent" else None)


def measure_follow_up(samples: Sequence[ThreadSample]) -> dict[str, Any]:
    """Return the figures; empty without labelled threads."""
    scored = [score_thread(sample) for sample in samples]
    if not scored:
        return {}
    languages: dict[str, list[ScoredThread]] = defaultdict(list)
    for item in scored:
        languages[item.label["language"]].append(item)
    mails = sum(item.thread.mails for item in scored)
    return {
        "threads": len(scored),
        "states_right": _share(scored),
        "languages": {name: {"threads": len(some), "right": _share(some)} for name, some in sorted(languages.items())},
        "bases": {basis: _f1(scored, basis) for basis in _BASES},
        "nags": sum(item.nags for item in scored),
        "silent": sum(item.is_silent for item in scored),
        "due_wrong": sum(item.due != item.label["due"] for item in scored),
        "seconds_per_mail": sum(item.seconds for item in scored) / max(mails, 1),
    }


def _share(scored: Sequence[ScoredThread]) -> float:
    return sum(item.state_right for item in scored) / len(scored)


def _f1(scored: Sequence[ScoredThread], basis: str) -> dict[str, Any]:
    """Return F1 of the debts on that ground: the ground and the state must be right."""
    wanted = sum(item.label["owed_from"] == basis for item in scored)
    found = sum(item.basis == basis for item in scored)
    right = sum(item.basis == basis == item.label["owed_from"] and item.state_right for item in scored)
    return {"threads": wanted, "f1": 2 * right / (wanted + found) if wanted + found else 1.0}
