"""The one table of readers: which kind of file is read by which module."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from glassdome.files.source import Reader

__all__ = ["READERS", "reader_of", "reads"]

#: Media type, or its beginning with a slash at the end, and the module under `glassdome.files` whose `read` reads it.
READERS: Final[dict[str, str]] = {
    "text/x-drawn-code": "text_art",
    "text/x-glassdome-meaning": "meaning",
    "application/gzip": "archive",
    "application/vnd.ms-cab-compressed": "archive",
    "application/vnd.rar": "archive",
    "application/x-7z-compressed": "archive",
    "application/x-bzip2": "archive",
    "application/x-lzh": "archive",
    "application/x-tar": "archive",
    "application/x-xz": "archive",
    "application/zip": "archive",
    "application/zstd": "archive",
    "application/pkcs7-mime": "smime",
    "application/x-pkcs7-mime": "smime",
    "application/vnd.apple.pkpass": "pkpass",
    "message/": "mail",
    "text/calendar": "ics",
    "text/x-vcalendar": "ics",
    "text/vcard": "vcard",
    "text/x-vcard": "vcard",
    "text/directory": "vcard",
    "text/xml": "einvoice",
    "application/pdf": "pdf",
    "image/": "image",
    # Office.
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "ooxml",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "ooxml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "sheet",
    "application/vnd.oasis.opendocument.text": "odf",
    "application/vnd.oasis.opendocument.text-template": "odf",
    "application/vnd.oasis.opendocument.text-master": "odf",
    "application/vnd.oasis.opendocument.text-web": "odf",
    "application/vnd.oasis.opendocument.spreadsheet": "odf",
    "application/vnd.oasis.opendocument.spreadsheet-template": "odf",
    "application/vnd.oasis.opendocument.presentation": "odf",
    "application/vnd.oasis.opendocument.presentation-template": "odf",
    "application/vnd.oasis.opendocument.graphics": "odf",
    "application/vnd.oasis.opendocument.graphics-template": "odf",
    "application/vnd.ms-excel.sheet.binary.macroEnabled.12": "xlsb",
    "application/x-ole-storage": "ole",
    "application/msword": "ole",
    "application/vnd.ms-excel": "ole",
    "application/vnd.ms-powerpoint": "ole",
    "application/vnd.ms-outlook": "ole",
    "application/encrypted": "ole",
    "application/x-msi": "ole",
    "application/rtf": "rtf",
    "text/rtf": "rtf",
    "application/vnd.ms-tnef": "tnef",
    "application/ms-tnef": "tnef",
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/x-ms-shortcut": "lnk",
    "application/onenote": "onenote",
    "application/x-iso9660-image": "disk",
    "application/x-raw-disk-image": "disk",
    "application/x-vhd": "disk",
    "application/x-vhdx": "disk",
    "text/html": "page",
    "text/": "page",
    "image/svg+xml": "page",
    "application/xhtml+xml": "page",
    "application/vnd.sun.xml.writer": "odf",
    "application/vnd.sun.xml.calc": "odf",
    "application/vnd.sun.xml.impress": "odf",
}
#: Endings of names for kinds that bytes do not tell apart from plain text, or from nothing at all.
NAMES: Final[dict[str, str]] = {
    ".eml": "mail",
    ".email": "mail",
    ".mbox": "mail",
    ".p7m": "smime",
    ".ics": "ics",
    ".ical": "ics",
    ".vcs": "ics",
    ".vcf": "vcard",
    ".vcard": "vcard",
    ".xml": "einvoice",
    ".csv": "csv",
    ".tsv": "csv",
    ".img": "disk",
    ".ima": "disk",
    ".iso": "disk",
    ".vhd": "disk",
}


#: Kinds that are found by looking into a file of another kind, by their beginnings.
_WITHIN: Final = {
    "application/zip": (
        "application/vnd.openxmlformats-",
        "application/vnd.oasis.opendocument.",
        "application/vnd.ms-excel.sheet.",
        "application/java-archive",
        "application/vnd.android.package-archive",
    ),
    "application/x-ole-storage": ("application/msword", "application/vnd.ms-", "application/encrypted"),
}


def reader_of(kind: str, name: str) -> Reader | None:
    """Return the reader for this kind, loaded when first needed; None where no reader fits."""
    module = _module_of(kind, name)
    if module is None:
        return None
    found: Reader = import_module(f"glassdome.files.{module}").read
    return found


def reads(kind: str, name: str) -> bool:
    """Return whether a file may have a reader, by what is known of it before its bytes are looked at."""
    wider = (outer for outer, kinds in _WITHIN.items() if kind.startswith(kinds))
    return any(_module_of(each, name) for each in (kind, *wider))


def _module_of(kind: str, name: str) -> str | None:
    ending = "." + name.lower().rstrip(". ").rpartition(".")[2]
    module = NAMES.get(ending) if kind in ("", "text/plain", "application/octet-stream") else None
    return module or READERS.get(kind) or READERS.get(kind.partition("/")[0] + "/")
