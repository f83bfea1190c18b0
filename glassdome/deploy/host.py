"""Facts about the machine that an installation must fit: cores, memory, free disk."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["GIB", "Host", "this_host"]

GIB: Final = 1024**3
_MEMORY: Final = Path("/proc/meminfo")
_TOTAL: Final = re.compile(r"^MemTotal:\s+(\d+) kB", re.MULTILINE)
_DOCKER: Final = Path("/var/lib/docker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """`cores` as Docker counts them, `memory` and `free_disk` in bytes; 0 is unknown."""

    cores: int
    memory: int
    free_disk: int


def this_host() -> Host:
    """Read the facts of this machine."""
    match = _TOTAL.search(_MEMORY.read_text(encoding="ascii")) if _MEMORY.exists() else None
    folder = _DOCKER if _DOCKER.exists() else Path("/")
    return Host(
        cores=os.cpu_count() or 0,
        memory=int(match[1]) * 1024 if match else 0,
        free_disk=shutil.disk_usage(folder).free,
    )
