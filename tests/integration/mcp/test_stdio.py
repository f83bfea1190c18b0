"""`glassdome mcp` on standard input and output, as a desktop client starts it."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import MCPError
from sqlalchemy import select

from glassdome.bootstrap.mailboxes import open_store
from glassdome.core.config import Settings
from glassdome.demo.samples import MAILBOX
from glassdome.store.schema import audit

from .running import GLASSDOME, PATIENCE, environment, over_stdio
from .stored import CANARY, FAILED, INJECTION, OTHER, call, error_of, quoted, sample, uid_of

READING = [
    "list_analyses",
    "get_analysis",
    "explain_verdict",
    "statistics",
    "queue",
    "get_preferences",
    "list_threads",
    "get_thread",
    "list_categories",
    "analyze_message",
    "list_actions",
    "list_mailboxes",
]
WRITING = [
    "save_category",
    "remove_category",
    "give_category",
    "request_analysis",
    "take_back_action",
    "give_feedback",
    "set_preferences",
    "retry_job",
    "send_email",
    "create_mailbox",
    "delete_mailbox",
]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_reading_tools(data: Path, mode: str) -> None:
    """Each reading tool answers about the demo's mail, to clients of today and of the handshake's time."""
    phish = uid_of("02-phish")
    async with over_stdio(data, mode=mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        first = await call(client, "list_analyses", mailbox=MAILBOX, phishing=True, limit=2)
        second = await call(client, "list_analyses", mailbox=MAILBOX, phishing=True, cursor=first["next_cursor"])
        one = await call(client, "get_analysis", mailbox=MAILBOX, email_id=phish)
        why = await call(client, "explain_verdict", mailbox=MAILBOX, email_id=phish)
        totals = await call(client, "statistics")
        failed = await call(client, "queue", state="failed")
        wishes = await call(client, "get_preferences", username=MAILBOX)
        acts = await call(client, "list_actions", mailbox=OTHER)
        boxes = await call(client, "list_mailboxes")

    assert list(tools) == READING
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools.values())
    shown = [row["email_id"] for row in first["analyses"] + second["analyses"]]
    assert len(first["analyses"]) == 2
    assert len(set(shown)) == len(shown)
    assert phish in shown
    assert (one["label"], one["stored"], one["untrusted"]["subject"]) == ("phish", True, _subject("02-phish"))
    assert {"from_lookalike", "link_text_mismatch"} <= {reason["signal"] for reason in why["reasons"]}
    assert all(reason["meaning"] for reason in why["reasons"])
    assert any(item["evidence"] for item in why["untrusted"]["reasons"])
    assert (totals["total"], totals["queue"]["failed"]) == (27, 1)
    assert [job["id"] for job in failed["jobs"]] == [FAILED]
    assert wishes["chosen"] is True
    assert [act["kind"] for act in acts["actions"]] == ["alert"]
    assert [box["mailbox"] for box in boxes["mailboxes"]] == [MAILBOX, OTHER]


def _subject(name: str) -> str:
    return next(line[9:] for line in sample(name).split("\r\n") if line.startswith("Subject: "))


async def test_a_raw_message(data: Path) -> None:
    """The text of a mail gets its verdict, and nothing is stored; the stored analysis is answered where there is one."""
    async with over_stdio(data) as client:
        judged = await call(client, "analyze_message", raw=INJECTION.decode())
        stored = await call(client, "analyze_message", mailbox=OTHER, email_id="1")
        both = await error_of(client, "analyze_message", raw="From: a@b.example\n\nhi", mailbox=OTHER, email_id="1")
        neither = await error_of(client, "analyze_message", mailbox=OTHER)
        away = await error_of(client, "analyze_message", mailbox=MAILBOX, email_id="500")
        totals = await call(client, "statistics")

    assert (judged["label"], judged["stored"], judged["mailbox"], judged["email_id"]) == ("phish", False, "", "")
    assert (stored["label"], stored["stored"]) == ("phish", True)
    assert (both["code"], neither["code"], away["code"]) == ("bad_request", "bad_request", "connect_failed")
    assert totals["total"] == 27


async def test_no_word_of_a_mail_stands_outside_its_quotation(data: Path) -> None:
    """A mail that gives orders in every part of it: they come back in `untrusted` alone, without invisible letters."""
    message = {"mailbox": OTHER, "email_id": "1"}
    asked: list[tuple[str, dict[str, Any]]] = [
        ("list_analyses", {"mailbox": OTHER}),
        ("get_analysis", message),
        ("explain_verdict", message),
        ("analyze_message", {"raw": INJECTION.decode()}),
        ("queue", {"state": "failed"}),
        ("list_actions", {}),
    ]
    async with over_stdio(data, "--allow-writes") as client:
        described = (await client.list_tools()).model_dump_json()
        results = {name: await client.call_tool(name, given) for name, given in asked}
        quiet = [await client.call_tool(name, {}) for name in ("statistics", "list_mailboxes")]
        again = (await client.list_tools()).model_dump_json()
        instructions = client.instructions or ""

    assert described == again
    assert CANARY not in described + instructions
    for name, result in results.items():
        places = list(quoted(result.structured_content, CANARY))
        note, body = (block.text for block in result.content)  # type: ignore[union-attr]
        assert places, f"{name} does not show what it was tried with"
        assert all("untrusted" in place for place in places), (name, places)
        assert "untrusted" in note
        assert CANARY not in note
        assert not {"\u202e", "\U000e0041"} & set(body)
    assert all(CANARY not in result.model_dump_json() for result in quiet)


async def test_what_the_owner_keeps_from_models(data: Path) -> None:
    """`never` shows no word of the mail, `headers` no word of its body; the verdict and its meaning stay."""
    message = {"mailbox": OTHER, "email_id": "1"}
    async with over_stdio(data, "--allow-writes") as client:
        await call(client, "set_preferences", username=OTHER, engine_access="never")
        never = [await call(client, name, **message) for name in ("get_analysis", "explain_verdict")]
        listed = [await call(client, name, mailbox=OTHER) for name in ("list_analyses", "list_actions", "queue")]
        await call(client, "set_preferences", username=OTHER, engine_access="headers")
        headers, why = [await call(client, name, **message) for name in ("get_analysis", "explain_verdict")]

    assert not list(quoted([*never, *listed], CANARY))
    assert never[1]["reasons"]
    assert (headers["untrusted"]["summary"], why["untrusted"]) == ("", None)
    assert CANARY in headers["untrusted"]["subject"]


async def test_sensitive_data_stays_masked(data: Path) -> None:
    """A card's number is in no answer; its kind and count are."""
    uid = uid_of("invoice-iban-card")
    async with over_stdio(data) as client:
        texts = [
            json.dumps(await call(client, name, mailbox=MAILBOX, email_id=uid))
            for name in ("get_analysis", "explain_verdict", "analyze_message")
        ]
        texts.append(json.dumps(await call(client, "analyze_message", raw=sample("invoice-iban-card"))))

    assert '"credit_card"' in texts[0]
    for text in texts:
        assert "4111" not in text.replace(" ", "")
        assert "DE89370400440532013000" not in text.replace(" ", "")


