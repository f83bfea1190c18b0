"""A resource is opened once per event loop, shared, and closed while its loop still runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from glassdome.core.per_loop import PerLoop


class _Recorder:
    def __init__(self) -> None:
        self.events: list[str] = []
        self.fail = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        await asyncio.sleep(0)
        if self.fail:
            raise OSError("no")
        number = len(self.events)
        self.events.append("open")
        try:
            yield number
        finally:
            await asyncio.sleep(0)
            self.events.append("close")


def test_one_resource_per_run_closed_with_its_loop() -> None:
    """Two runs of the loop open twice; each is closed without anybody asking."""
    recorder = _Recorder()
    resource = PerLoop(recorder.open)

    async def use() -> list[int]:
        return list(await asyncio.gather(resource.get(), resource.get(), resource.get()))

    first, second = asyncio.run(use()), asyncio.run(use())

    assert [0, 0, 0] == first
    assert [2, 2, 2] == second
    assert ["open", "close", "open", "close"] == recorder.events


async def test_closed_on_request_and_opened_again() -> None:
    """`aclose` closes now; the next use opens anew."""
    recorder = _Recorder()
    resource = PerLoop(recorder.open)

    await resource.get()
    await resource.aclose()
    await resource.get()
    await resource.aclose()
    await resource.aclose()

    assert ["open", "close", "open", "close"] == recorder.events


async def test_a_failed_opening_is_tried_again() -> None:
    """A resource that failed once is not remembered as broken."""
    recorder = _Recorder()
    recorder.fail = True
    resource = PerLoop(recorder.open)

    with pytest.raises(OSError, match="no"):
        await resource.get()
    recorder.fail = False
    assert 0 == await resource.get()
    await resource.aclose()


def test_what_is_opened_inside_is_closed_in_order() -> None:
    """Resources within resources close from the inside out, and the end of the loop says nothing of trouble."""
    events: list[str] = []
    trouble: list[object] = []

    @asynccontextmanager
    async def nested(depth: int) -> AsyncIterator[None]:
        try:
            if depth:
                async with nested(depth - 1):
                    yield
            else:
                yield
        finally:
            await asyncio.sleep(0.001)
            events.append(f"close {depth}")

    resource = PerLoop(lambda: nested(3))

    async def use() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: trouble.append(context))
        await resource.get()

    asyncio.run(use())

    assert [] == trouble
    assert ["close 0", "close 1", "close 2", "close 3"] == events


async def test_an_error_at_the_close_is_told() -> None:
    """The closer of a resource learns that it did not close well."""

    @asynccontextmanager
    async def open_() -> AsyncIterator[None]:
        yield
        raise OSError("not closed")

    resource = PerLoop(open_)
    await resource.get()

    with pytest.raises(OSError, match="not closed"):
        await resource.aclose()


async def test_what_could_not_be_opened_is_closed_in_silence() -> None:
    """Its error was told once; a second one would hide what was done in between."""

    @asynccontextmanager
    async def open_() -> AsyncIterator[None]:
        raise OSError("nobody there")
        yield

    resource = PerLoop(open_)
    with pytest.raises(OSError, match="nobody there"):
        await resource.get()

    await resource.aclose()
