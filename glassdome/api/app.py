"""The application: routes, translation of errors, bounds, headers. The caller owns its life."""

from __future__ import annotations

from fastapi import FastAPI

from glassdome.api import errors, routes_analysis, routes_analyze, routes_health, routes_preferences, routes_stats
from glassdome.api.edge import Edge
from glassdome.api.health import HealthBoard
from glassdome.api.rate import RateLimit
from glassdome.api.services import Services
from glassdome.core.limits import MAX_REQUEST_BYTES

__all__ = ["create_app"]

_ROUTERS = (
    routes_health.router,
    routes_analysis.router,
    routes_analyze.router,
    routes_stats.router,
    routes_preferences.router,
)


def create_app(services: Services) -> FastAPI:
    """Return the REST application over `services`; it starts nothing and owns nothing."""
    app = FastAPI(
        title="Glassdome",
        version=services.version,
        openapi_url=None,
        redirect_slashes=False,
        max_body_size=MAX_REQUEST_BYTES,
    )
    app.state.services = services
    app.state.health = HealthBoard(services)
    app.state.rate = RateLimit()
    errors.install(app)
    for router in _ROUTERS:
        app.include_router(router)
    app.add_middleware(Edge, metrics=services.metrics)
    return app