async def test_reading_only_unless_allowed(data: Path) -> None:
    """No writing tool is offered, and none can be called."""
    async with over_stdio(data) as client:
        for name in WRITING:
            error = await error_of(client, name)
            assert (error["code"], error["fix"]) == ("action_forbidden", "Start it with --allow-writes."), name


async def test_the_writing_tools_over_the_store(data: Path) -> None:
    """A correction, preferences and a retry are stored, and audited under the user who runs the server."""
    async with over_stdio(data, "--allow-writes") as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        corrected = await call(client, "give_feedback", mailbox=OTHER, email_id="1", label="ham", note="ours")
        wishes = await call(client, "set_preferences", username=OTHER, move_to_junk=True)
        retried = await call(client, "retry_job", id=FAILED)
        waits = await call(client, "queue", state="pending")
        errors = [
            await error_of(client, "retry_job", id=FAILED + 1),
            await error_of(client, "retry_job", id=1),
            await error_of(client, "give_feedback", mailbox=OTHER, email_id="77", label="ham"),
            await error_of(client, "take_back_action", id=1),
            await error_of(client, "send_email", mailbox=OTHER, to=["a@b.example"], body="hi"),
        ]

    assert list(tools) == READING + WRITING
    hints = {name: tool.annotations for name, tool in tools.items()}
    assert [n for n, h in hints.items() if h and not h.read_only_hint] == WRITING
    assert [n for n, h in hints.items() if h and h.destructive_hint] == [
        "save_category",
        "remove_category",
        "set_preferences",
        "send_email",
        "delete_mailbox",
    ]
    assert (corrected["label"], wishes["move_to_junk"], retried) == ("ham", True, {"id": FAILED})
    assert [job["id"] for job in waits["jobs"]] == [FAILED]
    assert [error["code"] for error in errors] == [
        "not_found",
        "conflict",
        "not_found",
        "connect_failed",
        "config_error",
    ]
    rows = await audited(data)
    assert [row.action for row in rows] == ["add_feedback", "edit_preferences", "edit_queue", "edit_queue"]
    assert {row.actor.partition(":")[0] for row in rows} == {"mcp"}


async def audited(data: Path) -> list[Any]:
    """Return the rows of the audit, oldest first."""
    settings = await asyncio.to_thread(Settings, data_dir=data)
    async with open_store(settings) as database:
        return list(await database.connections.rows(select(audit).order_by(audit.c.id)))


