"""`glassdome analyze`: verdicts for mail in files, with no server."""

from __future__ import annotations

import asyncio
import sys
import time
from functools import partial
from pathlib import Path

import typer

from glassdome.bootstrap import models
from glassdome.cli.console import err, errors_told, load_settings, out, print_json, progress_bar, run
from glassdome.cli.judge_files import FileJudge, Row
from glassdome.cli.mail_files import count_hint, find_mail
from glassdome.cli.verdict_table import verdict_page, verdict_table
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import InputError
from glassdome.files.opening import file_reader, open_files
from glassdome.pipeline.context import own_domains
from glassdome.pipeline.owner_rules import read_rules
from glassdome.pipeline.process import warm_up
from glassdome.ports.model import TriedEngine
from glassdome.values.role import UNTESTED, Grant
from glassdome.values.rules import Rule

__all__ = ["analyze"]


def analyze(
    *, files: list[str], as_json: bool, engine: str | None, authserv_id: str | None, rules: Path | None, jobs: int
) -> None:
    """Judge mail in files: summary, categories, phishing verdict with evidence, priority, sensitive data."""
    with errors_told():
        settings = load_settings(engine=engine, authserv_id=authserv_id)
        ruled = read_rules(rules) if rules is not None else ()
    failed = run(_analyze(files, settings, rules=ruled, as_json=as_json, jobs=jobs))
    if failed:
        raise typer.Exit(1)


async def _analyze(files: list[str], settings: Settings, *, rules: tuple[Rule, ...], as_json: bool, jobs: int) -> int:
    clock = SystemClock()
    own = await asyncio.to_thread(own_domains, settings)
    shown: list[Row] = []
    done = failed = 0
    total = await asyncio.to_thread(count_hint, files)
    await warm_up()
    started = time.perf_counter()
    async with models.open_engine(settings) as engine, open_files(settings) as reader:
        grant = await _grant(engine, settings)
        options = await asyncio.to_thread(
            models.judge_options, settings, engine=engine, clock=clock, grant=grant, files=reader
        )
        judge = FileJudge(
            options=options, own_domains=own, rules=rules, clock=clock, jobs=jobs, reader=partial(file_reader, settings)
        )
        with progress_bar(unit="messages", quiet=total == 1) as bar:
            task = bar.add_task("analysing", total=total, note="")
            async for row in judge.rows(find_mail(files, stdin=sys.stdin.buffer)):
                done, failed = done + 1, failed + ("error" in row)
                if as_json:
                    print_json(row)
                else:
                    shown.append(row)
                bar.update(task, advance=1, note=f"{done / (time.perf_counter() - started):.0f}/s")
    if not as_json:
        if not shown:
            raise InputError(f"There is no mail in {', '.join(files)}.", fix="Name .eml files, an mbox or a Maildir.")
        out.print(verdict_page(shown[0]) if len(shown) == 1 else verdict_table(shown, wide=out.width >= 100))
    _tell(done, failed, time.perf_counter() - started)
    return failed


async def _grant(engine: TriedEngine | None, settings: Settings) -> Grant:
    """Return what a model earned; without one, neither a database nor its library is touched."""
    if engine is None:
        return UNTESTED
    from glassdome.bootstrap.roles import known_grant

    return await known_grant(engine, settings)


def _tell(done: int, failed: int, seconds: float) -> None:
    if done != 1 or failed:
        trouble = f", {failed} could not be read" if failed else ""
        err.print(
            f"{done} {'message' if done == 1 else 'messages'} in {seconds:.1f} s, {done / seconds:.0f} per second{trouble}",
            highlight=False,
        )
