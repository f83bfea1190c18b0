"""The same file in another mail is not read again."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from glassdome.files.kept import KeptDocuments
from glassdome.values.document import Document, Passage


@dataclass
class CountingReader:
    """Counts what it reads; a file's bytes are its problem."""

    asked: list[bytes] = field(default_factory=list)
    problem: str = ""
    closed: bool = False

    async def read(
        self, data: bytes, *, name: str, kind: str, passwords: tuple[str, ...] = (), ocr: bool = False
    ) -> Document:
        """Return a document with the problem."""
        self.asked.append(data)
        return Document(kind=kind, problem=data.decode(), passages=(Passage(text="x" * 100),))

    async def aclose(self) -> None:
        """Remember that."""
        self.closed = True


async def test_a_file_is_read_once_by_its_bytes_name_kind_and_passwords() -> None:
    inner = CountingReader()
    reader = KeptDocuments(inner)
    for name, kind, passwords in [("a", "k", ()), ("b", "k", ()), ("a", "l", ()), ("a", "k", ("p",))] * 2:
        assert (await reader.read(b"", name=name, kind=kind, passwords=passwords)).kind == kind
    assert len(inner.asked) == 4
    await reader.aclose()
    assert inner.closed


@pytest.mark.parametrize(("problem", "times"), [("time", 2), ("off", 2), ("crash", 1), ("memory", 1), ("", 1)])
async def test_what_may_pass_is_tried_again(problem: str, times: int) -> None:
    inner = CountingReader()
    reader = KeptDocuments(inner)
    for _ in range(2):
        assert (await reader.read(problem.encode(), name="a", kind="k")).problem == problem
    assert len(inner.asked) == times


async def test_documents_are_kept_within_their_bound() -> None:
    inner = CountingReader()
    reader = KeptDocuments(inner, most_bytes=5_000)
    for data in (b"1", b"2", b"3", b"1"):
        await reader.read(data, name="a", kind="k")
    assert inner.asked == [b"1", b"2", b"3", b"1"]


async def test_a_reader_says_why_it_reads_nothing() -> None:
    """The memory in front of a reader hides no problem of it."""
    assert KeptDocuments(CountingReader(problem="no seccomp")).problem == "no seccomp"
