"""The say that a language model earned: its role, and the fields in which it did better than the built-in engine."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

__all__ = [
    "EVERY_FIELD",
    "FULL",
    "NEEDED",
    "UNTESTED",
    "FieldTest",
    "Grant",
    "ModelIdentity",
    "ModelRole",
    "ModelTest",
    "RoleState",
]


class ModelRole(StrEnum):
    """The highest role that a model holds; each includes those before it."""

    NONE = "none"
    WRITER = "writer"
    SECOND = "second"
    JUDGE = "judge"

    @property
    def rank(self) -> int:
        """The place in the order, 0 for `none`."""
        return list(ModelRole).index(self)


#: The role that each field needs. `phishing` and `spam` raise a score, `clear` lowers both.
NEEDED: Final = {
    "summary": ModelRole.WRITER,
    "phishing": ModelRole.SECOND,
    "spam": ModelRole.SECOND,
    "clear": ModelRole.JUDGE,
    "priority": ModelRole.JUDGE,
    "categories": ModelRole.JUDGE,
}
EVERY_FIELD: Final = frozenset(NEEDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role, and the fields that count: one that did not earn its place has no weight, whatever the role."""

    role: ModelRole = ModelRole.NONE
    fields: frozenset[str] = EVERY_FIELD

    def counts(self, field: str) -> bool:
        """Return whether the model's value of this field may be used; raises KeyError for an unknown field."""
        return self.role.rank >= NEEDED[field].rank and field in self.fields


#: A model that was not tested, or earned nothing.
UNTESTED: Final = Grant(fields=frozenset())
#: Everything a model can earn: for measuring one before any grant.
FULL: Final = Grant(role=ModelRole.JUDGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldTest:
    """The test of one field: the built-in engine's measure and the model's, 0 to 1; `why` it earned nothing."""

    field: str
    builtin: float
    model: float
    earned: bool
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelIdentity:
    """The model and the question that a grant holds for: another digest or another wording is another model."""

    engine: str
    model: str
    digest: str
    prompt_version: str
    canaries: str

    @property
    def key(self) -> str:
        """The name under which it is stored."""
        whole = "\n".join((self.engine, self.model, self.digest, self.prompt_version, self.canaries))
        return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTest:
    """A finished test: what was tested and granted, and how each field did; `seconds` is the model's time for all mails."""

    identity: ModelIdentity
    grant: Grant
    fields: tuple[FieldTest, ...]
    mails: int
    seconds: float
    tested_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleState:
    """The role to show: `test` is None while there is no finished one, `answered` how far the running one is."""

    grant: Grant = UNTESTED
    test: ModelTest | None = None
    answered: int = 0
    mails: int = 0
