"""The labelled threads of four languages: every state right, and no reminder that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassdome_lab.evaluation.functions.follow_up import ScoredThread
from scripts.testing.score_threads import read_folder

CASES = Path(__file__).parents[2] / "data" / "cases" / "threads"


@pytest.fixture(scope="module")
def scored() -> list[ScoredThread]:
    return read_folder(CASES)


def test_every_thread_stands_as_labelled(scored: list[ScoredThread]) -> None:
    assert len(scored) == 27
    assert {item.label["thread"]: item.wrong for item in scored if item.wrong} == {}


def test_the_quote_is_of_the_sentence_that_people_name(scored: list[ScoredThread]) -> None:
    named = [item for item in scored if item.label["request"] and item.thread.debt is not None]
    right = [item for item in named if item.label["request"].rstrip(" .") in item.thread.debt.quote]  # type: ignore[union-attr]
    assert len(right) >= len(named) - 1
