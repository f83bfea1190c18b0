"""Wires concrete parts together: the only room, beside the seed-fixed agent and client, that names them."""

from glassdome.bootstrap.app import App, open_app
from glassdome.bootstrap.mailboxes import chosen_by_settings, mail_logins, open_store
from glassdome.bootstrap.models import Model, builtin_engine, engine_of, language_model, open_engine, stages

__all__ = [
    "App",
    "Model",
    "builtin_engine",
    "chosen_by_settings",
    "engine_of",
    "language_model",
    "mail_logins",
    "open_app",
    "open_engine",
    "open_store",
    "stages",
]
