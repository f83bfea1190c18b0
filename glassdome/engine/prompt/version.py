"""Prompt versions: files whose name and hash are stored with every analysis they led to."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from glassdome.core.errors import ConfigError

__all__ = ["READING", "REPLY", "THREAD", "PromptVersion", "load_version"]

#: The versions in use.
READING: Final = "reading-1"
REPLY: Final = "reply-1"
THREAD: Final = "thread-1"
_HASH_CHARS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptVersion:
    """The constant instructions; `repair` is what follows after an answer that could not be used."""

    name: str
    system: str
    repair: str

    def id(self, schema: Mapping[str, Any]) -> str:
        """Return name and hash, such as `reading-1-3f2a91bc`: another wording or another schema is another version."""
        whole = json.dumps([self.system, self.repair, schema], ensure_ascii=False)
        return f"{self.name}-{hashlib.sha256(whole.encode()).hexdigest()[:_HASH_CHARS]}"


@cache
def load_version(name: str) -> PromptVersion:
    """Read a version's file; raises ConfigError when there is none or it lacks a part."""
    try:
        text = files("glassdome.engine.prompt").joinpath("versions", f"{name}.toml").read_text(encoding="utf-8")
        found = tomllib.loads(text)
        return PromptVersion(name=found["name"], system=found["system"].strip(), repair=found["repair"].strip())
    except (OSError, KeyError, tomllib.TOMLDecodeError) as exc:
        raise ConfigError(f"There is no usable prompt version {name!r}.") from exc
