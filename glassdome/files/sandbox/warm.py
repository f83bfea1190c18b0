"""Loads everything that readers may need, before the doors close: afterwards no file can be opened, not even a module."""

from __future__ import annotations

import ast
import encodings
import pkgutil
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from glassdome import files
from glassdome.core.shipped import load_shipped

__all__ = ["warm_up"]

#: Modules that libraries and Python itself import when they are first needed.
_LATE: Final = (
    "_strptime",
    "encodings.idna",
    "html.entities",
    "idna.uts46data",
    "stringprep",
    "unicodedata",
    "xml.etree.ElementTree",
    "xml.parsers.expat",
)
#: Codecs of other systems, which ask for a library that is not there.
_NOT_HERE: Final = ("mbcs", "oem")
#: The reader that has a child of its own.
_MEANING: Final = "meaning"
_kept: Final[list[object]] = []


def warm_up(*, words: bool = False) -> None:
    """Import the readers and what they import later, and call `warm` of those that have one.

    For `words` that is the reader of meaning alone, which the others leave out: each child would hold the encoder.
    """
    for name in _LATE:
        import_module(name)
    for codec in pkgutil.iter_modules(encodings.__path__):
        if codec.name not in _NOT_HERE:
            import_module(f"encodings.{codec.name}")
    for reader in list(_readers(words=words)):
        getattr(reader, "warm", _nothing)()
    load_shipped()
    if not words:
        _load_data()


def _nothing() -> None:
    """Do nothing."""


def _readers(*, words: bool) -> Iterator[Any]:
    """Yield the modules of `glassdome.files`; one whose library is missing here is left out."""
    for found in pkgutil.iter_modules(files.__path__):
        if found.ispkg or (found.name == _MEANING) is not words:
            continue
        with suppress(ImportError):
            module = import_module(f"glassdome.files.{found.name}")
            _import_late(module)
            yield module


def _import_late(module: Any) -> None:
    """Import what a module imports inside its functions."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            # A missing library, or a name that is no module; libarchive says so in a way of its own.
            with suppress(ImportError, AttributeError, OSError, TypeError):
                import_module(name)


def _load_data() -> None:
    """Load what libraries read from files when they are asked: time zones, formats of pictures, numbering plans."""
    _kept.extend(ZoneInfo(name) for name in available_timezones())
    with suppress(ImportError):
        import_module("PIL.Image").init()
    import_module("phonenumbers").PhoneMetadata.load_all()
