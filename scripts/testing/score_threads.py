#!/usr/bin/env python3
"""Read a folder of threads, and compare their states with those in its labels.json.

    .venv/bin/python scripts/testing/score_threads.py FOLDER

`labels.json` lists threads: `thread` (a folder of mails `NN-Folder.eml`), `language`, `as_of`, `state`, `owed_from`, `due`,
`nag_ok`; `owner.json` has the owner's addresses (`own`) and `colleagues`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from glassdome.parse.message import parse_message
from glassdome.threads import thread_of, turn_of
from glassdome.values.message import Message
from glassdome.values.refs import MessageRef
from glassdome.values.thread import Owner, Thread, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A thread's label beside the finding, and the seconds that its mails took without parsing."""

    label: dict[str, Any]
    thread: Thread
    turns: tuple[Turn, ...]
    seconds: float

    @property
    def wrong(self) -> list[str]:
        """The parts that differ from the label."""
        found = self.thread
        due = found.debt.due.isoformat() if found.debt is not None and found.debt.due is not None else None
        basis = found.debt.basis if found.debt is not None else None
        pairs = (("state", found.state.value), ("owed_from", basis), ("due", due))
        wrong = [f"{name}: {value} for {self.label[name]}" for name, value in pairs if value != self.label[name]]
        return (
            wrong
            + ["nag"] * (found.remind and not self.label["nag_ok"])
            + ["silent"] * (self.label["nag_ok"] and not found.remind)
        )


def read_folder(folder: Path) -> list[Scored]:
    """Return every labelled thread of a folder with its finding."""
    told = json.loads((folder / "owner.json").read_text("utf-8"))
    owner = Owner(addresses=frozenset(told["own"]), name=told.get("name", ""), colleagues=frozenset(told["colleagues"]))
    labels = json.loads((folder / "labels.json").read_text("utf-8"))
    return [_scored(folder / label["thread"], label, owner) for label in labels]


def _scored(folder: Path, label: dict[str, Any], owner: Owner) -> Scored:
    mails = [(path.stem, parse_message(path.read_bytes())) for path in sorted(folder.glob("*.eml"))]
    start = time.perf_counter()
    turns = tuple(_turn(name, number, message, owner) for number, (name, message) in enumerate(mails, 1))
    thread = thread_of(turns, owner=owner, now=datetime.fromisoformat(label["as_of"]))
    return Scored(label=label, thread=thread, turns=turns, seconds=time.perf_counter() - start)


def _turn(name: str, number: int, message: Message, owner: Owner) -> Turn:
    place = name.partition("-")[2]
    ref = MessageRef(mailbox="owner@example.org", folder=place, uid_validity=1, uid=number)
    return turn_of(message, ref=ref, owner=owner, mine=True if place == "Sent" else None)


def f_score(scored: list[Scored], basis: str) -> tuple[float, int]:
    """Return F1 of the states that rest on a request or a promise: the state and the basis must be right; and how many."""
    wanted = sum(item.label["owed_from"] == basis for item in scored)
    found = sum(item.thread.debt is not None and item.thread.debt.basis == basis for item in scored)
    right = sum(
        item.thread.debt is not None
        and item.thread.debt.basis == basis == item.label["owed_from"]
        and item.thread.state.value == item.label["state"]
        for item in scored
    )
    return (2 * right / (wanted + found) if wanted + found else 1.0), wanted


def main() -> int:
    """Read, compare, print; return 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true", help="print the turns of each thread that differs")
    given = parser.parse_args()
    scored = read_folder(given.folder)
    for item in scored:
        if item.wrong:
            print(item.label["thread"], "; ".join(item.wrong), "|", item.thread.debt.quote if item.thread.debt else "")
        for turn in item.turns if given.show and item.wrong else ():
            print("   ", turn)
    _report(scored)
    return 0


def _report(scored: list[Scored]) -> None:
    states = Counter((item.label["language"], item.thread.state.value == item.label["state"]) for item in scored)
    for language in sorted({language for language, _ in states}):
        print(
            f"{language}: {states[language, True]} of {states[language, True] + states[language, False]} states right"
        )
    right = sum(item.thread.state.value == item.label["state"] for item in scored)
    print(f"states: {right} of {len(scored)} ({right / len(scored):.1%})")
    for basis in ("request", "promise"):
        score, wanted = f_score(scored, basis)
        print(f"F1 from a {basis}: {score:.3f} ({wanted} threads)")
    print(f"reminders that are wrong: {sum('nag' in item.wrong for item in scored)}")
    print(f"reminders missing: {sum('silent' in item.wrong for item in scored)}")
    print(f"due days wrong: {sum(any(part.startswith('due') for part in item.wrong) for item in scored)}")
    mails = sum(item.thread.mails for item in scored)
    print(f"time: {sum(item.seconds for item in scored) / mails * 1000:.2f} ms a mail")


if __name__ == "__main__":
    sys.exit(main())
