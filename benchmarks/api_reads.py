"""Measure the API's reads from a full database against an empty FastAPI route that reads one row, in one run.

    python benchmarks/api_reads.py [--analyses 1000000] [--requests 400] [--mariadb] [--keep FOLDER]

Both applications are served as `glassdome serve` serves, each in its own process, and asked in turn over kept
connections, so that a noisy machine slows both alike. Read the ratios. At the end the database's own plans of all queries are looked at.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import SecretStr
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

sys.path.insert(0, str(Path(__file__).parent.parent))

from glassdome.api.app import create_app
from glassdome.cli.service import serving
from glassdome.core.clock import FixedClock, SystemClock
from glassdome.core.config import Settings
from glassdome.demo.samples import samples
from glassdome.desk.services import Services
from glassdome.pipeline.context import for_file
from glassdome.pipeline.process import JudgeOptions, analyze_raw, classify
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate
from glassdome.store.connections import Connections, make_engine
from glassdome.store.counters.counters import add
from glassdome.store.read_model import insert_read_model
from glassdome.store.rows import analysis_row
from glassdome.store.schema import analyses, queue
from glassdome.values.analysis import Analysis
from glassdome.values.refs import MessageRef
from tests.contract.store.query_plans import heard, read_through
from tests.servers.mariadb import MariaDB

KEY, ADMIN, MORE = "benchmark-key", "domain-admin-key", "admin-of-more-key"
EMPTY = "empty route, one row"
MAILBOXES = 300
BATCH = 500
START = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Fill, measure, print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--analyses", type=int, default=100_000)
    arguments.add_argument("--requests", type=int, default=400)
    arguments.add_argument("--mariadb", action="store_true", help="on a private MariaDB instead of SQLite")
    arguments.add_argument("--keep", type=Path, help="a folder, filled if it is empty, kept for the next run")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.keep or Path(temporary)) / ("mariadb" if options.mariadb else "sqlite")
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.parent.chmod(0o755)
        with on_mariadb(folder) if options.mariadb else on_sqlite(folder) as (url, is_new):
            if is_new:
                asyncio.run(fill(url, options.analyses))
            with served(plain, url) as one, served(ours, url) as other:
                measure(one, other, options)
            asyncio.run(explain(url, options.analyses))


@contextmanager
def on_sqlite(folder: Path) -> Iterator[tuple[str, bool]]:
    """Yield the URL, and whether there is nothing in the database."""
    is_new = not folder.exists()
    folder.mkdir(exist_ok=True)
    yield f"sqlite:///{folder / 'benchmark.db'}", is_new


@contextmanager
def on_mariadb(folder: Path) -> Iterator[tuple[str, bool]]:
    """Run a private server; yield the URL, and whether there is nothing in the database."""
    server, is_new = MariaDB(folder, flush=2, pool="4G"), not folder.exists()
    if is_new:
        server.install()
    server.start()
    try:
        yield server.database("gd_benchmark"), is_new
    finally:
        server.stop()


async def templates() -> list[Analysis]:
    """Return the analyses of the demo's mail, so that rows have the size and the words that real ones have."""
    context, options = for_file(now=START), JudgeOptions(clock=FixedClock(START))
    ref = MessageRef(mailbox="", uid_validity=1, uid=1)
    return [await analyze_raw(sample.raw, ref, context, options=options) for sample in samples()]


async def fill(url: str, wanted: int) -> None:
    """Write so many analyses, spread over the mailboxesand over a year."""
    await migrate(url)
    database, kinds = Database(Connections(make_engine(url)), rendering=RENDERING), await templates()
    apart = timedelta(days=365) / wanted
    start = time.perf_counter()
    for first in range(0, wanted, BATCH):
        numbers = range(first, min(first + BATCH, wanted))
        made = [(n + 1, numbered(kinds[n % len(kinds)], n, apart)) for n in numbers]

        async def work(connection: AsyncConnection, made: list[tuple[int, Analysis]] = made) -> None:
            rows = [analysis_row(analysis) | {"id": number} for number, analysis in made]
            await connection.execute(insert(analyses), rows)
            await insert_read_model(connection, made, RENDERING)
            await connection.execute(insert(queue), [done_job(row) for row in rows])
            await add(connection, [(row, 1) for row in rows])

        await database.connections.write(work)
    await database.aclose()
    print(f"{wanted:,} analyses in {MAILBOXES} mailboxes, filled in {time.perf_counter() - start:.0f} s")


