"""Binary spreadsheets of Office Open XML, written by their specification (MS-XLSB)."""

from __future__ import annotations

import struct

from tests.unit.files.made import read_bytes, relations, words_of, zipped


def _record(kind: int, data: bytes = b"") -> bytes:
    return _packed(kind) + _packed(len(data)) + data


def _packed(value: int) -> bytes:
    return bytes([value]) if value < 0x80 else bytes([value & 0x7F | 0x80, value >> 7])


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _xlsb(*cells: tuple[int, int, str | float]) -> bytes:
    """Write a workbook of one sheet with these cells: row, column, value."""
    book = _record(0x83) + _record(0x8F) + _record(0x9C, struct.pack("<II", 0, 1) + _text("s1") + _text("Orders"))
    book += _record(0x90) + _record(0x84)
    sheet = _record(0x81) + _record(0x94, struct.pack("<IIII", 0, 9, 0, 9)) + _record(0x91)
    for row, column, value in cells:
        head = struct.pack("<II", column, 0)
        sheet += _record(0, struct.pack("<I", row) + bytes(13))
        sheet += (
            _record(6, head + _text(value)) if isinstance(value, str) else _record(5, head + struct.pack("<d", value))
        )
    sheet += _record(0x92) + _record(0x82)
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": relations(("s1", "worksheet", "worksheets/sheet1.bin", False)),
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def test_cells_of_a_binary_workbook() -> None:
    """Words and numbers stand in lines, with their sheet's name."""
    found = read_bytes(_xlsb((0, 0, "Paper"), (0, 1, 842.5), (1, 0, "Transport")))

    assert words_of(found, "sheet Orders") == "Paper\t842.5\nTransport"
    assert found.read == "yes"


def test_a_binary_sheet_that_claims_all_cells_is_bounded() -> None:
    """Two cells in the corners cost two cells."""
    assert words_of(read_bytes(_xlsb((0, 0, "a"), (1_048_575, 16_383, "b")))) == "a\nb"


def test_truncated_workbooks_never_raise() -> None:
    """A workbook that ends early is read as far as it goes."""
    data = _xlsb((0, 0, "Paper"))

    assert {read_bytes(data[:size]).read for size in range(30, len(data), 31)} <= {"damaged", "unsupported"}
