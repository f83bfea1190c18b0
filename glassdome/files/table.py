"""The one table of readers: which kind of file is read by which module."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from glassdome.files.source import Reader, Source

__all__ = ["READERS", "reader_of"]

#: Media type, or its beginning with a slash at the end, and the module under `glassdome.files` whose `read` reads it.
READERS: Final[dict[str, str]] = {
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
}


def reader_of(kind: str, source: Source) -> Reader | None:
    """Return the reader for this kind, loaded when first needed; None where nobody reads it."""
    ending = "." + source.name.lower().rstrip(". ").rpartition(".")[2]
    family = kind.partition("/")[0] + "/"
    module = NAMES.get(ending) if kind in ("", "text/plain", "application/octet-stream") else None
    module = module or READERS.get(kind) or READERS.get(family)
    if module is None:
        return None
    found: Reader = import_module(f"glassdome.files.{module}").read
    return found
