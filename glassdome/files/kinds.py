"""Tells the kinds of zip files apart: Office Open XML, OpenDocument, a pass of a wallet, or a mere archive."""

from __future__ import annotations

import zipfile
from typing import Final

from glassdome.parse.archive import open_zip, read_member
from glassdome.parse.state import ParseState

__all__ = ["exact_kind"]

_ZIP: Final = "application/zip"
_WALLET: Final = "application/vnd.apple.pkpass"
_TYPES: Final = "[content_types].xml"
_OOXML: Final = "application/vnd.openxmlformats-officedocument."
#: Folders of the main part, and the kind. A file that hides its main part elsewhere has the folder all the same.
_FOLDERS: Final = (
    ("word/", _OOXML + "wordprocessingml.document"),
    ("xl/", _OOXML + "spreadsheetml.sheet"),
    ("ppt/", _OOXML + "presentationml.presentation"),
)
_BINARY_SHEET: Final = "application/vnd.ms-excel.sheet.binary.macroEnabled.12"
_ODF: Final = ("application/vnd.oasis.opendocument.", "application/vnd.sun.xml.")


def exact_kind(data: bytes, kind: str) -> str:
    """Return the media type of an office file or a pass for a zip that is one; any other kind as it came."""
    archive = open_zip(data, ParseState()) if kind == _ZIP else None
    if archive is None:
        return kind
    names = [name.lower().replace("\\", "/").lstrip("/") for name in archive.namelist()]
    if _TYPES in names:
        return _of_ooxml(names)
    if "pass.json" in names:
        return _WALLET
    return _of_odf(archive) if "mimetype" in names else kind


def _of_ooxml(names: list[str]) -> str:
    if "xl/workbook.bin" in names:
        return _BINARY_SHEET
    return next((kind for folder, kind in _FOLDERS if any(name.startswith(folder) for name in names)), _ZIP)


def _of_odf(archive: zipfile.ZipFile) -> str:
    said = read_member(archive, "mimetype", 100, ParseState()).decode("ascii", "replace").strip()
    return said if said.startswith(_ODF) else _ZIP
