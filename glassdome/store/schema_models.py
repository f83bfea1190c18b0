"""The tables of the tests of language models."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer

from glassdome.store.columns import Clipped, Instant, Json, ascii_text, exact
from glassdome.store.schema_base import table
from glassdome.values.opinion import Opinion
from glassdome.values.role import ModelTest

__all__ = ["model_answers", "model_roles", "model_speeds"]

#: The answers of a model that is being tested; `model_key` is that of a `ModelIdentity`.
model_answers = table(
    "llm_model_answer",
    Column("model_key", ascii_text(64), primary_key=True),
    Column("canary", exact(100), primary_key=True),
    Column("opinion", Json(Opinion)),
    Column("updated_at", Instant, nullable=False),
)

#: The answers of each model to mail, and how often it took too long, by tens of minutes; `begun_at` is the first call.
model_speeds = table(
    "llm_model_speed",
    Column("model", exact(200), primary_key=True),
    Column("span_at", Instant, primary_key=True),
    Column("begun_at", Instant, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("too_slow", Integer, nullable=False),
)

#: The finished tests of models, with the role that each earned.
model_roles = table(
    "llm_model_role",
    Column("model_key", ascii_text(64), primary_key=True),
    Column("model", Clipped(200), nullable=False),
    Column("role", ascii_text(8), nullable=False),
    Column("test", Json(ModelTest), nullable=False),
    Column("tested_at", Instant, nullable=False),
    Index("ix_llm_model_role_newest", "tested_at"),
)
