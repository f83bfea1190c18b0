"""A change of many that meets an obstacle half way: nothing of its undoing is lost, and each refused row is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glassdome.core.errors import ConnectFailed, NotFound
from glassdome.desk.bulk import BulkChange, change_many, undo_change
from glassdome.desk.keys import Caller, Scope
from glassdome.desk.services import Services
from glassdome.values.action import Action, ActionKind
from glassdome.values.feedback import Feedback
from glassdome.values.verdict import Label

from .bench import OTHER, Bench, analysis, ref

ADMIN = Caller(name="key-1", scope=Scope.RW)
REFS = [ref(1), ref(2), ref(3)]


class Pupil:
    """A spam filter that refuses the second message for as long as it is told to."""

    def __init__(self, error: Exception) -> None:
        """`error` is what it raises."""
        self.error: Exception | None = error

    async def learn(self, said: Feedback) -> None:
        """Learn it, or refuse."""
        if self.error is not None and said.ref.uid == 2:
            raise self.error


async def labels(bench: Bench) -> dict[int, Label]:
    """Return the corrections by uid."""
    return {item.ref.uid: item.label for item in await bench.database.feedback.list()}


async def corrected(bench: Bench) -> str:
    """Correct three messages as spam, then as harmless; return what undoes the second."""
    await bench.store(*map(analysis, REFS))
    await change_many(bench.services, ADMIN, BulkChange.SPAM, REFS)
    return (await change_many(bench.services, ADMIN, BulkChange.HARMLESS, REFS)).token


def taught(bench: Bench, pupil: Pupil) -> Services:
    """Return the services with that spam filter."""
    return replace(bench.services, teach=pupil.learn)


async def test_a_refused_row_is_told_and_can_be_undone_later(bench: Bench) -> None:
    """The rows behind it are put back, and the same token undoes the rest; then there is nothing more."""
    pupil = Pupil(ConnectFailed("The spam filter is away."))
    token = await corrected(bench)
    first = await undo_change(taught(bench, pupil), ADMIN, token)
    pupil.error = None
    second = await undo_change(taught(bench, pupil), ADMIN, token)

    assert (first.changed, first.refused, first.token) == (2, 1, token)
    assert (second.changed, second.refused, second.token) == (1, 0, "")
    assert await labels(bench) == dict.fromkeys((1, 2, 3), Label.SPAM)
    with pytest.raises(NotFound):
        await undo_change(bench.services, ADMIN, token)


async def test_an_undoing_that_was_cut_off_is_done_again(bench: Bench) -> None:
    """A crash in the middle leaves the record, so that nothing stays changed for good."""
    token = await corrected(bench)
    with pytest.raises(RuntimeError):
        await undo_change(taught(bench, Pupil(RuntimeError("cut off"))), ADMIN, token)
    again = await undo_change(bench.services, ADMIN, token)

    assert again.changed == 3
    assert await labels(bench) == dict.fromkeys((1, 2, 3), Label.SPAM)


async def test_a_row_that_the_caller_sees_no_more_holds_no_other_up(bench: Bench) -> None:
    """A key that was narrowed since puts back what it still covers."""
    refs = [ref(1, OTHER), ref(2)]
    await bench.store(*map(analysis, refs))
    token = (await change_many(bench.services, ADMIN, BulkChange.SPAM, refs)).token
    narrowed = replace(ADMIN, mailboxes=(ref(2).mailbox,), domains=())
    outcome = await undo_change(bench.services, narrowed, token)

    assert (outcome.changed, outcome.refused) == (1, 1)
    assert await labels(bench) == {1: Label.SPAM}


async def test_a_correction_is_undone_although_the_mail_could_not_be_moved_back(bench: Bench) -> None:
    """The message was corrected before the mail server refused: that is put back too."""
    await bench.store(analysis(ref(1), Label.PHISH))
    move = Action(ref=ref(1), kind=ActionKind.MOVE, argument="\\Junk")
    await bench.act(move, moved_to=ref(101, folder="Junk"))
    outcome = await change_many(bench.services, ADMIN, BulkChange.HARMLESS, [ref(1)])
    said = await labels(bench)
    await undo_change(bench.services, ADMIN, outcome.token)

    assert (outcome.refused, said) == (1, {1: Label.HAM})
    assert await labels(bench) == {}
