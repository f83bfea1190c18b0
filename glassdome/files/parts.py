"""Parts of an office package that are no text: pictures, embedded files, macros, and what it loads from elsewhere."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import Final

from glassdome.files.package import Package, Relation
from glassdome.files.read import read_inner
from glassdome.files.source import Source
from glassdome.values.document import FileLink, InnerFile

__all__ = ["embedded_files", "loads_code", "outside_links"]

_PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff")
#: Pictures of one document that are read: each may be searched for codes and words.
MOST_PICTURES: Final = 12
_MOST_FILES: Final = 30
#: Bytes of a picture; smaller ones are bullets and lines.
_LEAST_PICTURE: Final = 256
#: Relations to a file inside.
_FILES: Final = frozenset({"package", "oleObject", "aFChunk", "altChunk", "control", "attachedToolbars"})
#: Relations that load code, or a document that may hold some, when the file is opened.
_RUNS: Final = frozenset({"attachedTemplate", "oleObject", "control", "frame"})


def embedded_files(package: Package, relations: Iterable[Relation], source: Source) -> list[InnerFile]:
    """Read the pictures and files that these relations name, macros too."""
    wanted = {relation.target: relation.kind for relation in relations if not relation.external}
    files = [target for target, kind in wanted.items() if kind in _FILES or kind == "vbaProject"]
    pictures = [name for name, kind in wanted.items() if kind == "image" and name.lower().endswith(_PICTURES)]
    found: list[InnerFile] = []
    for name in [*files[:_MOST_FILES], *pictures[:MOST_PICTURES]]:
        data = package.read(name)
        if len(data) >= _LEAST_PICTURE or (data and name in files):
            inner = read_inner(source, data, posixpath.basename(name))
            found += [inner] if inner else []
    return found


def loads_code(relations: Iterable[Relation]) -> bool:
    """Return whether opening the file loads a template, an object or a frame from elsewhere."""
    return any(relation.external and relation.kind in _RUNS for relation in relations)


def outside_links(relations: Iterable[Relation], known: Iterable[FileLink]) -> list[FileLink]:
    """Return the addresses outside that no words lead to: templates, objects, pictures loaded from elsewhere."""
    urls = {link.url for link in known}
    targets = dict.fromkeys(relation.target for relation in relations if relation.external)
    return [FileLink(url=url) for url in targets if url and url not in urls]
