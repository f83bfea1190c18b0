"""Save the database and its key as one file, and bring them back, onto another machine or another kind of database."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from typing import BinaryIO

from glassdome import __version__
from glassdome.bootstrap.backup_file import BackupManifest, BackupReader, BackupWriter
from glassdome.bootstrap.whole_file import whole_file
from glassdome.core.clock import Clock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, Conflict
from glassdome.core.secrets import SecretBox, reveal
from glassdome.store.load import load
from glassdome.store.snapshot import open_snapshot

__all__ = ["make_backup", "restore_backup"]

Counted = Callable[[int], None]


async def make_backup(settings: Settings, stream: BinaryIO, *, clock: Clock, counted: Counted) -> BackupManifest:
    """Write everything that the database holds at this moment, and the key file; the service may go on.

    `counted` hears how many rows were written since it was last called. Raises StoreUnavailable, SchemaMismatch,
    ConfigError where the stream takes no more.
    """
    key = await asyncio.to_thread(_key_of_file, settings)
    writer = BackupWriter(stream)
    try:
        schema = await _save_tables(settings, writer, counted)
    except BaseException:
        writer.abandon()
        raise
    manifest = BackupManifest(
        program=__version__,
        schema=schema,
        made=clock.now().isoformat(),
        rows=writer.rows,
        key=_fingerprint((reveal(settings.secret_key) or "").encode() or key),
    )
    await asyncio.to_thread(writer.close, manifest, key)
    return manifest


async def _save_tables(settings: Settings, writer: BackupWriter, counted: Counted) -> str:
    """Write all tables; return the schema's revision."""
    async with open_snapshot(settings.database) as snapshot:
        async for table in snapshot.tables():
            await writer.add_table(table, counted)
    return snapshot.schema


async def restore_backup(settings: Settings, stream: BinaryIO, *, replace: bool, counted: Counted) -> BackupManifest:
    """Fill the database that the settings name, and write the key file; all of it, or nothing.

    With `replace` the existing data is deleted. Raises ParseError, Conflict, SchemaMismatch, StoreUnavailable, ConfigError.
    """
    reader = await asyncio.to_thread(BackupReader, stream)
    await asyncio.to_thread(_check_key, settings, reader, replace=replace)
    async with aclosing(reader.tables(counted)) as tables:
        place_key = partial(_place_key, settings, reader.key)
        await load(settings.database, reader.manifest.schema, tables, replace=replace, before_commit=place_key)
    return reader.manifest


def _key_of_file(settings: Settings) -> bytes | None:
    """Return the content of the key file; None where a setting gives the key, or nothing was ever sealed."""
    path = settings.key_file
    if settings.secret_key is not None or not path.exists():
        return None
    SecretBox.from_file(path)
    return path.read_bytes()


def _check_key(settings: Settings, reader: BackupReader, *, replace: bool) -> None:
    """Raise before anything is written where the stored passwords could not be read afterwards."""
    wanted, setting = reader.manifest.key, reveal(settings.secret_key)
    if not wanted:
        return
    if setting is not None:
        if _fingerprint(setting.encode()) != wanted:
            raise ConfigError(
                "GLASSDOME_SECRET_KEY is not the key that the passwords in this backup are sealed with.",
                fix="Set it to the key of then" + (", or take it out: the backup has one." if reader.key else "."),
            )
    elif reader.key is None:
        raise ConfigError(
            "The key of this backup's passwords was in the settings, so it is not in the backup.",
            fix="Set GLASSDOME_SECRET_KEY to the key of then.",
        )
    elif settings.key_file.exists() and not replace and settings.key_file.read_bytes() != reader.key:
        raise Conflict(
            f"{settings.key_file} holds another key.", fix="Use another data folder, or --force, which replaces it."
        )


def _place_key(settings: Settings, key: bytes | None) -> None:
    """Write the key file. Called last before the commit, so that rows never lack their key."""
    path = settings.key_file
    if key is None or settings.secret_key is not None or (path.exists() and path.read_bytes() == key):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path, replace=True) as stream:
            stream.write(key)
    except OSError as exc:
        raise ConfigError(f"The key file {path} cannot be written: {exc.strerror}.") from exc


def _fingerprint(key: bytes | None) -> str:
    return hashlib.sha256(key.strip()).hexdigest()[:16] if key else ""
