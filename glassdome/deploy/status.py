"""Compares an installation with its manifest: intact files, drifted ones, and changes by others around ours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from glassdome import __version__
from glassdome.core.errors import Conflict
from glassdome.deploy.blocks import block_of
from glassdome.deploy.conf import PROFILE, read_values
from glassdome.deploy.manifest import Manifest, read_manifest, sha
from glassdome.deploy.parts import CONFIG
from glassdome.deploy.place import is_edited
from glassdome.deploy.tree import CONF, override_of

__all__ = ["FileState", "FileStatus", "drift", "file_states", "installed"]


class FileState(StrEnum):
    """The state of a file compared with the one that was placed."""

    PLACED = "as placed"
    AROUND = "changed around our part"
    EDITED = "our part was edited"
    LOST = "our part is gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStatus:
    """One file."""

    name: str
    state: FileState

    @property
    def is_well(self) -> bool:
        """Return whether the file works; the owner may edit config.yml."""
        return self.state in (FileState.PLACED, FileState.AROUND) or (
            self.name == CONFIG and self.state is FileState.EDITED
        )


def installed(root: Path) -> Manifest:
    """Return the manifest; raises Conflict where nothing is installed."""
    manifest = read_manifest(root)
    if manifest is None:
        raise Conflict(f"Glassdome is not installed in {root}.", fix="Run glassdome mailcow install.")
    return manifest


def file_states(root: Path, manifest: Manifest) -> tuple[FileStatus, ...]:
    """Return every placed file and how it fares."""
    return tuple(FileStatus(name=name, state=_state(root, name, manifest)) for name in sorted(manifest.placed))


def drift(root: Path, manifest: Manifest) -> tuple[str, ...]:
    """Return, as sentences, what no file tells: an older version, the profile switched off."""
    found = []
    if manifest.version != __version__:
        found.append(f"placed by version {manifest.version}, this is {__version__}: run glassdome mailcow upgrade")
    values = read_values((root / CONF).read_text(encoding="utf-8", errors="replace"))
    if PROFILE not in values.get("COMPOSE_PROFILES", "").split(","):
        found.append("COMPOSE_PROFILES has no llm: mailcow's update will not start Glassdome again")
    override = override_of(root, values)
    if override not in manifest.placed:
        found.append(f"compose reads {override} now, without Glassdome's services: run glassdome mailcow upgrade")
    return tuple(found)


def _state(root: Path, name: str, manifest: Manifest) -> FileState:
    path = root / name
    if not path.is_file():
        return FileState.LOST
    data = path.read_bytes()
    if sha(data) == manifest.placed[name]:
        return FileState.PLACED
    if name in manifest.blocks and not block_of(data.decode("utf-8", "surrogateescape")):
        return FileState.LOST
    return FileState.EDITED if is_edited(root, name, manifest) else FileState.AROUND
