"""The application: routes, translation of errors, bounds, headers. The caller owns its life."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from types import ModuleType

from fastapi import FastAPI

from glassdome.api import (
    errors,
    routes_actions,
    routes_analysis,
    routes_analyze,
    routes_answers,
    routes_calendar,
    routes_categories,
    routes_chat,
    routes_config,
    routes_digest,
    routes_docs,
    routes_erase,
    routes_events,
    routes_feedback,
    routes_health,
    routes_models,
    routes_preferences,
    routes_push,
    routes_queue,
    routes_rspamd,
    routes_stats,
    routes_threads,
    routes_webhooks,
)
from glassdome.api.description import describe
from glassdome.api.request_guard import RequestGuard
from glassdome.api.scan import Scanner
from glassdome.desk.guesses import Guesses
from glassdome.desk.health import HealthBoard
from glassdome.desk.rate import RateLimit
from glassdome.desk.services import Services
from glassdome.desk.streams import Streams
from glassdome.shapes.said import read_sentences

__all__ = ["create_app", "create_health_app", "with_routes"]

#: The busiest routes come first: each request is matched against one route after the other.
_ROUTES = (
    routes_analysis,
    routes_stats,
    routes_queue,
    routes_preferences,
    routes_rspamd,
    routes_push,
    routes_actions,
    routes_analyze,
    routes_answers,
    routes_calendar,
    routes_categories,
    routes_chat,
    routes_config,
    routes_digest,
    routes_docs,
    routes_erase,
    routes_events,
    routes_feedback,
    routes_health,
    routes_models,
    routes_threads,
    routes_webhooks,
)


def create_app(services: Services) -> FastAPI:
    """Return the REST application over `services`; it owns nothing, and served, it looks after `/health` by itself."""
    app = _behind(with_routes(services.version), services)
    app.router.lifespan_context = _with_sentences
    return app


@asynccontextmanager
async def _with_sentences(app: FastAPI) -> AsyncIterator[None]:
    """Read the sentences before the first request, in a thread: a file read on the event loop stops it."""
    await asyncio.to_thread(read_sentences)
    async with app.state.health.kept(app):
        yield


def create_health_app(services: Services) -> FastAPI:
    """Return `/health` and `/metrics` alone, for a process that serves no API."""
    return _behind(with_routes(services.version, (routes_health,)), services)


def _behind(app: FastAPI, services: Services) -> FastAPI:
    app.state.services = services
    board = app.state.health = HealthBoard(services)
    app.router.lifespan_context = board.kept
    app.state.rate = RateLimit()
    app.state.guesses = Guesses()
    app.state.streams = Streams()
    app.state.scanner = Scanner(services.classify)
    errors.install(app)
    app.add_middleware(RequestGuard, metrics=services.metrics)
    return app


def with_routes(version: str, modules: Iterable[ModuleType] = _ROUTES) -> FastAPI:
    """Return the routes without anything behind them: enough to describe them."""
    app = FastAPI(title="Glassdome", version=version, openapi_url=None, redirect_slashes=False)
    for module in modules:
        app.include_router(module.router)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    return app
