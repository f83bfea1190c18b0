"""All words of a file that leaves the house, packed ones too."""

from __future__ import annotations

import bz2
import gzip
import tarfile
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from glassdome.core.limits import MAX_OUTGOING_INFLATED_BYTES
from glassdome.parse import texts_of_file

WORDS = b"the words"


def zipped(**files: bytes) -> bytes:
    """Return a zip; `__` stands for a slash and a single `_` for a dot."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return file.getvalue()


def tarred(content: bytes) -> bytes:
    """Return a tar with a file in a folder."""
    file = BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("folder"))
        info = tarfile.TarInfo("folder/a.txt")
        info.size = len(content)
        archive.addfile(info, BytesIO(content))
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        WORDS,
        b"\xff\xfe" + WORDS.decode().encode("utf-16-le"),
        b"x " * 100_000 + WORDS,
        zipped(a_txt=WORDS),
        zipped(b_zip=zipped(a_txt=WORDS)),
        gzip.compress(WORDS, mtime=0),
        bz2.compress(tarred(WORDS)),
        tarred(WORDS),
        zipped(word__document_xml=b"<w:p><w:r><w:t>the wo</w:t></w:r><w:r><w:t>rds</w:t></w:r></w:p>"),
        zipped(xl__worksheets__sheet1_xml=b"<c t='inlineStr'><is><t>the words</t></is></c>"),
        zipped(pictures=b"\x89PNG\0" * 2_000, last_txt=WORDS),
    ],
)
def test_words_are_found(data: bytes) -> None:
    """To the end of each file, however it is packed."""
    assert any(WORDS.decode() in text for text in texts_of_file(data))


def test_cells_are_words_of_their_own() -> None:
    """Amounts side by side make no card number."""
    row = b"<c><v>4111</v></c><c><v>1111</v></c><c><v>1111</v></c><c><v>1111</v></c>"
    assert not any("41111111" in text for text in texts_of_file(zipped(xl__worksheets__sheet1_xml=row)))


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", zipped(a_txt=WORDS)[:-9], gzip.compress(WORDS, mtime=0)[:-9], tarred(WORDS)[:700]]
)
def test_damaged_files_are_no_error(data: bytes) -> None:
    """They give what they give."""
    assert all(isinstance(text, str) for text in texts_of_file(data))


def test_a_bomb_is_unpacked_in_part() -> None:
    """The budget is one for the whole file."""
    bomb = zipped(**{f"f{number}_txt": b"a" * (MAX_OUTGOING_INFLATED_BYTES // 4) for number in range(6)})

    assert sum(map(len, texts_of_file(bomb))) <= MAX_OUTGOING_INFLATED_BYTES + len(bomb)
