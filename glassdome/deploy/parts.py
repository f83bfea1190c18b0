"""Builds every file of a mailcow folder that has our part in it, as bytes, from its earlier content."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from glassdome import __version__
from glassdome.core.config import Settings, env_name, env_names
from glassdome.core.errors import Conflict
from glassdome.deploy.blocks import add_to_section, append
from glassdome.deploy.conf import LineEdit, with_lines, with_values
from glassdome.deploy.options import Options
from glassdome.deploy.render import nginx_site, render, template
from glassdome.deploy.sogo import SOGO, can_label, sogo_script
from glassdome.deploy.tree import COMPOSE, CONF, Mailcow, service_names

__all__ = [
    "APPS",
    "CONFIG",
    "MODES",
    "OUR_SERVICES",
    "PANEL",
    "InstalledParts",
    "default_image",
    "new_values",
    "parts_of",
    "shared_files",
]

#: The services that we add to mailcow's.
OUR_SERVICES: Final = ("llm-processor-mailcow", "llm-agent-mailcow", "ollama-mailcow")
_NGINX: Final = "data/conf/nginx/site.glassdome.custom"
_EXTRA: Final = "data/conf/dovecot/extra.conf"
_PUSH: Final = "data/conf/dovecot/glassdome-push.lua"
_PLUGIN: Final = "data/conf/rspamd/plugins.d/glassdome.lua"
_SECTION: Final = "data/conf/rspamd/rspamd.conf.local"
_LOCAL: Final = "data/conf/rspamd/local.d/glassdome.conf"
#: mailcow's own file for what an administrator adds to its panel; its updates leave it alone.
APPS: Final = "data/web/inc/vars.local.inc.php"
PANEL: Final = "php-fpm-mailcow"
_GPT: Final = "data/conf/rspamd/local.d/gpt.conf"
#: The seed's settings file: ours at first, the owner's from then on.
CONFIG: Final = "data/conf/llm/config.yml"
#: Modes of files that are new. What holds a secret is for root and the container's group.
MODES: Final = {_NGINX: 0o640, _EXTRA: 0o640, _LOCAL: 0o640, _GPT: 0o640}
#: Languages of Dovecot's configuration; a snippet in another one would stop all mail.
_DOVECOTS: Final = ("2.3", "2.4")
_VARIABLE: Final = re.compile(r"^    ([A-Z][A-Z_]+):", re.MULTILINE)
_DRIVER: Final = re.compile(r"^\s*push_notification_driver(\d*)\s*=", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledParts:
    """`files` maps each path to its content; `lines` are the lines of mailcow.conf that had to change."""

    files: dict[str, bytes]
    lines: tuple[LineEdit, ...]


def shared_files(mailcow: Mailcow) -> frozenset[str]:
    """Return the files that others own and that hold a part of ours."""
    return frozenset({str(CONF), mailcow.override, _EXTRA, _SECTION, APPS, SOGO})


def default_image() -> str:
    """Return the name under which the image is built on this machine."""
    return f"glassdome:{__version__}"


def new_values() -> dict[str, str]:
    """Return the settings of a fresh installation, secrets included, with a first key of the API and the web UI."""
    return {
        "GLASSDOME_API_KEYS": f"{secrets.token_hex(24)}:rw",
        "GLASSDOME_MAILBOXES": "",
        "GLASSDOME_DOMAINS": "",
        "GLASSDOME_DBNAME": "glassdome",
        "GLASSDOME_DBUSER": "glassdome",
        "GLASSDOME_DBPASS": secrets.token_hex(24),
        "GLASSDOME_PUSH_SECRET": secrets.token_hex(24),
        "GLASSDOME_PROXY_SECRET": secrets.token_hex(24),
    }


def parts_of(
    mailcow: Mailcow,
    before: Mapping[str, str],
    *,
    options: Options,
    values: Mapping[str, str],
    current: Mapping[str, str],
) -> InstalledParts:
    """Return every file as it should be; raises Conflict where something else is in our place.

    `before` holds the shared files without our parts, `values` our settings, `current` those of mailcow.conf today.
    """
    _refuse_taken_names(mailcow, before.get(mailcow.override, ""))
    processor, ollama = mailcow.free_octets(2)
    url = f"http://{mailcow.network}.{processor}:8080"
    secret = values["GLASSDOME_PUSH_SECRET"]
    conf, lines = with_lines(before[str(CONF)], current)
    texts = {
        str(CONF): with_values(conf, values),
        mailcow.override: _override(before.get(mailcow.override, ""), mailcow, options, processor, ollama),
        _NGINX: nginx_site(proxy_secret=values["GLASSDOME_PROXY_SECRET"]),
        CONFIG: render("config.yml"),
    } | _rspamd(before.get(_SECTION, ""), options, url, secret)
    if options.push:
        texts |= {
            _PUSH: render("dovecot-push.lua"),
            _EXTRA: _extra(before.get(_EXTRA, ""), mailcow.dovecot, url, secret),
        }
    if options.link and _can_link(mailcow, before.get(APPS, "")):
        texts[APPS] = append(before.get(APPS) or "<?php\n", template("apps.php"))
    if can_label(mailcow):
        texts[SOGO] = sogo_script(before.get(SOGO, ""))
    return InstalledParts(
        files={name: text.encode("utf-8", "surrogateescape") for name, text in texts.items()}, lines=lines
    )


def _can_link(mailcow: Mailcow, before: str) -> bool:
    """Return whether a line of PHP may stand at the file's end: it does not leave PHP, and there is a panel to read it."""
    panel = PANEL in service_names((mailcow.root / COMPOSE).read_text(encoding="utf-8"))
    in_php = not before.strip() or before.rfind("<?php") > before.rfind("?>")
    return panel and in_php and (mailcow.root / APPS).parent.is_dir()


