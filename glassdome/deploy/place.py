"""Installs and removes: compares the present files with the wanted ones, and goes from one to the other, both ways."""

from __future__ import annotations

import os
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from pathlib import Path

from glassdome import __version__
from glassdome.core.errors import Conflict
from glassdome.deploy.blocks import block_of, cut
from glassdome.deploy.conf import own_values, read_values, undo_lines
from glassdome.deploy.manifest import Manifest, backup_of, forget, keep_backup, read_manifest, sha, write_manifest
from glassdome.deploy.options import Options
from glassdome.deploy.parts import CONFIG, MODES, new_values, parts_of, shared_files
from glassdome.deploy.sogo import SOGO
from glassdome.deploy.tree import CONF, open_mailcow

__all__ = ["Change", "Plan", "apply", "changes_sogo", "is_edited", "plan_install", "plan_removal", "take_back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file: its content now and afterwards; None is "no file"."""

    name: str
    now: bytes | None
    then: bytes | None

    @property
    def verb(self) -> str:
        """The change to the file: create, change or remove."""
        if self.now is None:
            return "create"
        return "remove" if self.then is None else "change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The changes to a mailcow folder. `before` is what each file was, `files` what each of ours will be.

    `manifest` is None and `files` empty for a removal.
    """

    root: Path
    changes: tuple[Change, ...]
    manifest: Manifest | None
    before: dict[str, bytes | None]
    values: dict[str, str]
    files: dict[str, bytes] = field(default_factory=dict)


def plan_install(
    root: Path, *, options: Options | None = None, chosen: Mapping[str, list[str]] | None = None, force: bool = False
) -> Plan:
    """Plan an installation, or the renewal of one; `options` None keeps those of before.

    `chosen` adds to GLASSDOME_MAILBOXES and GLASSDOME_DOMAINS. Raises ConfigError, Conflict.
    """
    mailcow = open_mailcow(root)
    old = read_manifest(root)
    options = options or (old.options if old else Options())
    conf = _text(_read(root, str(CONF)))
    values = new_values() | own_values(conf)
    if "GLASSDOME_API_KEYS" in read_values(cut(conf)):
        # The owner's own line stays the one that counts: ours would come after it.
        values.pop("GLASSDOME_API_KEYS")
    for name, items in (chosen or {}).items():
        known = [item for item in values[name].split(",") if item]
        values[name] = ",".join(dict.fromkeys([*known, *items]))
    shared = shared_files(mailcow) | (old.blocks.keys() if old else set())
    before = {name: _before(root, name, old, shared) for name in sorted({*shared, *(old.placed if old else ())})}
    texts = {name: _text(data) for name, data in before.items() if data is not None}
    parts = parts_of(mailcow, texts, options=options, values=values, current=read_values(conf))
    wanted: dict[str, bytes | None] = dict(parts.files)
    kept = _read(root, CONFIG)
    if kept is not None and not (old and CONFIG in old.placed):
        del wanted[CONFIG], parts.files[CONFIG]
    elif kept is not None:
        wanted[CONFIG] = kept
    for name in wanted:
        before.setdefault(name, None)
    for name in (old.placed if old else {}).keys() - wanted.keys():
        wanted[name] = before[name]
    _refuse_foreign(root, {n: d for n, d in wanted.items() if n not in shared}, old, force=force)
    manifest = Manifest(
        version=__version__,
        options=options,
        placed={name: sha(data) for name, data in parts.files.items()},
        blocks={name: sha(_bytes(block_of(_text(parts.files[name])))) for name in shared & parts.files.keys()},
        new=tuple(sorted(name for name in parts.files if before[name] is None)),
        folders=old.folders if old else (),
        lines=parts.lines,
    )
    return Plan(
        root=root,
        changes=_changes(root, wanted),
        manifest=manifest,
        before=before,
        values=values,
        files=parts.files,
    )


def plan_removal(root: Path, *, force: bool = False) -> Plan:
    """Plan to have everything as before; raises Conflict where nothing is installed or our parts were edited."""
    old = read_manifest(root)
    if old is None:
        raise Conflict(f"Glassdome is not installed in {root}.")
    edited = [name for name in sorted(old.placed) if is_edited(root, name, old)]
    if edited and not force:
        raise Conflict(
            f"Changed by hand since the installation: {', '.join(edited)}.",
            fix="Keep a copy if you need it; --force removes them.",
        )
    before = {name: _before(root, name, old, old.blocks.keys()) for name in old.placed}
    values = own_values(_text(_read(root, str(CONF))))
    return Plan(root=root, changes=_changes(root, before), manifest=None, before=before, values=values)


def apply(plan: Plan) -> None:
    """Do it. Copies and manifest come first, so that a crash on the way leaves nothing that cannot be undone."""
    old = read_manifest(plan.root)
    if plan.manifest is not None:
        made = _missing_folders(plan)
        for name, data in plan.before.items():
            if data is not None:
                keep_backup(plan.root, name, data)
        folders = tuple(dict.fromkeys([*(old.folders if old else ()), *made]))
        write_manifest(plan.root, replace(plan.manifest, folders=folders))
    for change in plan.changes:
        _write(plan.root / change.name, change.then, MODES.get(change.name, 0o644))
    if plan.manifest is None:
        forget(plan.root)
        _remove_empty(plan.root, old.folders if old else ())


def changes_sogo(plan: Plan) -> bool:
    """Return whether SOGo must read its script again."""
    return any(change.name == SOGO for change in plan.changes)


def take_back(plan: Plan, old: Manifest | None) -> None:
    """Undo an installation that was just applied: every file, and the manifest, as before it. `old` is that of then."""
    made = read_manifest(plan.root)
    for change in plan.changes:
        _write(plan.root / change.name, change.now, MODES.get(change.name, 0o644))
    if old is not None:
        write_manifest(plan.root, old)
        return
    forget(plan.root)
    _remove_empty(plan.root, made.folders if made else ())


def is_edited(root: Path, name: str, manifest: Manifest) -> bool:
    """Return whether our part of a file was edited since we wrote it; mailcow.conf's part is the owner's to change."""
    data = _read(root, name)
    if data is None or name == str(CONF) or sha(data) == manifest.placed[name]:
        return False
    if name not in manifest.blocks:
        return True
    found = block_of(_text(data))
    return bool(found) and sha(_bytes(found)) != manifest.blocks[name]


# -- inside


def _before(root: Path, name: str, manifest: Manifest | None, shared: Set[str]) -> bytes | None:
    """Return a file as it would be without us: the saved copy if it was not edited since, else the file with our part cut out."""
    data = _read(root, name)
    if manifest and name in manifest.placed:
        if data is None or name not in shared or sha(data) == manifest.placed[name]:
            return None if name in manifest.new else backup_of(root, name).read_bytes()
        text = cut(_text(data))
        if name == str(CONF):
            text = undo_lines(text, manifest.lines)
        return None if name in manifest.new and not text.strip() else _bytes(text)
    return _bytes(cut(_text(data))) if data is not None and name in shared else data


def _refuse_foreign(root: Path, wanted: Mapping[str, bytes | None], old: Manifest | None, *, force: bool) -> None:
    for name in sorted(wanted.keys() - {CONFIG}):
        data = _read(root, name)
        if data is None or data == wanted[name] or force:
            continue
        if old is None or name not in old.placed:
            raise Conflict(f"{name} is there already and is not ours.", fix="Move it away, or use --force.")
        if sha(data) != old.placed[name]:
            raise Conflict(f"{name} was changed by hand.", fix="Keep a copy if you need it; --force replaces it.")


def _changes(root: Path, wanted: Mapping[str, bytes | None]) -> tuple[Change, ...]:
    found = (Change(name=name, now=_read(root, name), then=wanted[name]) for name in sorted(wanted))
    return tuple(change for change in found if change.now != change.then)


def _remove_empty(root: Path, folders: tuple[str, ...]) -> None:
    for folder in sorted(folders, key=len, reverse=True):
        if (root / folder).is_dir() and not any((root / folder).iterdir()):
            (root / folder).rmdir()


def _missing_folders(plan: Plan) -> list[str]:
    needed = {parent for c in plan.changes if c.then is not None for parent in Path(c.name).parents}
    return sorted(str(folder) for folder in needed if not (plan.root / folder).exists())


def _read(root: Path, name: str) -> bytes | None:
    path = root / name
    return path.read_bytes() if path.is_file() else None


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _write(path: Path, data: bytes | None, mode: int) -> None:
    """Write in place: mailcow mounts some of these files one by one, and a new inode would not be seen inside."""
    if data is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as stream:
        stream.write(data)