def numbered(template: Analysis, n: int, apart: timedelta) -> Analysis:
    """Return the template as the n-th message: its own mailbox, UID, Message-ID and hour."""
    ref = MessageRef(
        mailbox=f"user{n % MAILBOXES}@example{n % MAILBOXES % 10}.org", uid_validity=1, uid=n // MAILBOXES + 1
    )
    at = START + apart * n
    subject = f"{template.subject} {n}"
    return replace(
        template, ref=ref, message_id=f"{n}@shop.example", content_hash=str(n), subject=subject, analyzed_at=at
    )


def done_job(row: dict[str, object]) -> dict[str, object]:
    """Return the finished job of an analysis; every 5,000th failed."""
    state = "failed" if row["id"] % 5_000 == 0 else "done"  # type: ignore[operator]
    names = ("mailbox", "folder", "uid_validity", "uid")
    times = dict.fromkeys(("not_before", "enqueued_at", "updated_at"), row["analyzed_at"])
    empty = {"lease_owner": "", "lease_token": "", "lease_until": None, "error_code": "", "error": "", "wake_at": None}
    numbers = {"priority": 10, "turn": row["uid"], "attempts": 1, "forced": False}
    return {n: row[n] for n in names} | {"state": state, "reason": "new"} | times | empty | numbers


def ours(url: str) -> FastAPI:
    """Return the API over the database."""
    database = Database(Connections(make_engine(url)), rendering=RENDERING)
    settings = Settings(
        api_keys=SecretStr(f"{KEY}:ro,{ADMIN}:ro:example1.org,{MORE}:ro:example2.org|user3@example3.org"),
        api_rate_per_minute=1_000_000,
        _env_file=None,
    )
    return create_app(
        Services(
            settings=lambda: settings,
            clock=SystemClock(),
            queue=database.queue,
            analyses=database.analyses,
            preferences=database.preferences,
            config=database.config,
            history=database.history,
            actions=database.actions,
            sessions=database.sessions,
            threads=database.threads,
            classify=lambda raw: asyncio.to_thread(classify, raw, for_file(now=START)),
            version="benchmark",
        )
    )


def plain(url: str) -> FastAPI:
    """Return an application with one empty route that reads one row."""
    app, connections = FastAPI(), Connections(make_engine(url))

    @app.get("/row")
    async def row(id: int) -> JSONResponse:
        found = await connections.row(select(analyses.c.id, analyses.c.subject).where(analyses.c.id == id))
        return JSONResponse(dict(found._mapping) if found else {})

    return app