def _refuse_taken_names(mailcow: Mailcow, override: str) -> None:
    compose = (mailcow.root / COMPOSE).read_text(encoding="utf-8")
    for file, text in ((COMPOSE, compose), (mailcow.override, override)):
        for name in OUR_SERVICES:
            if name in service_names(text):
                raise Conflict(f"{file} has a service {name} that is not ours.", fix="Remove it, then run this again.")


def _override(before: str, mailcow: Mailcow, options: Options, processor: int, ollama: int) -> str:
    more, ca_file = [], ""
    if options.learn:
        more.append("    - rspamd-vol-1:/var/lib/rspamd:ro")
    if mailcow.self_signed:
        ca_file = "/etc/ssl/mail/cert.pem"
        more.append(f"    - ./data/assets/ssl/cert.pem:{ca_file}:ro,z")
    services = render(
        "llm-processor.yml",
        IMAGE=options.image or default_image(),
        OCTET_PROCESSOR=str(processor),
        OLLAMA_HOST="ollama-mailcow:11434" if options.ollama else "",
        RSPAMD_URL="unix:/var/lib/rspamd/rspamd.sock" if options.learn else "",
        CA_FILE=ca_file,
        MORE_SETTINGS="".join(f"    {name}: ${{{name}:-}}\n" for name in _more_settings()),
        MORE_VOLUMES="\n".join(more),
    )
    if options.agent:
        services += template("llm-agent.yml")
    volumes = ["llm-vol-1:", "llm-log-vol-1:"]
    if options.ollama:
        gpu = "".join(f"  {line}\n" for line in render("gpu.yml").splitlines()) if options.gpu else ""
        services += render("ollama.yml", OCTET_OLLAMA=str(ollama), GPU=gpu)
        volumes.append("ollama-vol-1:")
    services = "".join(line for line in services.splitlines(keepends=True) if line.strip())
    return add_to_section(add_to_section(before, "services", services), "volumes", "\n".join(volumes) + "\n")


def _more_settings() -> list[str]:
    """Return every setting that the template does not name itself, so that each can be given in mailcow.conf."""
    named = frozenset(_VARIABLE.findall(template("llm-processor.yml")))
    return sorted(env_name(field) for field in Settings.model_fields if not named & set(env_names(field)))


def _extra(before: str, version: str, url: str, secret: str) -> str:
    if version not in _DOVECOTS:
        raise Conflict(
            f"Dovecot's configuration is written for version {version}; the doorbell is known for {' and '.join(_DOVECOTS)}.",
            fix="Use --no-push: new mail is then found by IDLE and polling. Or look for a newer Glassdome.",
        )
    values = {"URL": url, "PUSH_SECRET": secret, "LUA_FILE": f"/etc/dovecot/{Path(_PUSH).name}"}
    if version == "2.3":
        numbers = [int(n or 1) for n in _DRIVER.findall(before)]
        values["DRIVER"] = "push_notification_driver" + (str(max(numbers) + 1) if numbers else "")
    return append(before, render(f"dovecot-{version}.conf", **values))


def _rspamd(before: str, options: Options, url: str, secret: str) -> dict[str, str]:
    if options.rspamd == "gpt":
        return {_GPT: render("gpt.conf", URL=url, PUSH_SECRET=secret)}
    if options.rspamd == "none":
        return {}
    return {
        _PLUGIN: render("rspamd.lua"),
        _SECTION: append(before, render("rspamd.conf")),
        _LOCAL: render("rspamd-local.conf", URL=url, PUSH_SECRET=secret),
    }
