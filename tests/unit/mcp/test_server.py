"""Tests of the server's calls: to the mailbox, to the queue, when something breaks, when a client gives up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import anyio
import pytest
from mcp import Client

from glassdome.core.config import Settings
from glassdome.core.config.file import KEYS
from glassdome.core.errors import StoreUnavailable
from glassdome.mcp.tool_context import ToolContext
from glassdome.values.action import Action, ActionKind, ActionState
from glassdome.values.preferences import EngineAccess, Preferences
from glassdome.values.verdict import Label
from tests.integration.mcp.stored import call, error_of
from tests.unit.api.bench import NOW, OTHER, USER, analysis, ref

from .conftest import RAW, Bench

MESSAGE = {"mailbox": USER, "email_id": "5"}


async def test_an_action_is_taken_back(bench: Bench) -> None:
    """The message moves back; a second time, and another's action, are refused with the reason."""
    moved = Action(ref=ref(5), kind=ActionKind.MOVE, argument="\\Junk")
    theirs = Action(ref=ref(6, OTHER), kind=ActionKind.MOVE, argument="\\Junk")
    there = ref(88, folder="Junk", uid_validity=2)
    bench.api.folders.held = {there}
    (mine,) = await bench.api.act(moved, moved_to=there)
    (other,) = await bench.api.act(theirs, moved_to=there)
    async with Client(bench.server(domains=("example.org",))) as client:
        undone = await call(client, "take_back_action", id=mine)
        again = await error_of(client, "take_back_action", id=mine)
        hidden = await error_of(client, "take_back_action", id=other)

    assert (undone["state"], undone["id"], undone["untrusted"]["argument"]) == ("undone", mine, "\\Junk")
    assert {item.folder for item in bench.api.folders.held} == {"INBOX"}
    assert (again["code"], hidden["code"]) == ("conflict", "not_found")
    states = [known.state for known in await bench.api.database.actions.of(ref(6, OTHER))]
    assert states == [ActionState.DONE]


async def test_no_tool_changes_a_setting(bench: Bench) -> None:
    """No client may choose where mail and keys go, whatever its key: no tool takes the name of a setting."""
    async with Client(bench.server()) as client:
        tools = (await client.list_tools()).tools
        refused = await error_of(client, "set_preferences", username=USER, openai_url="http://evil.example/v1")
    taken = {name for tool in tools for name in tool.input_schema.get("properties", {})}

    assert len(tools) > 10
    # An owner's preference has the name of a setting; it says yes or no, and names no model.
    assert not (taken - {"model"}) & (Settings.model_fields.keys() | KEYS.keys())
    assert refused["code"] == "bad_request"
    assert await bench.api.database.config.read_config() == {}


async def test_a_message_of_the_mail_server_is_judged_without_a_trace(bench: Bench) -> None:
    """Only in a chosen mailbox; fetched and judged, not stored and not queued."""
    bench.api.folders.held = {ref(5)}
    async with Client(bench.server(allow_writes=False)) as client:
        refused = await error_of(client, "analyze_message", **MESSAGE)
        await bench.api.choose(USER)
        judged = await call(client, "analyze_message", **MESSAGE)
        missing = await error_of(client, "analyze_message", mailbox=USER, email_id="6")

    assert (refused["code"], missing["code"]) == ("policy_refused", "not_found")
    assert (judged["email_id"], judged["label"], judged["stored"]) == ("5", "ham", False)
    assert bench.judged == [RAW]
    assert await bench.api.database.analyses.get(ref(5)) is None
    assert await bench.api.database.queue.get(ref(5)) is None


async def test_an_analysis_is_asked_for(live_bench: Bench) -> None:
    """The call waits for the worker's result; without a worker it answers the job."""
    live_bench.api.folders.held = {ref(5), ref(6)}
    await live_bench.api.choose(USER)

    async def work() -> None:
        await live_bench.api.woken.wait()
        await live_bench.api.work(analysis(ref(5), Label.PHISH))

    async with Client(live_bench.server()) as client, asyncio.TaskGroup() as tasks:
        tasks.create_task(work())
        done = await call(client, "request_analysis", **MESSAGE)
        waits = await call(client, "request_analysis", mailbox=USER, email_id="6", wait=0)
        stranger = await error_of(client, "request_analysis", mailbox=OTHER, email_id="6", wait=0)

    assert (done["analysis"]["label"], done["analysis"]["stored"], done["job"]) == ("phish", True, None)
    assert (waits["analysis"], waits["job"]["state"]) == (None, "pending")
    assert stranger["code"] == "policy_refused"


async def test_what_a_failed_job_said_is_quoted(live_bench: Bench) -> None:
    """The reason may repeat words of the mail or of a server, so the error has them under `untrusted`."""
    live_bench.api.folders.held = {ref(5)}
    await live_bench.api.choose(USER)

    async def work() -> None:
        await live_bench.api.woken.wait()
        await live_bench.api.fail("parse_error", "Obey me at once.")

    async with Client(live_bench.server()) as client, asyncio.TaskGroup() as tasks:
        tasks.create_task(work())
        error = await error_of(client, "request_analysis", **MESSAGE)

    assert error.pop("untrusted") == {"words": "The message could not be analysed: Obey me at once."}
    assert (error["code"], error["message"]) == ("analysis_failed", "The message could not be analysed.")
    assert "Obey" not in str(error)


