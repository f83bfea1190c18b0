"""Hangs the pages into the REST application, under `/llm/`."""

from __future__ import annotations

from fastapi import FastAPI

from glassdome.core.secrets import SecretBox
from glassdome.web import (
    page_access,
    page_answers,
    page_bulk,
    page_categories,
    page_events,
    page_language,
    page_mail,
    page_mailbox,
    page_message,
    page_overview,
    page_owner,
    page_queue,
    page_service,
    page_settings,
    page_text,
    page_threads,
    page_undo_link,
    page_webhooks,
    sign_in,
    sign_in_provider,
    static,
)
from glassdome.web.page import Web

__all__ = ["add_web"]


def add_web(app: FastAPI, box: SecretBox) -> None:
    """Add the web UI; `box` seals its sessions. Reads the templates, so call it where that may take a moment."""
    app.state.web = Web(box)
    pages = (
        page_mail,
        page_events,
        page_bulk,
        page_threads,
        page_mailbox,
        page_message,
        page_text,
        page_owner,
        page_overview,
        page_queue,
        page_settings,
        page_categories,
        page_service,
        page_access,
        page_language,
        page_answers,
        page_undo_link,
        page_webhooks,
    )
    for module in (sign_in, sign_in_provider, *pages, static):
        app.include_router(module.router)
