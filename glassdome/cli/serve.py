"""`glassdome serve` and `glassdome worker`: the service in one process, or one more worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from glassdome.api.app import create_app, create_health_app
from glassdome.bootstrap.app import App
from glassdome.bootstrap.wire import open_app
from glassdome.cli.console import err, errors_told, load_settings, run
from glassdome.cli.service import asked_to_stop, serving
from glassdome.cli.waiting import Listener, database_there
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings, misspelt_names
from glassdome.core.errors import ConfigError
from glassdome.core.log import get_logger
from glassdome.core.networks import Network, parse_networks
from glassdome.core.secrets import secret_box
from glassdome.desk.services import Services
from glassdome.desk.wiring import services_of
from glassdome.pipeline.process import warm_up

__all__ = ["serve", "worker"]

_log = get_logger(__name__)


def serve(*, host: str, port: int, no_worker: bool, no_web: bool) -> None:
    """Run the REST API, the web UI (/llm/), the watcher of the enabled mailboxes and a worker in one process."""
    with errors_told():
        settings = load_settings(service=True, stdout=True)
    run(_serve(settings, host, port, work=not no_worker, web=not no_web))


def worker(*, host: str, port: int | None) -> None:
    """Run one more worker on the same database, on this or another host."""
    with errors_told():
        settings = load_settings(service=True, stdout=True)
        if not settings.imap_host:
            raise ConfigError("A worker needs a mail server.", fix="Set GLASSDOME_IMAP_HOST, or MAILCOW_API_URL.")
    run(_worker(settings, host, port))


async def _serve(settings: Settings, host: str, port: int, *, work: bool, web: bool) -> None:
    if not await database_there(settings, _waiting(create_app, host, port)):
        return
    async with open_app(settings, clock=SystemClock()) as app:
        await asyncio.to_thread(_tell_what_is_missing, settings)
        if not work:
            app.only_api()
            await warm_up()
        api = create_app(services_of(app))
        if web:
            await asyncio.to_thread(_add_web, api, settings)
        async with asked_to_stop(app.stop), _listening(api, host, port, app):
            await app.work()


async def _worker(settings: Settings, host: str, port: int | None) -> None:
    if not await database_there(settings, _waiting(create_health_app, host, port) if port is not None else None):
        return
    async with open_app(settings, clock=SystemClock()) as app, AsyncExitStack() as stack:
        app.only_worker()
        await stack.enter_async_context(asked_to_stop(app.stop))
        if port is not None:
            if not settings.open_docs:
                _tell_missing_keys(settings)
            await stack.enter_async_context(_listening(create_health_app(services_of(app)), host, port, app))
        _log.info("worker_started")
        await app.work()


def _add_web(api: FastAPI, settings: Settings) -> None:
    from glassdome.web.app import add_web

    add_web(api, secret_box(settings))


@asynccontextmanager
async def _listening(api: FastAPI, host: str, port: int, app: App) -> AsyncIterator[None]:
    def proxies() -> tuple[Network, ...]:
        return parse_networks(app.settings.current().trusted_proxies)

    async with serving(api, host=host, port=port, proxies=proxies, at_end=api.state.streams.stop) as http:
        err.print(f"Glassdome listens on http://{host}:{http.port}", highlight=False)
        yield


def _waiting(make: Callable[[Services], FastAPI], host: str, port: int) -> Listener:
    """Return what listens while the database is away."""

    @asynccontextmanager
    async def listen(services: Services) -> AsyncIterator[None]:
        async with serving(make(services), host=host, port=port) as http:
            _log.info("health_while_waiting", url=f"http://{host}:{http.port}/health")
            yield

    return listen


def _tell_what_is_missing(settings: Settings) -> None:
    _tell_missing_keys(settings)
    for name, place in misspelt_names().items():
        _log.warning("unknown_setting", name=name, place=place, effect="it changes nothing")
    if not settings.imap_host:
        _log.warning("no_mail_server", effect="no mailbox is read", fix="set GLASSDOME_IMAP_HOST, or MAILCOW_API_URL")
    if not settings.authserv_ids:
        _log.warning(
            "no_authserv_id", effect="SPF, DKIM and DMARC results are not used", fix="set GLASSDOME_AUTHSERV_ID"
        )


def _tell_missing_keys(settings: Settings) -> None:
    if not settings.api_keys.get_secret_value() and settings.proxy_secret is None:
        _log.warning("no_api_keys", effect="every request that needs a key is refused", fix="set GLASSDOME_API_KEYS")
