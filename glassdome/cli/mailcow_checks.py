"""The checks of `glassdome doctor --mailcow`, run inside the container: secrets, names, nginx, the doorbell, Rspamd."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import urlsplit

import httpx

from glassdome.cli.checks import Check, Health
from glassdome.core.config import Settings
from glassdome.core.errors import GlassdomeError
from glassdome.core.secrets import reveal
from glassdome.integrations.rspamd.controller import RspamdController
from glassdome.integrations.tls import TlsPolicy, tls_policy

__all__ = ["mailcow_checks"]

#: Who must be found by name on mailcow's network.
_NAMES: Final = ("dovecot", "postfix", "mysql", "nginx", "rspamd")
_OWN: Final = "http://127.0.0.1:8080"
_TIMEOUT: Final = 10.0
#: An event for no mailbox.
_PROBE: Final = {"user": "doctor@invalid.example", "event": "messageRead"}


async def mailcow_checks(
    settings: Settings, *, own: str = _OWN, names: tuple[str, ...] = _NAMES
) -> AsyncIterator[Check]:
    """Yield the findings as they are made; `own` is where this service listens."""
    for variable, secret in (
        ("GLASSDOME_PUSH_SECRET", settings.push_secret),
        ("GLASSDOME_PROXY_SECRET", settings.proxy_secret),
    ):
        yield _check(variable, bool(reveal(secret)), "is set", "is not set", "Run glassdome mailcow install again.")
    for name in names:
        found = await asyncio.to_thread(_resolves, name)
        fix = "Is this container on mailcow-network? docker compose ps; docker network inspect"
        yield _check("name", found, f"{name} is found", f"{name} is not found", fix)
    yield await _doorbell(own, reveal(settings.push_secret) or "")
    if settings.mailcow_api_url:
        yield await _through_nginx(settings.mailcow_api_url, tls_policy(settings))
    if settings.rspamd_url:
        yield await _controller(settings)


def _check(name: str, fine: bool, good: str, bad: str, fix: str) -> Check:
    return Check(
        name=name, health=Health.OK if fine else Health.FAIL, detail=good if fine else bad, fix="" if fine else fix
    )


def _resolves(name: str) -> bool:
    try:
        return bool(socket.getaddrinfo(name, None))
    except OSError:
        return False


async def _doorbell(own: str, secret: str) -> Check:
    fix = "Is `glassdome serve` running with the same environment? docker compose logs llm-processor-mailcow"
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=_TIMEOUT) as client:
            headers = {"Authorization": f"Bearer {secret}"}
            answer = await client.post(f"{own}/internal/push", json=_PROBE, headers=headers)
    except httpx.HTTPError as exc:
        return _check("doorbell", False, "", f"{own} does not answer: {type(exc).__name__}", fix)
    bad = f"HTTP {answer.status_code} instead of 202"
    return _check("doorbell", answer.status_code == 202, "answers, and knows the secret", bad, fix)


async def _through_nginx(url: str, tls: TlsPolicy) -> Check:
    """Without a key: health is open, everything else is mailcow's 401."""
    host = urlsplit(url).hostname or ""
    extensions = {"sni_hostname": tls.name_for(host)} if tls.server_name else {}
    fix = "docker compose exec nginx-mailcow nginx -t; then docker compose restart nginx-mailcow"
    try:
        async with httpx.AsyncClient(verify=tls.context_for(host), trust_env=False, timeout=_TIMEOUT) as client:
            statuses = [
                (await client.get(f"{url}/api/v1/get/llm/{route}", extensions=extensions)).status_code
                for route in ("health", "stats")
            ]
    except httpx.HTTPError as exc:
        return _check("nginx", False, "", f"{url} does not answer: {type(exc).__name__}", fix)
    bad = f"health answers {statuses[0]} instead of 200, a call without a key {statuses[1]} instead of 401"
    return _check("nginx", statuses == [200, 401], "leads here, and keeps out who has no key", bad, fix)


async def _controller(settings: Settings) -> Check:
    controller = RspamdController(settings.rspamd_url or "", password=settings.rspamd_password)
    try:
        await controller.probe()
    except GlassdomeError as exc:
        return Check(name="rspamd", health=Health.FAIL, detail=exc.message, fix=exc.fix or "Is rspamd-mailcow running?")
    finally:
        await controller.aclose()
    return Check(name="rspamd", health=Health.OK, detail=f"the controller at {settings.rspamd_url} takes what we teach")
