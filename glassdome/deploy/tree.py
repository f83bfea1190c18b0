"""A mailcow checkout as we find it: is it one, which version, what does it use already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from cryptography import x509

from glassdome.core.errors import ConfigError, Conflict
from glassdome.deploy.blocks import cut
from glassdome.deploy.conf import read_values

__all__ = ["COMPOSE", "CONF", "OVERRIDES", "Mailcow", "open_mailcow", "override_of", "service_names"]

CONF: Final = Path("mailcow.conf")
COMPOSE: Final = Path("docker-compose.yml")
#: The files that compose merges unasked, in its order: of several it reads the first alone.
OVERRIDES: Final = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
_NEW_OVERRIDE: Final = "docker-compose.override.yml"
_SERVICES: Final = frozenset({"dovecot-mailcow", "mysql-mailcow", "nginx-mailcow", "rspamd-mailcow"})
_FOLDERS: Final = ("data/conf/nginx", "data/conf/dovecot", "data/conf/rspamd")
_SETTINGS: Final = ("MAILCOW_HOSTNAME", "DBROOT")
_DOVECOT: Final = Path("data/conf/dovecot/dovecot.conf")
_DOVECOT_VERSION: Final = re.compile(r"^\s*dovecot_config_version\s*=\s*(\d+)\.(\d+)", re.MULTILINE)
_ADDRESS: Final = re.compile(r"ipv4_address:\s*\S*?\.(\d{1,3})\s*(?:#.*)?$", re.MULTILINE)
_LAST_OCTET: Final = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailcow:
    """Facts of a checkout; `values` are those of mailcow.conf, `octets` the fixed addresses in use.

    `override` is the compose file that takes our services, `dovecot` the version of the language that Dovecot's configuration is written in.
    """

    root: Path
    values: dict[str, str]
    override: str
    octets: frozenset[int]
    self_signed: bool
    dovecot: str

    @property
    def network(self) -> str:
        """The first three bytes of mailcow's IPv4 network."""
        return self.values.get("IPV4_NETWORK") or "172.22.1"

    def free_octets(self, count: int) -> tuple[int, ...]:
        """Return last bytes of unused addresses."""
        return tuple(n for n in range(_LAST_OCTET, 200, -1) if n not in self.octets)[:count]


def open_mailcow(root: Path) -> Mailcow:
    """Read a checkout; raises ConfigError when it is none, Conflict when we cannot be installed in it."""
    for name in (CONF, COMPOSE, *_FOLDERS):
        if not (root / name).exists():
            raise ConfigError(
                f"{root} is not a mailcow-dockerized folder: {name} is missing.",
                fix="Name the folder that holds mailcow.conf, usually /opt/mailcow-dockerized.",
            )
    values = read_values((root / CONF).read_text(encoding="utf-8"))
    for name in _SETTINGS:
        if not values.get(name):
            raise ConfigError(f"{root / CONF} sets no {name}.", fix="Run mailcow's generate_config.sh first.")
    compose = (root / COMPOSE).read_text(encoding="utf-8")
    override = override_of(root, values)
    merged = cut((root / override).read_text(encoding="utf-8")) if (root / override).exists() else ""
    if missing := _SERVICES - service_names(compose):
        raise ConfigError(f"{root / COMPOSE} has no service {min(missing)}.", fix="This is not a mailcow we know.")
    taken = frozenset(int(n) for n in _ADDRESS.findall(compose + "\n" + merged))
    return Mailcow(
        root=root,
        values=values,
        override=override,
        octets=taken,
        self_signed=_is_self_signed(root / "data/assets/ssl/cert.pem"),
        dovecot=_dovecot_version(root),
    )


def override_of(root: Path, values: Mapping[str, str]) -> str:
    """Return the compose file for our services: the override that compose reads, whatever its name.

    With COMPOSE_FILE in mailcow.conf compose merges those files and no other, so the last one takes them. Raises
    Conflict where there is no such file.
    """
    named = values.get("COMPOSE_FILE", "")
    if not named:
        return next((name for name in OVERRIDES if (root / name).exists()), _NEW_OVERRIDE)
    files = [name for name in named.split(values.get("COMPOSE_PATH_SEPARATOR") or ":") if name]
    inside = [name for name in files if name != str(COMPOSE) and not Path(name).is_absolute() and ".." not in name]
    if not inside or str(COMPOSE) not in files:
        raise Conflict(
            f"COMPOSE_FILE in mailcow.conf is {named}: no file there can take Glassdome's services.",
            fix=f"Set COMPOSE_FILE={COMPOSE}:{_NEW_OVERRIDE}, or remove it.",
        )
    return inside[-1].removeprefix("./")


def service_names(text: str) -> frozenset[str]:
    """Return the services of a compose file; tags of compose (`!reset`) are no hindrance."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as exc:
        raise Conflict(f"A compose file is not valid YAML: {str(exc).splitlines()[0]}.") from exc
    if not isinstance(root, yaml.MappingNode):
        return frozenset()
    for key, value in root.value:
        if key.value == "services" and isinstance(value, yaml.MappingNode):
            return frozenset(name.value for name, _ in value.value)
    return frozenset()


def _dovecot_version(root: Path) -> str:
    """Return the version of the configuration's language: 2.4 and later name theirs, 2.3 has no such line.

    The image's tag says nothing: mailcow counts its images in its own way.
    """
    path = root / _DOVECOT
    match = _DOVECOT_VERSION.search(path.read_text(encoding="utf-8", errors="replace")) if path.exists() else None
    return f"{match[1]}.{match[2]}" if match else "2.3"


def _is_self_signed(path: Path) -> bool:
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return False
    return found.issuer == found.subject
