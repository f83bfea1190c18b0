"""How fast the API reads from a full database, beside an empty FastAPI route reading one row of it, in one run.

    python benchmarks/api_reads.py [--analyses 1000000] [--requests 400] [--mariadb]

Both applications are served by uvicorn in one process on loopback and asked in turn over kept connections, so that a
noisy machine slows both alike. Read the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import SecretStr
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

sys.path.insert(0, str(Path(__file__).parent.parent))

from glassdome.api.app import create_app
from glassdome.api.services import Services
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.store import Database, migrate
from glassdome.store.connections import Connections, make_engine
from glassdome.store.rows import analysis_row
from glassdome.store.schema import analyses, categories, queue
from glassdome.store.statistics_table import add
from glassdome.values.analysis import Analysis
from glassdome.values.context import Context
from glassdome.values.message import Address, Message
from glassdome.values.opinion import Opinion
from glassdome.values.refs import MessageRef
from glassdome.verdict import decide
from tests.servers.mariadb import MariaDB

KEY = "benchmark"
MAILBOXES = 300
BATCH = 5_000
START = datetime(2026, 1, 1, tzinfo=UTC)
UID = 77


def main() -> None:
    """Fill, measure, print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--analyses", type=int, default=100_000)
    arguments.add_argument("--requests", type=int, default=400)
    arguments.add_argument("--mariadb", action="store_true", help="on a private MariaDB instead of SQLite")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        if not options.mariadb:
            run(f"sqlite:///{Path(folder) / 'benchmark.db'}", options)
            return
        server = MariaDB(Path(folder) / "db", flush=2)
        server.install()
        server.start()
        try:
            run(server.new_database(), options)
        finally:
            server.stop()


def run(url: str, options: argparse.Namespace) -> None:
    """Fill one database and measure on it."""
    asyncio.run(fill(url, options.analyses))
    with served(plain(url)) as one, served(ours(url)) as other:
        measure(one, other, options.requests)


def sample(uid: int, mailbox: str, at: datetime) -> Analysis:
    """Return an analysis of ordinary size."""
    message = Message(subject=f"Your order {uid}", text="Thank you for your order. It ships on Monday.")
    opinion = Opinion(engine="builtin", summary="An order ships on Monday.", categories=("shopping",), language="en")
    context = Context(now=at)
    verdict = decide(message, signals=(), sensitive=(), builtin=opinion, opinion=None, context=context)
    return Analysis(
        ref=MessageRef(mailbox=mailbox, uid_validity=1, uid=uid),
        message_id=f"<{uid}@shop.example>",
        thread_id=f"<{uid}@shop.example>",
        subject=message.subject,
        header_from=Address(name="Shop", addr=f"shop{uid % 1000}@shop.example"),
        date=at,
        content_hash=str(uid),
        verdict=verdict,
        signals=(),
        processing_time=0.004,
        analyzed_at=at,
    )


