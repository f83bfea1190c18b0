"""Binary spreadsheets: xls and xlsb, their cells by calamine, whose tables are as large as a sheet claims to be."""

from __future__ import annotations

from datetime import date, time, timedelta
from io import BytesIO
from typing import Any, Final

from glassdome.core.limits import MAX_LINKS
from glassdome.files.biff import area_of_binary_sheet
from glassdome.files.grid import MOST_CELLS, MOST_FACTS, Grid
from glassdome.files.numbers import iso, plain
from glassdome.files.package import Package
from glassdome.files.parts import embedded_files, outside_links
from glassdome.files.source import Budget, Source
from glassdome.values.document import Document, Passage
from glassdome.values.fact import Fact

__all__ = ["SheetCells", "read", "read_cells"]

#: Cells of the rectangle that a sheet spans: each costs memory, filled or not.
MOST_AREA: Final = 2_000_000


class SheetCells:
    """The sheets of a workbook as words and facts."""

    def __init__(self) -> None:
        self.passages: list[Passage] = []
        self.facts: list[Fact] = []
        self.pages = 0
        self.cut = self.macro_sheets = False


def read(source: Source) -> Document:
    """Read an xlsb."""
    package = Package(source.data, source.budget)
    sheets = [name for name in package.names if name.lower().endswith(".bin") and "sheets/" in name.lower()]
    area = max((area_of_binary_sheet(package.read(name)) for name in sheets), default=0)
    found = read_cells(source.data, source.budget) if area <= MOST_AREA else SheetCells()
    relations = [item for name in ("xl/workbook.bin", *sheets) for item in package.relations(name)]
    files = embedded_files(package, relations, source)
    macros = any("macrosheets/" in name.lower() or name.lower().endswith("vbaproject.bin") for name in package.names)
    return Document(
        kind=source.kind,
        problem="bounds" if found.cut or area > MOST_AREA else "",
        pages=found.pages,
        passages=tuple(found.passages),
        links=tuple(outside_links(relations, ()))[:MAX_LINKS],
        facts=tuple(found.facts),
        files=tuple(files),
        members=tuple(item.name for item in files),
        is_active=macros,
    )


def read_cells(data: bytes, budget: Budget) -> SheetCells:
    """Read the cells of a workbook whose area is bounded."""
    found = SheetCells()
    try:
        _read(data, budget, found)
    except BaseException as exc:
        # A panic of the library is no `Exception`, and would end the process that reads.
        if type(exc).__name__ == "PanicException":
            raise ValueError("panic") from None
        raise
    return found


def _read(data: bytes, budget: Budget, found: SheetCells) -> None:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(BytesIO(data))
    room = MOST_CELLS
    found.pages = len(book.sheets_metadata)
    for number, sheet in enumerate(book.sheets_metadata[:200]):
        found.macro_sheets = found.macro_sheets or sheet.typ == SheetTypeEnum.MacroSheet
        if sheet.typ == SheetTypeEnum.WorkSheet:
            grid = Grid(sheet.name, sheet.visible == SheetVisibleEnum.Visible)
            room = _fill(grid, book.get_sheet_by_index(number), room)
            found.passages += grid.passages(budget)
            found.facts += grid.facts(MOST_FACTS - len(found.facts))
    found.cut = room < 0


def _fill(grid: Grid, sheet: Any, room: int) -> int:
    top, left = sheet.start or (0, 0)
    for row, cells in enumerate(sheet.iter_rows(), top):
        for column, value in enumerate(cells, left):
            if value != "":
                grid.put(row, column, _text(value), is_number=isinstance(value, int | float) and value is not True)
                room -= 1
        if room < 0:
            break
    return room


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return plain(float(value))
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    return iso(value) if isinstance(value, date | time) else str(value)