@contextmanager
def served(make: Callable[[str], FastAPI], url: str) -> Iterator[int]:
    """Serve in a process of its own, as `glassdome serve` does, on a free loopback port; yield it."""
    ours, theirs = Pipe()
    process = get_context("spawn").Process(target=serve, args=(make, url, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def serve(make: Callable[[str], FastAPI], url: str, started: Connection) -> None:
    """Serve until terminated; tell the port."""

    async def run() -> None:
        async with serving(make(url), host="127.0.0.1", port=0) as server:
            started.send(server.port)
            await asyncio.Event().wait()

    asyncio.run(run())


def paths(analyses: int) -> dict[str, Callable[[], str]]:
    """Name what is asked; each request is for a mailbox, message or word by chance, of all there are."""
    base = "/api/v1/get/llm"

    def n() -> int:
        return random.randrange(analyses)

    def mailbox(number: int | None = None) -> str:
        number = (n() if number is None else number) % MAILBOXES
        return f"user{number}@example{number % 10}.org"

    def named(number: int) -> str:
        return f"{base}/analysis?mailbox={mailbox(number)}&email_id=%3C{number}@shop.example%3E"

    return {
        EMPTY: lambda: f"/row?id={n() + 1}",
        "one analysis": lambda: f"{base}/analysis?mailbox={mailbox(k := n())}&email_id={k // MAILBOXES + 1}",
        "by Message-ID": lambda: named(n()),
        "list of 1": lambda: f"{base}/analysis?mailbox={mailbox()}&limit=1",
        "list of 50": lambda: f"{base}/analysis?mailbox={mailbox()}&limit=50",
        "list of all mailboxes": lambda: f"{base}/analysis",
        "list, domain admin": lambda: f"{base}/analysis#{ADMIN}",
        "list, admin of more": lambda: f"{base}/analysis#{MORE}",
        "phishing": lambda: f"{base}/analysis?phishing=true&mailbox={mailbox()}",
        "category": lambda: f"{base}/analysis?category=work&mailbox={mailbox()}",
        "priority": lambda: f"{base}/analysis?priority=7",
        "since": lambda: f"{base}/analysis?since={(START + timedelta(days=n() % 365)).date()}T00:00:00Z",
        # Not the shorter numbers, with which longer ones begin.
        "a word of one": lambda: f"{base}/analysis?text={random.randrange(analyses // 10, analyses)}",
        "a word of many": lambda: f"{base}/analysis?text=invoice",
        "a word of none": lambda: f"{base}/analysis?text=zebra{n()}",
        "statistics": lambda: f"{base}/stats",
        "statistics, domain admin": lambda: f"{base}/stats#{ADMIN}",
        "statistics, admin of more": lambda: f"{base}/stats#{MORE}",
        "statistics of a mailbox": lambda: f"{base}/stats?mailbox={mailbox()}",
        "preferences": lambda: f"{base}/preferences?username={mailbox()}",
        "queue": lambda: f"{base}/queue",
        "queue, failed": lambda: f"{base}/queue?state=failed",
    }


def measure(plain_port: int, our_port: int, options: argparse.Namespace) -> None:
    """Ask each route in turn, in random order, and print a table."""
    routes = paths(options.analyses)
    connections = {name: http.client.HTTPConnection("127.0.0.1", our_port) for name in routes}
    connections[EMPTY] = http.client.HTTPConnection("127.0.0.1", plain_port)
    seconds: dict[str, list[float]] = {name: [] for name in routes}
    # As many again go before, unmeasured: a database that has just been started reads from its disk. The empty route is
    # asked before each other one: a process that is asked seldom is slow for that alone.
    for counted in (False, True):
        for _ in range(options.requests):
            for route in random.sample(sorted(routes.keys() - {EMPTY}), len(routes) - 1):
                for name in (EMPTY, route):
                    status, passed = ask(connections[name], routes[name]())
                    assert status == 200, (name, status)
                    if counted:
                        seconds[name].append(passed)
    base_p50, base_p99 = quantiles(seconds[EMPTY])
    print(f"{'route':26} {'p50 ms':>8} {'p99 ms':>8} {'p50 ratio':>10} {'p99 ratio':>10}")
    for name, taken in seconds.items():
        p50, p99 = quantiles(taken)
        print(f"{name:26} {p50 * 1e3:8.2f} {p99 * 1e3:8.2f} {p50 / base_p50:10.2f} {p99 / base_p99:10.2f}")


def ask(connection: http.client.HTTPConnection, path: str) -> tuple[int, float]:
    """Return status and seconds of one request; behind `#` stands another key."""
    path, _, key = path.partition("#")
    start = time.perf_counter()
    try:
        connection.request("GET", path, headers={"X-API-Key": key or KEY})
        answer = connection.getresponse()
    except http.client.RemoteDisconnected:
        # A busy machine: the server had closed a connection that nothing came over for a while.
        connection.close()
        return ask(connection, f"{path}#{key}")
    answer.read()
    return answer.status, time.perf_counter() - start


async def explain(url: str, analyses: int) -> None:
    """Ask each route once and print which of its queries read a growing table from end to end."""
    connections = Connections(make_engine(url))
    app = ours(url)
    store = app.state.services.analyses._db
    for name, path in paths(analyses).items():
        if name == EMPTY:
            continue
        where, _, key = path().partition("#")
        with heard(store) as statements:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x") as client:
                assert (await client.get(where, headers={"X-API-Key": key or KEY})).status_code == 200, name
        lines = await read_through(connections, statements)
        print(f"{name:26} {len(statements)} queries, read through: {lines or 'none'}")
    await connections.aclose()


def quantiles(seconds: list[float]) -> tuple[float, float]:
    """Return median and 99th percentile."""
    parts = statistics.quantiles(seconds, n=100)
    return parts[49], parts[98]


if __name__ == "__main__":
    main()
