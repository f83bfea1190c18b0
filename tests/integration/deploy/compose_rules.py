"""Rules for a compose service, in our own words: names, shapes and ranges of the keys that we use."""

from __future__ import annotations

import re
from typing import Any, Final

__all__ = ["problems"]

_SIZE: Final = re.compile(r"^(\d+[bkmg]|\$\{[A-Z_]+:-\d+[bkmg]\})$")
_SPAN: Final = re.compile(r"^\d+[smh]$")
_LISTS: Final = ("cap_drop", "security_opt", "tmpfs", "dns", "depends_on", "volumes", "profiles", "ports")
_KNOWN: Final = frozenset({
    *_LISTS, "image", "build", "pull_policy", "restart", "user", "read_only", "mem_limit", "cpus", "cpu_shares", "pids_limit",
    "environment", "env_file", "command", "healthcheck", "networks", "deploy",
})  # fmt: skip


def problems(document: dict[str, Any]) -> list[str]:
    """Return what is wrong with a compose file, empty when nothing is."""
    found = []
    volumes = set(document.get("volumes") or {})
    for name, service in document["services"].items():
        found += [f"{name}: {problem}" for problem in _service(service, volumes)]
    return found


def _service(service: dict[str, Any], volumes: set[str]) -> list[str]:
    found = [f"unknown key {key}" for key in service.keys() - _KNOWN]
    found += [f"{key} is no list of words" for key in _LISTS if not _words(service.get(key, []))]
    checks = {
        "mem_limit": _SIZE.match(str(service.get("mem_limit"))),
        # A number above the host's cores keeps every service of the project from starting.
        "cpus": re.fullmatch(r"\$\{[A-Z_]+:-0\}", str(service.get("cpus"))),
        "cpu_shares": isinstance(service.get("cpu_shares"), int),
        "pids_limit": isinstance(service.get("pids_limit"), int),
        "restart": service.get("restart") == "always",
        "read_only": service.get("read_only") is True,
        "cap_drop": service.get("cap_drop") == ["ALL"],
        "security_opt": service.get("security_opt") == ["no-new-privileges:true"],
        "image": isinstance(service.get("image"), str),
        "environment": all(isinstance(value, str) for value in service.get("environment", {}).values()),
    }
    found += [f"{key} is not as it must be" for key, fine in checks.items() if not fine]
    for mount in service.get("volumes", []):
        source, _, target = mount.partition(":")
        if not target.startswith("/") or not (source.startswith("./") or source in volumes | {"rspamd-vol-1"}):
            found.append(f"the volume {mount} leads nowhere")
    health = service.get("healthcheck", {})
    if health == {"disable": True} and service.get("command") == ["agent", "run"]:
        return found
    if not (_words(health.get("test")) and health["test"][0] in ("CMD", "CMD-SHELL")):
        found.append("no health check")
    found += [
        f"healthcheck.{key}" for key in ("interval", "timeout", "start_period") if not _SPAN.match(health.get(key, ""))
    ]
    return found


def _words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
