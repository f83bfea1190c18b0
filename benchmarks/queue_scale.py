"""Throughput of 1 to 8 worker processes on one MariaDB against a simulated model of fixed latency, and what a claim costs.

python benchmarks/queue_scale.py --seconds 20 --latency 1.0
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, open_database
from tests.contract.store.crashes import Workers, fill, wait_until_done
from tests.contract.store.simulation import Plan
from tests.servers.mariadb import MariaDB


def main() -> None:
    """Run each number of workers and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--seconds", type=float, default=20.0, help="work enqueued for each worker")
    parser.add_argument("--latency", type=float, default=1.0, help="seconds of one model answer")
    parser.add_argument("--concurrent", type=int, default=2, help="mails one worker judges at a time")
    wanted = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="gd-scale-"))
    folder.chmod(0o755)
    server = MariaDB(folder / "db")
    server.install()
    server.start()
    print("| workers | jobs/s | against linear | claim median ms | claim p95 ms | complete median ms |")
    print("|--:|--:|--:|--:|--:|--:|")
    single = 0.0
    try:
        for number in wanted.workers:
            work = folder / f"w{number}"
            work.mkdir()
            rate = asyncio.run(_measure(server, work, number, wanted))
            claims, completions = _times(work, "claim"), _times(work, "complete")
            single = single or rate / number
            p95 = sorted(claims)[int(0.95 * (len(claims) - 1))]
            middle = statistics.median(completions) * 1000
            figures = (rate / number / single, statistics.median(claims) * 1000, p95 * 1000, middle)
            print(f"| {number} | {rate:.2f} | " + " | ".join(f"{f:.2f}" for f in figures) + " |", flush=True)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _measure(server: MariaDB, folder: Path, number: int, wanted: argparse.Namespace) -> float:
    """Return jobs per second between the first completions and the last."""
    url = server.new_database()
    jobs = int(number * wanted.concurrent * wanted.seconds / wanted.latency)
    await fill(url, jobs)
    plan = Plan(
        url=url,
        owner="",
        folder=str(folder),
        latency=wanted.latency,
        lease=30.0,
        concurrent=wanted.concurrent,
        stale=1.0,
    )
    workers = Workers(plan, number)
    try:
        async with open_database(url, rendering=RENDERING) as database:
            await wait_until_done(database, jobs, seconds=600, enough=number)
            first, start = await _done(database), time.monotonic()
            await wait_until_done(database, jobs, seconds=600, enough=jobs - number * wanted.concurrent)
            last, end = await _done(database), time.monotonic()
    finally:
        workers.stop()
    return (last - first) / (end - start)


def _times(folder: Path, what: str) -> list[float]:
    lines = [line.split() for path in folder.glob("times-*") for line in path.read_text().splitlines()]
    return [float(parts[1]) for parts in lines if parts[0] == what]


async def _done(database: Database) -> int:
    return (await database.queue.depth(now=datetime.now(UTC))).done


if __name__ == "__main__":
    main()
