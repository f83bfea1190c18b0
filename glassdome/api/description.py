"""The OpenAPI document: FastAPI's, without what never happens here."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

__all__ = ["ABOUT", "TAGS", "describe"]

ABOUT: Final = (
    "Analyses of e-mail made on your own machines. Send a key in `X-API-Key`: a `ro` key reads, a `rw` key writes too. "
    'Errors are `{"type":"error","msg":...,"code":...}` under the true status. Writes answer a list of elements with '
    "`type`, `log` and `msg`, as mailcow does, with the result in `data`."
)
TAGS: Final = [
    {"name": "analysis", "description": "Read and erase analyses"},
    {"name": "analyze", "description": "Ask for an analysis"},
    {"name": "statistics", "description": "Totals, times, the queue's depth"},
    {"name": "preferences", "description": "What each mailbox's owner wants"},
    {"name": "feedback", "description": "Corrections by people"},
    {"name": "threads", "description": "Conversations: who owes whom an answer"},
    {"name": "actions", "description": "Actions on messages, and undoing them"},
    {"name": "queue", "description": "What waits and what failed"},
    {"name": "config", "description": "Settings and their origins"},
    {"name": "models", "description": "The model server's models"},
    {"name": "webhooks", "description": "Receivers of events"},
    {"name": "health", "description": "Is it working"},
    {"name": "doorbell", "description": "Dovecot's push notification"},
    {"name": "rspamd", "description": "Verdicts during Rspamd's scan"},
    {"name": "documentation", "description": "This description"},
]


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the document, made once per application."""
    if not app.openapi_schema:
        document = get_openapi(title=app.title, version=app.version, description=ABOUT, tags=TAGS, routes=app.routes)
        for path in document["paths"].values():
            for operation in path.values():
                # FastAPI announces 422 for invalid input; here that is 400, in our own shape.
                _drop_validation(operation["responses"])
        for name in ("HTTPValidationError", "ValidationError"):
            document["components"]["schemas"].pop(name, None)
        app.openapi_schema = document
    return app.openapi_schema


def _drop_validation(responses: dict[str, Any]) -> None:
    if "HTTPValidationError" in str(responses.get("422", "")):
        del responses["422"]
