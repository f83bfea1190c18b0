"""Records the placed files and the content they replaced, so that an exact removal is possible."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from glassdome.core.errors import Conflict
from glassdome.deploy.conf import LineEdit
from glassdome.deploy.options import Options

__all__ = ["HOME", "Manifest", "backup_of", "forget", "keep_backup", "read_manifest", "sha", "write_manifest"]

#: Below mailcow's folder. Holds copies of files with secrets, so only its owner may enter.
HOME: Final = Path("data/conf/llm/.glassdome")
_FILE: Final = HOME / "manifest.json"
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`placed` maps each path to the hash of what we wrote, `blocks` to that of our part in a file of others.

    `new` are the files and `folders` the folders that were not there before.
    """

    version: str
    options: Options
    placed: dict[str, str] = field(default_factory=dict)
    blocks: dict[str, str] = field(default_factory=dict)
    new: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    lines: tuple[LineEdit, ...] = ()


def sha(data: bytes) -> str:
    """Return the hash that tells whether a file was changed."""
    return hashlib.sha256(data).hexdigest()


def backup_of(root: Path, name: str) -> Path:
    """Return where the copy of a file from before lies."""
    return root / HOME / "before" / name


def read_manifest(root: Path) -> Manifest | None:
    """Return the manifest, None where nothing is installed; raises Conflict for one we cannot read."""
    try:
        found: dict[str, Any] = json.loads((root / _FILE).read_text(encoding="utf-8"))
        if found.pop("format") != _FORMAT:
            raise ValueError("another format")
        found["options"] = Options(**found["options"])
        found["lines"] = tuple(LineEdit(**line) for line in found["lines"])
        return Manifest(**found | {"new": tuple(found["new"]), "folders": tuple(found["folders"])})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError) as exc:
        raise Conflict(f"{root / _FILE} cannot be read: {exc}.", fix="It was written by another version?") from exc


def write_manifest(root: Path, manifest: Manifest) -> None:
    """Write it, readable to the owner only."""
    (root / HOME).mkdir(parents=True, exist_ok=True, mode=0o700)
    path = root / _FILE
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        json.dump({"format": _FORMAT} | asdict(manifest), stream, indent=1)
    fresh.replace(path)


def keep_backup(root: Path, name: str, data: bytes) -> None:
    """Keep a file's content from before."""
    path = backup_of(root, name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(data)


def forget(root: Path) -> None:
    """Remove manifest and copies."""
    shutil.rmtree(root / HOME, ignore_errors=True)
