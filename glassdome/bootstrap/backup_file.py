"""The file of a backup: a zip with one member of JSON lines per table, the key, and a manifest, which comes last."""

from __future__ import annotations

import asyncio
import json
import zipfile
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import IO, Any, BinaryIO, Final

from glassdome.core.errors import ConfigError, ParseError
from glassdome.store.snapshot import Row, TableRows

__all__ = ["BackupManifest", "BackupReader", "BackupWriter"]

FORMAT: Final = 1
_KEY, _MANIFEST, _TABLES = "secret.key", "manifest.json", "tables/"
#: Lines parsed at once; a line is one row.
_BATCH: Final = 500
#: Bytes a line may have: the longest column of MariaDB holds 16 MiB, and JSON doubles some of it.
_LONGEST_LINE: Final = 64 * 2**20
#: Errors of `zipfile` and `json` for a file that is no backup, or a damaged one.
_UNREADABLE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    EOFError,
    RuntimeError,
)
_NOT_WHOLE: Final = "Was the file copied whole? Nothing was changed."


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupManifest:
    """`made` is RFC 3339, `rows` counts those of each table, `key` is a fingerprint of the key of stored passwords."""

    program: str
    schema: str
    made: str
    rows: dict[str, int]
    key: str


class BackupWriter:
    """Writes tables as they come."""

    def __init__(self, stream: BinaryIO) -> None:
        """`stream` need not be seekable."""
        self._zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self.rows = dict[str, int]()

    async def add_table(self, table: TableRows, counted: Callable[[int], None]) -> None:
        """Write one table; `counted` hears of each batch of rows. Raises ConfigError when the disk is full."""
        self.rows[table.name] = 0
        member = _member(f"{_TABLES}{table.name}.jsonl")
        entry = await asyncio.to_thread(self._zip.open, member, "w", force_zip64=True)
        try:
            await asyncio.to_thread(_write, entry, [table.columns])
            async for batch in table.batches:
                await asyncio.to_thread(_write, entry, batch)
                self.rows[table.name] += len(batch)
                counted(len(batch))
        finally:
            await asyncio.to_thread(entry.close)

    def close(self, manifest: BackupManifest, key: bytes | None) -> None:
        """Write the rest."""
        try:
            if key is not None:
                self._zip.writestr(_member(_KEY), key)
            self._zip.writestr(_member(_MANIFEST), json.dumps({"format": FORMAT} | asdict(manifest), indent=1))
            self._zip.close()
        except OSError as exc:
            raise _cannot_write(exc) from exc

    def abandon(self) -> None:
        """Give up a file that is not whole; otherwise the archive writes its end into a closed stream when collected."""
        self._zip.fp = None


class BackupReader:
    """Reads a backup that was found whole."""

    def __init__(self, stream: BinaryIO) -> None:
        """Check every byte; `stream` is seekable. Raises ParseError for a damaged file and for none of ours."""
        try:
            self._zip = zipfile.ZipFile(stream)
            damaged = self._zip.testzip()
            self.manifest = _manifest(json.loads(self._zip.read(_MANIFEST)))
            self.key = self._zip.read(_KEY) if _KEY in self._zip.namelist() else None
        except _UNREADABLE as exc:
            raise ParseError(f"This is no backup of Glassdome, or half of one: {exc}.", fix=_NOT_WHOLE) from exc
        if damaged is not None:
            raise ParseError(f"The backup is damaged: {damaged} is not as it was written.", fix=_NOT_WHOLE)

    async def tables(self, counted: Callable[[int], None]) -> AsyncGenerator[TableRows]:
        """Yield each table of the manifest; raises ParseError where the rows are not those that were counted."""
        for name, expected in self.manifest.rows.items():
            entry = await asyncio.to_thread(self._zip.open, f"{_TABLES}{name}.jsonl")
            columns = tuple((await asyncio.to_thread(_read, entry, 1))[0])
            yield TableRows(name=name, columns=columns, batches=_batches(entry, name, len(columns), expected, counted))


async def _batches(
    entry: IO[bytes], name: str, width: int, expected: int, counted: Callable[[int], None]
) -> AsyncIterator[Sequence[Row]]:
    found = 0
    while rows := await asyncio.to_thread(_read, entry, _BATCH):
        if any(len(row) != width for row in rows):
            raise ParseError(f"The backup's {name} has a row of another width.", fix=_NOT_WHOLE)
        found += len(rows)
        counted(len(rows))
        yield rows
    if found != expected:
        raise ParseError(f"The backup's {name} has {found} rows instead of {expected}.", fix=_NOT_WHOLE)


def _write(entry: IO[bytes], rows: Sequence[Sequence[Any]]) -> None:
    text = "".join(json.dumps(list(row), ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    try:
        entry.write(text.encode())
    except OSError as exc:
        raise _cannot_write(exc) from exc


def _read(entry: IO[bytes], count: int) -> list[list[Any]]:
    found: list[list[Any]] = []
    while len(found) < count and (line := entry.readline(_LONGEST_LINE)):
        found.append(json.loads(line))
    return found


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    return member


def _manifest(found: dict[str, Any]) -> BackupManifest:
    if found.pop("format") != FORMAT:
        raise ValueError("a newer version of Glassdome wrote it in another format")
    return BackupManifest(**found)


def _cannot_write(exc: OSError) -> ConfigError:
    return ConfigError(f"The backup cannot be written: {exc.strerror or exc}.")
