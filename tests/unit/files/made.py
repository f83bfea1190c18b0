"""Makes office packages for tests, and reads files through the one way in."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from glassdome.files.read import read_file
from glassdome.files.source import Budget, Source
from glassdome.values.document import Document

DATA = Path(__file__).parents[2] / "data" / "files"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = f'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="{R}"'
S = f'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{R}"'


def read_bytes(data: bytes, name: str = "", *, kind: str = "", budget: Budget | None = None, **more: str) -> Document:
    """Read bytes as an attachment of this name; `password` is one that stands in the mail."""
    passwords = tuple(more.values())
    return read_file(Source(data=data, name=name, kind=kind, budget=budget or Budget(), passwords=passwords))


def sample(name: str) -> Document:
    """Read a file of the samples."""
    path = DATA / name
    return read_bytes(path.read_bytes(), path.name)


def words_of(document: Document, where: str = "", *, seen: bool = True) -> str:
    """Return the words of a document at one place, or at all places."""
    found = [item.text for item in document.passages if item.seen is seen and where in ("", item.where)]
    return "\n".join(found)


def zipped(members: dict[str, str | bytes]) -> bytes:
    """Pack members into a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def relations(*items: tuple[str, str, str, bool]) -> str:
    """Write a list of relations: name, kind, target, external."""
    rows = "".join(
        f'<Relationship Id="{name}" Type="{R}/{kind}" Target="{target}"{" TargetMode=" + chr(34) + "External" + chr(34) if external else ""}/>'
        for name, kind, target, external in items
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>'


def docx(body: str, *items: tuple[str, str, str, bool], **members: str | bytes) -> bytes:
    """Make a Word document with this body and these relations."""
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations(("m", "officeDocument", "word/document.xml", False)),
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": relations(*items),
            **{name.replace("__", "/"): content for name, content in members.items()},
        }
    )


def xlsx(sheet: str, *items: tuple[str, str, str, bool], **members: str | bytes) -> bytes:
    """Make a spreadsheet with one sheet and these relations of the workbook."""
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations(("m", "officeDocument", "xl/workbook.xml", False)),
            "xl/workbook.xml": f'<workbook {S}><sheets><sheet name="Orders" sheetId="1" r:id="s1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relations(("s1", "worksheet", "worksheets/sheet1.xml", False), *items),
            "xl/worksheets/sheet1.xml": f"<worksheet {S}>{sheet}</worksheet>",
            **{name.replace("__", "/"): content for name, content in members.items()},
        }
    )