async def test_only_some_mailboxes(data: Path) -> None:
    """`--only` limits lists and totals, and refuses the rest whether or not it is there."""
    async with over_stdio(data, "--only", "other.example", "--allow-writes") as client:
        rows = (await call(client, "list_analyses"))["analyses"]
        totals = await call(client, "statistics")
        boxes = await call(client, "list_mailboxes")
        refused = [
            await error_of(client, "get_analysis", mailbox=MAILBOX, email_id="1"),
            await error_of(client, "get_analysis", mailbox="nobody@demo.example", email_id="1"),
            await error_of(client, "list_analyses", mailbox=MAILBOX),
            await error_of(client, "set_preferences", username=MAILBOX, move_to_junk=True),
            await error_of(client, "create_mailbox", local_part="new", domain="demo.example"),
            await error_of(client, "delete_mailbox", mailbox=MAILBOX, confirm=MAILBOX),
            await error_of(client, "send_email", mailbox=MAILBOX, to=["a@b.example"], body="hi"),
        ]
        hidden = await error_of(client, "retry_job", id=FAILED)

    assert [row["mailbox"] for row in rows] == [OTHER]
    assert (totals["total"], totals["queue"]["failed"]) == (1, 0)
    assert [box["mailbox"] for box in boxes["mailboxes"]] == [OTHER]
    assert {error["code"] for error in refused} == {"access_denied"}
    assert hidden["code"] == "not_found"


async def test_broken_arguments(data: Path) -> None:
    """A wrong argument is named, never quoted; an unknown tool is the protocol's error."""
    async with over_stdio(data, "--allow-writes") as client:
        errors = [
            await error_of(client, "get_analysis", mailbox=MAILBOX),
            await error_of(client, "get_analysis", mailbox="not an address", email_id="1"),
            await error_of(client, "get_analysis", mailbox=MAILBOX, email_id="x"),
            await error_of(client, "list_analyses", limit=0),
            await error_of(client, "list_analyses", cursor="made up"),
            await error_of(client, "list_analyses", colour="red"),
            await error_of(client, "create_mailbox", local_part="x", password={"secret": "Tr0ub4dor"}),
            await error_of(client, "delete_mailbox", mailbox=MAILBOX, confirm="yes"),
        ]
        with pytest.raises(MCPError):
            await client.call_tool("drop_tables", {})

    assert [error["code"] for error in errors] == [
        "bad_request",
        "invalid_address",
        "invalid_query",
        "bad_request",
        "invalid_query",
        "bad_request",
        "bad_request",
        "bad_request",
    ]
    assert errors[0]["message"].startswith("email_id: ")
    assert errors[5]["message"] == "colour: no such argument."
    assert "Tr0ub4dor" not in json.dumps(errors) + (data / "log").read_text()


async def test_a_dead_database(data: Path) -> None:
    """Every call is answered with an error that says so, and the server lives."""
    away = "mysql://nobody:nothing@127.0.0.1:1/none"
    async with over_stdio(data, GLASSDOME_DATABASE_URL=away) as client:
        errors = [await error_of(client, "statistics") for _ in range(2)]
        tools = (await client.list_tools()).tools

    assert {(error["code"], error["temporary"]) for error in errors} == {("store_unavailable", True)}
    assert len(tools) == len(READING)


@pytest.mark.parametrize("as_json", ["0", "1"])
def test_nothing_but_the_protocol_on_stdout(data: Path, as_json: str) -> None:
    """Every line of stdout is JSON-RPC, whatever is logged or wrong; the end of stdin ends the program well."""
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    calls = [
        {"id": 1, "method": "initialize", "params": hello},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": {"name": "statistics", "arguments": {}}},
        {"id": 3, "method": "tools/call", "params": {"name": "statistics", "arguments": {"limit": 1}}},
        {"id": 4, "method": "no/such"},
    ]
    lines = [json.dumps({"jsonrpc": "2.0", **each}) for each in calls]
    lines.insert(3, "this is no JSON")
    with subprocess.Popen(
        [GLASSDOME, "mcp"],
        env=environment(data, GLASSDOME_LOG_LEVEL="DEBUG", GLASSDOME_LOG_JSON=as_json),
        cwd=data,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("".join(f"{line}\n" for line in lines))
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(4)]
        rest, log = process.communicate(timeout=PATIENCE)

    assert sorted(answer["id"] for answer in answers) == [1, 2, 3, 4]
    assert (rest, process.returncode) == ("", 0)
    assert "mcp_call" in log


def test_ctrl_c_ends_it(data: Path) -> None:
    """At once, though standard input is open."""
    with subprocess.Popen(
        [GLASSDOME, "mcp"],
        env=environment(data),
        cwd=data,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
        process.stdin.flush()
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == -signal.SIGINT
        assert b"Traceback" not in process.stderr.read()  # type: ignore[union-attr]


def test_without_the_library(data: Path) -> None:
    """The error without the extra says how to install it."""
    code = "import sys; sys.modules['mcp'] = None; from glassdome.cli.app import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "mcp"],
        env=environment(data),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert "-m pip install -e '.[mcp]'" in done.stderr
    assert "Traceback" not in done.stderr