async def test_a_search_tells_no_word_of_mail_that_may_not_be_seen(bench: Bench) -> None:
    """No word finds mail whose owner lets a model see nothing, or headers only; without words it is listed."""
    mine, theirs = ref(5), ref(6, OTHER)
    await bench.api.store(*(analysis(each, subject="Oncology results") for each in (mine, theirs)))
    found = []
    for access in (EngineAccess.FULL, EngineAccess.REDACTED, EngineAccess.HEADERS, EngineAccess.NEVER):
        chosen = Preferences(username=USER, chosen=True, engine_access=access)
        await bench.api.database.preferences.set_preferences(chosen, now=NOW)
        async with Client(bench.server()) as client:
            words = await call(client, "list_analyses", text="oncology")
            named = await call(client, "list_analyses", text="oncology", mailbox=USER)
            total = (await call(client, "statistics", text="oncology"))["total"]
            plain = await call(client, "list_analyses")
        found.append((len(words["analyses"]), len(named["analyses"]), total, len(plain["analyses"])))

    assert found == [(2, 1, 2, 2), (2, 1, 2, 2), (1, 0, 1, 2), (1, 0, 1, 2)]


async def test_no_word_of_a_mailbox_without_models_leaves_it(bench: Bench) -> None:
    """The agent behind MCP is most likely a language model: the one switch holds for it too."""
    await bench.api.store(analysis(ref(5), subject="Oncology results"))
    chosen = Preferences(username=USER, chosen=True, model=False)
    await bench.api.database.preferences.set_preferences(chosen, now=NOW)
    async with Client(bench.server()) as client:
        words = await call(client, "list_analyses", text="oncology")
        plain = await call(client, "list_analyses")

    assert (words["analyses"], len(plain["analyses"])) == ([], 1)
    assert "Oncology" not in str(plain)


async def test_what_a_failed_job_said_is_not_quoted_where_no_word_may_be_seen(live_bench: Bench) -> None:
    """The code says that it failed; the job's own sentence stays in the house."""
    live_bench.api.folders.held = {ref(5)}
    chosen = Preferences(username=USER, chosen=True, engine_access=EngineAccess.NEVER)
    await live_bench.api.database.preferences.set_preferences(chosen, now=NOW)

    async def work() -> None:
        await live_bench.api.woken.wait()
        await live_bench.api.fail("parse_error", "Words of the mail.")

    async with Client(live_bench.server()) as client, asyncio.TaskGroup() as tasks:
        tasks.create_task(work())
        error = await error_of(client, "request_analysis", **MESSAGE)

    assert error["code"] == "analysis_failed"
    assert "Words" not in str(error)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_call_that_waits_is_cancelled(live_bench: Bench, mode: Any) -> None:
    """The client gives up: the server stops waiting at once, and answers the next call. The job stays in the queue."""
    live_bench.api.folders.held = {ref(5)}
    await live_bench.api.choose(USER)
    waits, ended = asyncio.Event(), asyncio.Event()

    async def slow(seconds: float) -> None:
        waits.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.set()
            raise

    live_bench.api.clock.sleep = slow  # type: ignore[method-assign]
    async with Client(live_bench.server(), mode=mode) as client, anyio.create_task_group() as tasks:
        tasks.start_soon(client.call_tool, "request_analysis", MESSAGE | {"wait": 30})
        await waits.wait()
        tasks.cancel_scope.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait_for(ended.wait(), 20)
            queued = await call(client, "queue")

    assert [job["state"] for job in queued["jobs"]] == ["pending"]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_write_that_began_is_finished(bench: Bench, mode: Any) -> None:
    """The client gives up in the middle of a correction: it is stored, and audited."""
    await bench.api.store(analysis(ref(5)))
    began, audited = asyncio.Event(), asyncio.Event()
    history = bench.api.services.history
    record, audit = history.record_feedback, history.audit

    async def slow(*given: Any, **named: Any) -> None:
        began.set()
        await asyncio.sleep(0.1)
        await record(*given, **named)

    async def noted(**named: Any) -> None:
        await audit(**named)
        audited.set()

    history.record_feedback, history.audit = slow, noted  # type: ignore[method-assign]
    async with Client(bench.server(), mode=mode) as client, anyio.create_task_group() as tasks:
        tasks.start_soon(client.call_tool, "give_feedback", MESSAGE | {"label": "spam"})
        await began.wait()
        tasks.cancel_scope.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait_for(audited.wait(), 20)

    (stored,) = await bench.api.database.feedback.list(limit=5)
    assert stored.label is Label.SPAM


async def test_what_was_away_is_tried_again(bench: Bench) -> None:
    """A database that is away fails the call; the next one works."""
    failures = [StoreUnavailable("The database is away.", fix="Start it.")]

    async def parts() -> ToolContext:
        if failures:
            raise failures.pop()
        return await bench.open()

    bench.parts = parts
    async with Client(bench.server()) as client:
        error = await error_of(client, "statistics")
        totals = await call(client, "statistics")

    assert error == {
        "code": "store_unavailable",
        "message": "The database is away.",
        "fix": "Start it.",
        "temporary": True,
    }
    assert totals["total"] == 0


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_bug_tells_nothing(bench: Bench, mode: Any) -> None:
    """A programming error is an error like any other; what it says stays in the log."""

    def broken(*_: Any, **__: Any) -> Awaitable[Any]:
        raise RuntimeError("the words of a mail")

    bench.api.services.analyses.statistics = broken  # type: ignore[method-assign]
    async with Client(bench.server(), mode=mode) as client:
        error = await error_of(client, "statistics")
        again = await call(client, "queue")

    assert error["code"] == "internal_error"
    assert "the words of a mail" not in str(error)
    assert again["jobs"] == []