async def fill(url: str, wanted: int) -> None:
    """Write so many analyses, spread over the mailboxes."""
    await migrate(url)
    database = Database(Connections(make_engine(url)))
    template = sample(1, "user0@example.org", START)
    start = time.perf_counter()
    for first in range(0, wanted, BATCH):
        rows = []
        for n in range(first, min(first + BATCH, wanted)):
            ref = MessageRef(mailbox=f"user{n % MAILBOXES}@example.org", uid_validity=1, uid=n // MAILBOXES + 1)
            at = START + timedelta(seconds=n)
            made = replace(template, ref=ref, message_id=f"<{n}@shop.example>", content_hash=str(n), analyzed_at=at)
            rows.append(analysis_row(made) | {"id": n + 1})

        async def work(connection: AsyncConnection, rows: list[dict[str, object]] = rows) -> None:
            await connection.execute(insert(analyses), rows)
            names = ("mailbox", "analyzed_at")
            shared = [{n: row[n] for n in names} | {"analysis_id": row["id"], "category": "shopping"} for row in rows]
            await connection.execute(insert(categories), shared)
            await connection.execute(insert(queue), [done_job(row) for row in rows])
            await add(connection, [(row, 1) for row in rows])

        await database.connections.write(work)
    await database.aclose()
    print(f"{wanted:,} analyses in {MAILBOXES} mailboxes, filled in {time.perf_counter() - start:.0f} s")


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
    database = Database(Connections(make_engine(url)))
    settings = Settings(api_keys=SecretStr(f"{KEY}:ro"), api_rate_per_minute=10_000_000)
    verdict = sample(1, "user0@example.org", START).verdict
    return create_app(
        Services(
            settings=lambda: settings,
            clock=SystemClock(),
            queue=database.queue,
            analyses=database.analyses,
            preferences=database.preferences,
            config=database.config,
            history=database.history,
            classify=lambda raw: verdict,
            version="benchmark",
        )
    )


def plain(url: str) -> FastAPI:
    """Return an application with one empty route that reads one row."""
    app, connections = FastAPI(), Connections(make_engine(url))

    @app.get("/row")
    async def row() -> JSONResponse:
        found = await connections.row(select(analyses.c.id, analyses.c.subject).where(analyses.c.id == UID))
        return JSONResponse(dict(found._mapping) if found else {})

    return app


@contextmanager
def served(app: FastAPI) -> Iterator[int]:
    """Serve on a free loopback port; yield it."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def measure(plain_port: int, our_port: int, requests: int) -> None:
    """Ask each route in turn, in random order, and print a table."""
    base = "/api/v1/get/llm"
    routes = {
        "empty route, one row": (plain_port, "/row"),
        "one analysis": (our_port, f"{base}/analysis?mailbox=user{UID}@example.org&email_id=5"),
        "by Message-ID": (our_port, f"{base}/analysis?mailbox=user{UID}@example.org&email_id=%3C{UID}@shop.example%3E"),
        "list of 1": (our_port, f"{base}/analysis?mailbox=user{UID}@example.org&limit=1"),
        "list of 50": (our_port, f"{base}/analysis?mailbox=user{UID}@example.org&limit=50"),
        "phishing of all": (our_port, f"{base}/analysis?phishing=true"),
        "words found nowhere": (our_port, f"{base}/analysis?text=zebra"),
        "statistics": (our_port, f"{base}/stats"),
        "preferences": (our_port, f"{base}/preferences?username=user{UID}@example.org"),
        "queue": (our_port, f"{base}/queue"),
    }
    connections = {port: http.client.HTTPConnection("127.0.0.1", port) for port in (plain_port, our_port)}
    seconds: dict[str, list[float]] = {name: [] for name in routes}
    for name, (port, path) in routes.items():
        assert ask(connections[port], path)[0] == 200, name
    for _ in range(requests):
        for name, (port, path) in random.sample(sorted(routes.items()), len(routes)):
            seconds[name].append(ask(connections[port], path)[1])
    base_p50, base_p99 = quantiles(seconds["empty route, one row"])
    print(f"{'route':24} {'p50 ms':>8} {'p99 ms':>8} {'p50 ratio':>10} {'p99 ratio':>10}")
    for name, taken in seconds.items():
        p50, p99 = quantiles(taken)
        print(f"{name:24} {p50 * 1e3:8.2f} {p99 * 1e3:8.2f} {p50 / base_p50:10.2f} {p99 / base_p99:10.2f}")


def ask(connection: http.client.HTTPConnection, path: str) -> tuple[int, float]:
    """Return status and seconds of one request."""
    start = time.perf_counter()
    connection.request("GET", path, headers={"X-API-Key": KEY})
    answer = connection.getresponse()
    answer.read()
    return answer.status, time.perf_counter() - start


def quantiles(seconds: list[float]) -> tuple[float, float]:
    """Return median and 99th percentile."""
    parts = statistics.quantiles(seconds, n=100)
    return parts[49], parts[98]


if __name__ == "__main__":
    main()
