"""OpenDocument files (ISO/IEC 26300): texts, spreadsheets, presentations and drawings."""

from __future__ import annotations

import posixpath
from typing import Final

from glassdome.core.limits import MAX_LINKS
from glassdome.files.grid import MOST_FACTS
from glassdome.files.odfml import OdfSink
from glassdome.files.package import Package
from glassdome.files.read import read_inner
from glassdome.files.source import Source
from glassdome.files.xml import Sink
from glassdome.values.document import Document, InnerFile, Passage
from glassdome.values.fact import Fact

__all__ = ["read"]

_MOST_FILES: Final = 20
#: Folders of macros.
_MACROS: Final = ("basic/", "scripts/")


def read(source: Source) -> Document:
    """Read an OpenDocument file; one that is encrypted has its names alone."""
    package = Package(source.data, source.budget)
    manifest = _Manifest()
    package.take_xml(package.read("META-INF/manifest.xml"), manifest)
    if manifest.encrypted:
        return Document(kind=source.kind, read="encrypted", encrypted=True)
    # Headers and footers of a text stand in its styles; those of slides and sheets hold placeholders alone.
    parts = ("styles.xml", "content.xml") if "text" in source.kind or "writer" in source.kind else ("content.xml",)
    sinks = [_part(package, name, source) for name in parts]
    return _document(package, source, [sink for sink, _ in sinks], all(whole for _, whole in sinks))


class _Manifest(Sink):
    def __init__(self) -> None:
        self.encrypted = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.encrypted = self.encrypted or tag in ("encryption-data", "encrypted-key")


def _part(package: Package, name: str, source: Source) -> tuple[OdfSink, bool]:
    sink = OdfSink(source.budget)
    data = package.read(name)
    return sink, not data or package.take_xml(data, sink)


def _document(package: Package, source: Source, sinks: list[OdfSink], whole: bool) -> Document:
    words = [item for sink in sinks for item in sink.done]
    grids = [grid for sink in sinks for grid in sink.grids]
    passages = [passage for grid in grids for passage in grid.passages(source.budget)]
    passages += [passage for item in words for passage in item.passages()]
    passages += _objects(package, sinks, source)
    files = _files(package, sinks, source)
    macros = any(name.lower().startswith(_MACROS) and not name.endswith(("/", ".xml")) for name in package.names)
    whole = whole and not package.damaged and package.has("content.xml")
    return Document(
        kind=source.kind,
        read="yes" if whole else "damaged",
        problem=("bounds" if package.cut else "") if whole else "damaged",
        pages=max(len(grids), *(sink.slides for sink in sinks)),
        passages=tuple(passages),
        links=tuple(link for item in words for link in item.links)[:MAX_LINKS],
        facts=_facts(sinks),
        files=tuple(files),
        members=tuple(item.name for item in files),
        is_active=macros or _has_basic(package) or any(sink.runs for sink in sinks),
    )


def _has_basic(package: Package) -> bool:
    """Return whether a Basic library has a module; every file made with macros allowed has empty libraries."""
    modules = [name for name in package.names if name.startswith("Basic/") and name.endswith(".xml")]
    return any(not name.endswith(("script-lb.xml", "script-lc.xml", "dialog-lb.xml")) for name in modules)


def _facts(sinks: list[OdfSink]) -> tuple[Fact, ...]:
    found: list[Fact] = []
    for sink in sinks:
        for grid in sink.grids:
            found += grid.facts(MOST_FACTS - len(found))
    return tuple(found)


def _files(package: Package, sinks: list[OdfSink], source: Source) -> list[InnerFile]:
    """Read the pictures and objects that the content shows."""
    wanted = dict.fromkeys(name for sink in sinks for name in sink.objects)
    found: list[InnerFile] = []
    for name in [name for name in wanted if package.has(name)][:_MOST_FILES]:
        data = package.read(name)
        inner = read_inner(source, data, posixpath.basename(name)) if data else None
        found += [inner] if inner else []
    return found


def _objects(package: Package, sinks: list[OdfSink], source: Source) -> list[Passage]:
    """Return the words of the charts, formulas and sheets inside, each a folder of its own."""
    names = [f"{name.rstrip('/')}/content.xml" for sink in sinks for name in sink.objects]
    parts = [_part(package, name, source)[0] for name in dict.fromkeys(names) if package.has(name)]
    return [passage for part in parts[:_MOST_FILES] for item in part.done for passage in item.passages()]
