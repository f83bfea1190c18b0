"""Kills workers, restarts MariaDB and cuts the model off, then counts: each message one analysis, each action once.

python benchmarks/crash.py --jobs 10000 --workers 4 --kills 50 --restarts 2 --cut 60
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from glassdome.shapes.rendering import RENDERING
from glassdome.store import open_database
from tests.contract.store.crashes import Account, Workers, account_of, fill, wait_until_done
from tests.contract.store.simulation import Plan
from tests.servers.mariadb import MariaDB


def main() -> int:
    """Run once and print the account; 0 when it is exact."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--restarts", type=int, default=2)
    parser.add_argument("--cut", type=float, default=60.0, help="seconds without the model")
    parser.add_argument("--every", type=float, default=4.0, help="seconds between two kills")
    parser.add_argument("--latency", type=float, default=0.05, help="seconds of one model answer")
    parser.add_argument("--limit", type=float, default=1800.0, help="seconds before it counts as lost")
    wanted = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="gd-crash-"))
    folder.chmod(0o755)
    server = MariaDB(folder / "db")
    server.install()
    server.start()
    try:
        account = asyncio.run(_run(server, folder, wanted))
    finally:
        server.stop()
    print(account)
    print("exact" if account.exact else f"NOT exact, see {folder}")
    if account.exact:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if account.exact else 1


async def _run(server: MariaDB, folder: Path, wanted: argparse.Namespace) -> Account:
    url = server.new_database()
    await fill(url, wanted.jobs)
    work = folder / "work"
    work.mkdir()
    plan = Plan(url=url, owner="", folder=str(work), latency=wanted.latency, lease=10.0, stale=10.0, concurrent=4)
    workers, start = Workers(plan, wanted.workers), time.monotonic()
    trouble = [asyncio.create_task(_kills(workers, wanted)), asyncio.create_task(_restarts(server, wanted))]
    trouble.append(asyncio.create_task(_cut(plan.cut, wanted)))
    shown = [0.0]

    def show(done: int) -> None:
        if time.monotonic() - shown[0] > 20:
            shown[0] = time.monotonic()
            print(f"{time.monotonic() - start:6.0f} s  {done} done", flush=True)

    try:
        async with open_database(url, rendering=RENDERING) as database:
            await asyncio.gather(*trouble)
            complete = await wait_until_done(database, wanted.jobs, seconds=wanted.limit, each=show)
            print(f"{'complete' if complete else 'OUT OF TIME'} after {time.monotonic() - start:.0f} s", flush=True)
            return await account_of(database, wanted.jobs, work)
    finally:
        await asyncio.to_thread(workers.stop)


async def _kills(workers: Workers, wanted: argparse.Namespace) -> None:
    for number in range(wanted.kills):
        await asyncio.sleep(wanted.every * random.uniform(0.5, 1.5))
        await asyncio.to_thread(workers.kill_one)
        _say(f"kill -9 number {number + 1}", loud=(number + 1) % 10 == 0)


async def _restarts(server: MariaDB, wanted: argparse.Namespace) -> None:
    for number in range(wanted.restarts):
        await asyncio.sleep(wanted.kills * wanted.every / (wanted.restarts + 1))
        await asyncio.to_thread(server.stop)
        await asyncio.sleep(3)
        await asyncio.to_thread(server.start)
        _say(f"MariaDB killed and started again, number {number + 1}")


async def _cut(path: Path, wanted: argparse.Namespace) -> None:
    await asyncio.sleep(wanted.kills * wanted.every / 4)
    await asyncio.to_thread(path.touch)
    _say("model cut off")
    await asyncio.sleep(wanted.cut)
    await asyncio.to_thread(path.unlink)
    _say("model back")


def _say(text: str, *, loud: bool = True) -> None:
    if loud:
        print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
