"""A reader in the sandbox can open nothing, and one that dies costs its file alone.

On a kernel without seccomp the sandbox must say so, and read nothing.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from glassdome.files.sandbox.pool import SandboxFiles
from glassdome.values.document import Document
from tests.integration.files.hostile_child import WAYS
from tests.local_files import LocalFiles

HOSTILE = (sys.executable, "-I", str(Path(__file__).with_name("hostile_child.py")))
#: Seconds for a file that is read in time, also on a machine that is very busy.
LONG = 60.0


@asynccontextmanager
async def _pool(*, children: int = 1, seconds: float = LONG) -> AsyncIterator[SandboxFiles | None]:
    """Yield a pool of hostile readers, None without seccomp, where the pool must say so and read nothing."""
    pool = SandboxFiles(children=children, seconds=seconds, command=HOSTILE)
    try:
        if problem := await pool.warm_up():
            assert not _has_seccomp(), problem
            assert await _read(pool, "fine") == Document(kind="x/hostile", read="unsupported", problem="off")
            yield None
        else:
            yield pool
    finally:
        await pool.aclose()


def _has_seccomp() -> bool:
    return "Seccomp_filters:" in Path("/proc/self/status").read_text(encoding="ascii")


async def _read(pool: SandboxFiles, name: str, data: bytes = b"fine") -> Document:
    return await pool.read(data, name=name, kind="x/hostile")


async def _is_whole(pool: SandboxFiles) -> None:
    for data in (b"one", b"two"):
        assert (await _read(pool, "fine", data)).text == data.decode()


async def test_no_way_leads_out() -> None:
    async with _pool() as pool:
        if pool is None:
            return
        told = {name: (await _read(pool, name)).text for name in WAYS}
        assert {name: said for name, said in told.items() if not said.startswith("refused: ")} == {}
        await _is_whole(pool)


@pytest.mark.parametrize(
    ("name", "problem"),
    [("memory", "memory"), ("segfault", "crash"), ("abort", "crash"), ("exit", "crash"), ("garble", "crash")],
)
async def test_a_reader_that_dies_costs_its_file_alone(name: str, problem: str) -> None:
    async with _pool() as pool:
        if pool is None:
            return
        for _ in range(2):
            assert await _read(pool, name) == Document(kind="x/hostile", read="damaged", problem=problem)
            await _is_whole(pool)


async def test_a_reader_that_never_ends_is_killed() -> None:
    async with _pool(children=2, seconds=1.0) as pool:
        if pool is None:
            return
        first, second = await asyncio.gather(_read(pool, "loop"), _read(pool, "loop"))
        assert first == second == Document(kind="x/hostile", read="damaged", problem="time")
        assert _pids(pool) == []


async def test_a_caller_that_gives_up_leaves_the_pool_whole() -> None:
    async with _pool() as pool:
        if pool is None:
            return
        asked = asyncio.create_task(_read(pool, "loop"))
        await _until(pool._idle.empty)
        asked.cancel()
        await asyncio.wait([asked])
        assert asked.cancelled()
        await _is_whole(pool)


async def test_a_child_is_renewed_after_some_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glassdome.files.sandbox.process.MAX_READER_FILES", 2)
    async with _pool() as pool:
        if pool is None:
            return
        [first] = _pids(pool)
        await _is_whole(pool)
        await _is_whole(pool)
        assert first not in _pids(pool)


async def test_closing_ends_every_child_also_one_that_reads() -> None:
    async with _pool(children=2) as pool:
        if pool is None:
            return
        await _is_whole(pool)
        asked = asyncio.create_task(_read(pool, "loop"))
        await _until(lambda: pool._idle.qsize() < 2)
        [pid] = _pids(pool)
        await pool.aclose()
        assert (await asked).read == "damaged"
        assert not _lives(pid)
        assert (await _read(pool, "fine")).problem == "off"


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG):
        while not condition():  # noqa: ASYNC110 (the kernel tells only who asks)
            await asyncio.sleep(0.01)


def _pids(pool: SandboxFiles) -> list[int]:
    return [child._process.pid for child in pool._all]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


PARENT = """
import asyncio, sys
from glassdome.files.sandbox.pool import SandboxFiles

async def main():
    pool = SandboxFiles(children=1, seconds=3600, command=sys.argv[1:])
    problem = await pool.warm_up()
    print(*[child._process.pid for child in pool._all] or [0], problem, flush=True)
    if not problem:
        await pool.read(b"", name="loop", kind="x/hostile")

asyncio.run(main())
"""


async def test_a_parent_that_is_killed_leaves_no_child() -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, *HOSTILE, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    said = (await parent.stdout.readline()).decode().split()
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    if (pid := int(said[0])) == 0:
        assert not _has_seccomp(), said
        return
    await _until(lambda: not _lives(pid))


CALENDAR = (
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Tasting\r\nDTSTART;TZID=Europe/Berlin:20260301T100000\r\n"
    b"END:VEVENT\r\nEND:VCALENDAR\r\n"
)


async def test_the_sandbox_reads_as_a_reader_without_one() -> None:
    pool = SandboxFiles(children=1, seconds=LONG)
    try:
        documents = [
            await reader.read(CALENDAR, name="tasting.ics", kind="text/calendar")
            for reader in (pool, pool, LocalFiles())
        ]
    finally:
        await pool.aclose()
    if pool.problem:
        assert not _has_seccomp(), pool.problem
        return
    assert documents[0] == documents[1] == documents[2]
    assert "Tasting" in documents[0].text


async def test_a_child_that_is_no_child_turns_the_reader_off() -> None:
    for command in ((sys.executable, "-c", "pass"), (sys.executable, "-c", "print('hi' * 9)")):
        pool = SandboxFiles(children=1, seconds=LONG, command=command)
        assert "did not start" in await pool.warm_up()
        assert (await _read(pool, "fine")).problem == "off"
        await pool.aclose()
