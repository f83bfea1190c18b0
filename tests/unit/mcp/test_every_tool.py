"""Every tool, tried by one who may see a single mailbox: nothing of another mailbox is told or changed.

A tool without an entry here fails the test: who adds one says how a stranger would try it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from mcp import Client

from glassdome.mcp.table import TOOLS
from glassdome.ports.threads import ThreadQuery
from glassdome.values.action import Action, ActionKind
from glassdome.values.job import NewJob
from glassdome.values.own_category import OwnCategory
from glassdome.values.preferences import Preferences
from glassdome.values.verdict import Label
from tests.integration.mcp.stored import call, error_of
from tests.stored_threads import store_threads
from tests.unit.api.bench import NOW, OTHER, USER, analysis, ref, verdict

from .conftest import Bench

#: Stands in everything that is stored of the other mailbox.
SECRET: Final = "kept-from-strangers"
MESSAGE: Final = {"mailbox": OTHER, "email_id": "5"}
#: Attempts that are refused, and those that are answered about the own mailbox alone.
REFUSED: Final[Mapping[str, tuple[Mapping[str, Any], ...]]] = {
    "list_analyses": ({"mailbox": OTHER},),
    "get_analysis": (MESSAGE,),
    "explain_verdict": (MESSAGE,),
    "statistics": ({"mailbox": OTHER},),
    "queue": ({"mailbox": OTHER},),
    "list_threads": ({"mailbox": OTHER},),
    "get_thread": ({"mailbox": OTHER, "thread_id": "6@x"},),
    "get_preferences": ({"username": OTHER},),
    "list_categories": ({"mailbox": OTHER},),
    "save_category": ({"mailbox": OTHER, "name": "x"}, {"mailbox": OTHER, "old": SECRET, "name": "x"}),
    "remove_category": ({"mailbox": OTHER, "name": SECRET},),
    "give_category": ({**MESSAGE, "category": "x"},),
    "analyze_message": (MESSAGE,),
    "list_actions": ({"mailbox": OTHER},),
    "list_mailboxes": (),
    "request_analysis": (MESSAGE,),
    "take_back_action": ({"id": 1},),
    "give_feedback": ({**MESSAGE, "label": "ham"},),
    "set_preferences": ({"username": OTHER, "chosen": False},),
    "retry_job": ({"id": 2},),
    "send_email": ({"mailbox": OTHER, "to": ["x@shop.example"], "subject": "x", "body": "x"},),
    "create_mailbox": ({"local_part": "new", "domain": "example.net"},),
    "delete_mailbox": ({"mailbox": OTHER, "confirm": OTHER},),
}
ANSWERED: Final[Mapping[str, tuple[Mapping[str, Any], ...]]] = {
    "list_analyses": ({}, {"text": SECRET[:4]}),
    "statistics": ({}, {"text": SECRET[:4]}),
    "queue": ({},),
    "list_threads": ({}, {"state": "open_me"}),
    "list_actions": ({},),
    "list_mailboxes": ({}, {"domain": "example.net"}),
}


async def stock(bench: Bench) -> None:
    """Store a verdict with an action, a failed job, a thread and preferences of the other mailbox."""
    theirs, api = ref(5, OTHER), bench.api
    summed = replace(verdict(Label.PHISH), summary=SECRET, categories=(SECRET,))
    await api.store(analysis(theirs, Label.PHISH, subject=SECRET, verdict=summed))
    api.folders.held |= {theirs, ref(105, OTHER, "Junk")}
    move = Action(ref=theirs, kind=ActionKind.MOVE, argument="\\Junk")
    assert await api.act(move, moved_to=ref(105, OTHER, "Junk")) == [1]
    await api.database.queue.enqueue([NewJob(ref=ref(9, OTHER))], now=NOW)
    await api.fail("timed_out", f"{SECRET} is too slow.")
    await store_threads(api.database, OTHER, 6, subject=SECRET)
    own = OwnCategory(mailbox=OTHER, name=SECRET, words=(SECRET,))
    assert await api.database.owners.categories.save(own, now=NOW)
    wishes = Preferences(username=OTHER, chosen=True, threads=True, absence=SECRET)
    await api.database.preferences.set_preferences(wishes, now=NOW)


async def kept(bench: Bench) -> Any:
    """Return all that is stored of the other mailbox."""
    stores = bench.api.database
    return (
        await stores.analyses.get(ref(5, OTHER)),
        await stores.actions.of(ref(5, OTHER)),
        [(job.id, job.state, job.error) for job in await stores.queue.jobs()],
        await stores.preferences.get_preferences(OTHER),
        await stores.feedback.list(mailbox=OTHER),
        await stores.owners.categories.of(OTHER),
        await stores.owners.marks_of([ref(5, OTHER)]),
        await stores.threads.list(ThreadQuery(mailbox=OTHER)),
        sorted(bench.api.folders.held, key=str),
    )


def test_every_tool_has_an_entry() -> None:
    """And every entry a tool."""
    assert set(TOOLS) == set(REFUSED)
    assert set(ANSWERED) <= set(TOOLS)


@pytest.mark.parametrize("name", REFUSED)
async def test_one_mailbox_s_key_learns_and_changes_nothing_of_another(bench: Bench, name: str) -> None:
    """Refused without a word of what is stored; everything stays as it was."""
    await stock(bench)
    before = await kept(bench)
    async with Client(bench.server(mailboxes=(USER,))) as client:
        errors = [await error_of(client, name, **given) for given in REFUSED[name]]
        answers = [await call(client, name, **given) for given in ANSWERED.get(name, ())]

    assert all(error["code"] in ("access_denied", "not_found") for error in errors), errors
    assert SECRET not in str(errors + answers)
    assert OTHER not in str(answers)
    assert await kept(bench) == before
    assert bench.judged == []


@pytest.mark.parametrize("name", [name for name in ANSWERED if name != "statistics"])
async def test_an_unlimited_caller_sees_what_was_hidden(bench: Bench, name: str) -> None:
    """The attempts above look where there is something to see."""
    await stock(bench)
    async with Client(bench.server()) as client:
        assert OTHER in str(await call(client, name))
