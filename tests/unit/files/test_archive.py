"""Archives: planted words in files of common programs, nesting, passwords, and bounds on hostile ones."""

from __future__ import annotations

import gzip
import io
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from glassdome.files.read import read_file
from glassdome.files.source import Budget, Source
from glassdome.values.document import Document

from .made_archives import CARD, bomb, lha, nested, overlapping, rar4, rar5, zipped

DATA = Path(__file__).parents[2] / "data" / "files" / "archives"
FILES = sorted(path.name for path in DATA.iterdir())
LOCKED = ("aes.zip", "locked.7z", "old.zip", "sealed.7z")
PASSWORDS = ("wrong", "geheim1")
NUMBER = "+44 7700 900417"


def read(data: bytes, name: str = "", passwords: tuple[str, ...] = (), budget: Budget | None = None) -> Document:
    """Read bytes as an attachment of that name."""
    return read_file(Source(data=data, name=name, passwords=passwords, budget=budget or Budget()))


def values(document: Document) -> set[str]:
    """Return the values of all facts, those of files inside too."""
    return {fact.value for _, inner in document.within("") for fact in inner.facts}


def states(document: Document) -> Iterator[str]:
    """Yield how far each file could be read."""
    yield from (inner.read for _, inner in document.within(""))


@pytest.mark.parametrize("name", FILES)
def test_planted_words_are_found(name: str) -> None:
    """Files of zip, 7-Zip, gcab, tar, gzip, bzip2, xz and zstd give the number that is in them, locked ones with its password."""
    document = read((DATA / name).read_bytes(), name, PASSWORDS)

    assert NUMBER in values(document)
    assert (document.read, document.encrypted) == ("yes", False)


@pytest.mark.parametrize("name", LOCKED)
def test_without_the_password_it_is_encrypted(name: str) -> None:
    """A locked archive says so, and names its files where their names are not locked."""
    document = read((DATA / name).read_bytes(), name, ("wrong", "worse"))

    assert (document.read, document.encrypted, values(document)) == ("encrypted", True, set())
    assert document.members == (() if name == "sealed.7z" else ("card.vcf",))


@pytest.mark.parametrize("data", [rar4({"card.vcf": CARD}), rar5({"card.vcf": CARD}), lha("card.vcf", CARD)])
def test_rar_and_lha(data: bytes) -> None:
    """Archives of other programs are read where the host has libarchive, and named where not."""
    document = read(data, "a.rar")

    assert document.members == ("card.vcf",)
    assert NUMBER in values(document) or document.read == "unsupported"


def test_a_locked_rar_is_encrypted() -> None:
    """The flag in its headers is believed."""
    assert read(rar4({"card.vcf": CARD}, encrypted=True)).encrypted


def test_a_program_in_a_zip_in_a_zip_is_named() -> None:
    """Names are those of the way to it; what is in a mail in an archive is named too."""
    mail = (
        b"From: a@example.org\nSubject: x\nContent-Type: application/octet-stream\n"
        b'Content-Disposition: attachment; filename="run.exe"\n\nMZ'
    )
    document = read(zipped({"a.zip": zipped({"b.zip": zipped({"setup.exe": b"MZ"})}), "m.eml": mail}))

    assert "a.zip/b.zip/setup.exe" in document.members
    assert "m.eml/run.exe" in document.members


def test_a_member_before_the_file_is_damaged() -> None:
    """A directory may name a place that is none; the other members are read."""
    data = bytearray(zipped({"a.txt": b"x", "card.vcf": CARD}))
    entry = data.index(b"PK\x01\x02")
    data[entry + 42 : entry + 46] = b"\x00\x00\x00\xf0"
    document = read(bytes(data))

    assert document.read == "damaged"
    assert "a.txt" in document.members


@pytest.mark.parametrize("kind", ["directory", "cut", "rubbish"])
def test_a_damaged_zip_gives_what_is_left(kind: str) -> None:
    """Local headers are read where the directory is missing, as repairing programs do."""
    whole = zipped({"card.vcf": CARD, "b.txt": b"more"})
    start = whole.index(b"PK\x01\x02")
    data = {"directory": whole[:start], "cut": whole[: start + 30], "rubbish": whole[:start] + b"\xff" * 200}[kind]

    document = read(data)

    assert document.read == "damaged"
    assert NUMBER in values(document)


def test_nesting_ends() -> None:
    """Four levels are read; what is deeper is named by its archive alone, and said to be too much."""
    assert NUMBER in values(read(nested(4)))

    deep = read(nested(40))

    assert "too_large" in states(deep)
    assert NUMBER not in values(deep)


@pytest.mark.parametrize(
    "data",
    [
        bomb(200),
        overlapping(3_000, 60),
        zipped({f"{number}.zip": bomb(40) for number in range(16)}),
        zipped({f"{number}.txt": b"x" for number in range(30_000)}),
        gzip.compress(bytes(200 * 1024 * 1024), 9),
        gzip.compress(b"a") * 5_000,
    ],
    ids=["zeros", "overlapping", "42", "names", "gzip", "streams"],
)
def test_bombs_are_bounded_and_told(data: bytes) -> None:
    """No more than the budget is unpacked, and the document says that it was not all."""
    budget = Budget()
    began = time.process_time()
    document = read(data, "bomb", budget=budget)

    assert time.process_time() - began < 20
    assert {"too_large", "damaged"} & set(states(document)) or len(data) < 200_000
    assert len(document.members) <= 200
    assert sum(inner.size for _, found in document.within("") for inner in found.files) <= 64 * 1024 * 1024


def test_evil_names_are_only_names() -> None:
    """Paths out of the archive, links and devices are named and never followed."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind in (("../../etc/passwd", tarfile.REGTYPE), ("link", tarfile.SYMTYPE), ("dev", tarfile.CHRTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/shadow"
            archive.addfile(entry)

    assert read(out.getvalue()).members == ("../../etc/passwd", "link", "dev")


def test_same_bytes_same_document() -> None:
    """Two readings are equal."""
    data = zipped({"a.zip": nested(2), "card.vcf": CARD})

    assert read(data) == read(data)
