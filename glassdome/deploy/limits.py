"""Compare the limits that mailcow.conf sets for our services with the host."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from glassdome.deploy.findings import Finding, Level
from glassdome.deploy.host import GIB, Host
from glassdome.deploy.options import Options

__all__ = ["limit_findings"]

#: Defaults of the compose file.
_MEMORY: Final = {"GLASSDOME_MEMORY": "1g", "OLLAMA_MEMORY": "8g"}
_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)([bkmg]?)b?", re.IGNORECASE)
_UNITS: Final = {"": 1, "b": 1, "k": 1024, "m": 1024**2, "g": GIB}
#: Bytes for an image with its layers.
_IMAGE: Final = 2 * GIB
#: Bytes for Ollama's image and a small model.
_MODEL: Final = 8 * GIB


def limit_findings(options: Options, values: Mapping[str, str], host: Host) -> Iterator[Finding]:
    """Yield a finding for each limit: cores, memory, disk."""
    services = ("GLASSDOME", "OLLAMA") if options.ollama else ("GLASSDOME",)
    for service in services:
        yield _cores(f"{service}_CPUS", values, host)
    yield _memory([f"{service}_MEMORY" for service in services], values, host)
    yield _disk(_IMAGE + (_MODEL if options.ollama else 0), host)


def _cores(name: str, values: Mapping[str, str], host: Host) -> Finding:
    value = values.get(name) or "0"
    try:
        wanted = float(value)
    except ValueError:
        return Finding(Level.FAIL, f"{name}={value} is no number.", f"Set a number up to {host.cores}, or remove it.")
    if wanted > host.cores > 0:
        return Finding(
            Level.FAIL,
            f"{name}={value}, but this host has {host.cores} cores: compose would start none of mailcow's services.",
            f"Set it to {host.cores} at most, or remove it.",
        )
    return Finding(Level.OK, f"{name}: {value if wanted else 'no limit'} of {host.cores} cores")


def _memory(names: list[str], values: Mapping[str, str], host: Host) -> Finding:
    sizes = {name: values.get(name) or _MEMORY[name] for name in names}
    told = ", ".join(f"{name}={size}" for name, size in sizes.items())
    wanted = 0.0
    for name, size in sizes.items():
        match = _SIZE.fullmatch(size.strip())
        if match is None:
            return Finding(Level.FAIL, f"{name}={size} is no size.", "Write it as 512m or 8g.")
        wanted += float(match[1]) * _UNITS[match[2].lower()]
    if host.memory and wanted > host.memory:
        return Finding(
            Level.WARN,
            f"{told} are together more than the {host.memory / GIB:.1f} GB of this host: the kernel may end mailcow's"
            " own processes.",
            "Lower them in mailcow.conf, choose a smaller model, or use --no-ollama.",
        )
    return Finding(Level.OK, f"{told} of {host.memory / GIB:.1f} GB")


def _disk(wanted: int, host: Host) -> Finding:
    free = f"{host.free_disk / GIB:.0f} GB free on Docker's disk"
    if host.free_disk < wanted:
        return Finding(Level.WARN, f"{free}; about {wanted / GIB:.0f} GB are needed.", "Free some space first.")
    return Finding(Level.OK, free)
