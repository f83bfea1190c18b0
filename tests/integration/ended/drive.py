"""Runs the service once undisturbed and once for each effect, ended just before it and started again; compares the ends.

python -m tests.integration.ended.drive PLAN.json       (called by the test and by benchmarks/every_point.py)
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from glassdome.core.log import configure
from glassdome.pipeline.process import warm_up
from glassdome.store.connections import make_engine
from tests.integration.ended.points import ENDED, Points, forked
from tests.integration.ended.world import ALERTS, World, left_over, started, worked
from tests.servers.dovecot import PASSWORD

Phase = Callable[[World], Awaitable[None]]


class Driver:
    """Makes worlds and runs the service in them."""

    def __init__(self, plan: dict[str, Any]) -> None:
        """`plan` says where the servers are; see `plan_for`."""
        self._plan = plan
        self._number = 0
        self.missed = 0
        self._add_account(ALERTS)

    def trial(self, end_at: tuple[int, int] | None = None) -> tuple[dict[str, Any], list[list[str]]]:
        """Run both phases in a new world, ended before effect `end_at[1]` of phase `end_at[0]`; return the end and the effects.

        Where a busy machine had the work done in fewer steps than undisturbed, that effect is not there to end before: the
        run is `missed`, and its end must be the same all the same.
        """
        world, traces = self._new_world(), []
        for number, phase in enumerate((started, worked)):
            at = end_at[1] if end_at is not None and end_at[0] == number else None
            trace = Path(world.folder) / f"trace{number}"
            status = forked(partial(_run, phase, world, trace, at))
            if at is not None and status == 0 and len(trace.read_text().splitlines()) < at:
                self.missed += 1
            elif at is not None:
                assert status == ENDED, f"effect {at} of phase {number} was never reached (status {status})"
                world = replace(world, hours=world.hours + 2)
                status = forked(partial(_run, phase, world, Path(world.folder) / "again", None))
            assert status == 0, f"phase {number} failed, ended before {end_at}"
            traces.append(trace.read_text().splitlines() if trace.exists() else [])
            if number == 0:
                world.deliver()
        answer = Path(world.folder) / "left"
        assert forked(partial(_write_left_over, world, answer)) == 0
        return json.loads(answer.read_text()), traces

    def _new_world(self) -> World:
        self._number += 1
        plan = self._plan
        folder = Path(plan["folder"]) / f"w{os.getpid()}-{self._number}"
        folder.mkdir(parents=True)
        mailbox = self._add_account(f"ended{os.getpid()}x{self._number}@example.test")
        url = plan["url"].format(name=f"gd_e{os.getpid()}_{self._number}", folder=folder)
        if url.startswith("mysql"):
            assert forked(partial(_make_schema, plan["url"], url)) == 0
        ports = {name: plan[name] for name in ("imap_port", "imaps_port", "lmtp_port", "smtp_port")}
        threads = bool(plan.get("threads"))
        return World(url=url, folder=str(folder), mailbox=mailbox, ca=plan["ca"], threads=threads, **ports)

    def _add_account(self, address: str) -> str:
        (Path(self._plan["users"]) / address).write_text(f"{address}:{{PLAIN}}{PASSWORD}::::::\n")
        return address


def _run(phase: Phase, world: World, trace: Path, end_at: int | None) -> None:
    configure(level="ERROR")
    Points(trace, end_at=end_at).install()
    asyncio.run(phase(world))


def _write_left_over(world: World, answer: Path) -> None:
    answer.write_text(json.dumps(asyncio.run(left_over(world))))


def _make_schema(template: str, url: str) -> None:
    async def make() -> None:
        engine = make_engine(template.format(name="gd_ended", folder=""))
        async with engine.connect() as connection:
            await connection.exec_driver_sql(f"CREATE DATABASE {url.rpartition('/')[2]}")
        await engine.dispose()

    asyncio.run(make())


def differences(undisturbed: dict[str, Any], end: dict[str, Any]) -> list[str]:
    """Return what differs. An alert goes out at most once; where nobody can know whether it did, it is said so."""
    found = [
        f"{name}: {end[name]} instead of {undisturbed[name]}"
        for name in undisturbed
        if name != "alert" and end[name] != undisturbed[name]
    ]
    alert = end["alert"]
    certain = alert == undisturbed["alert"]
    unknown = alert["action"] == alert["outbox"] == ["unknown"] and alert["delivered"] <= 1
    if not (certain or unknown):
        found.append(f"alert: {alert} instead of {undisturbed['alert']}")
    return found


def main() -> int:
    """Print one JSON object: the effects of an undisturbed run, and for each point what differed."""
    plan = json.loads(Path(sys.argv[1]).read_text())
    asyncio.run(warm_up())  # once, for all forks
    driver = Driver(plan)
    undisturbed, traces = driver.trial()
    points = [(phase, at) for phase, effects in enumerate(traces) for at in range(1, len(effects) + 1)]
    wanted = points[plan.get("first", 0) :: plan.get("every", 1)]
    failed = {}
    for phase, at in wanted:
        try:
            end, _ = driver.trial((phase, at))
            problems = differences(undisturbed, end)
        except AssertionError as exc:
            problems = [str(exc)]
        if problems:
            failed[f"{phase}: {traces[phase][at - 1]}"] = problems
        sys.stderr.write(f"{phase}: {traces[phase][at - 1]}: {problems or 'as undisturbed'}\n")
    told = {
        "effects": traces,
        "tried": len(wanted),
        "missed": driver.missed,
        "undisturbed": undisturbed,
        "failed": failed,
    }
    json.dump(told, sys.stdout)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
