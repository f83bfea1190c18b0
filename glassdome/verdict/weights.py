"""The weights of the verdict: read from `weights.toml`, validated, frozen."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from glassdome.core.errors import ConfigError
from glassdome.core.shipped import loads_shipped

__all__ = [
    "Group",
    "MeaningWeights",
    "ModelWeights",
    "SignalWeight",
    "TextWeights",
    "Thresholds",
    "UnknownRule",
    "Weights",
    "load_weights",
    "with_plugins",
]

#: The group in `weights.toml` of all signals that plugins report.
PLUGIN_GROUP: Final = "plugins"
LogOdds = Annotated[float, Field(ge=-10, le=10)]
Probability = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Thresholds(_Part):
    """The probabilities above which a mail is called phishing or spam."""

    phishing: Probability
    spam: Probability


class TextWeights(_Part):
    """The weight of the text classifier's log-odds: scaled, capped, with a constant added; `scale_against` where it speaks against phishing.

    `verified_cap` bounds what wording says against an author for whom our server vouches: alone it never decides;
    `doubtful_floor` bounds its support for a mail in which an unproven author asks for something of value. In other
    languages than `languages`, the ones it learnt, it says `unread_text` of such a mail at least, and phrases count
    `unread_phrases` times; where an address is proven and the name in the request is not, it says `unread_verified` at least.
    """

    scale: float = Field(ge=0, le=2)
    scale_against: float | None = Field(default=None, ge=0, le=2)
    cap: float = Field(gt=0, le=10)
    verified_cap: float = Field(default=10.0, ge=0, le=10)
    doubtful_floor: float = Field(default=-10.0, ge=-10, le=0)
    languages: frozenset[str] = frozenset()
    unread_text: LogOdds = 0.0
    unread_verified: LogOdds = -10.0
    unread_phrases: float = Field(default=1.0, ge=1, le=4)
    bias_phishing: LogOdds = 0.0
    bias_spam: LogOdds = 0.0


class MeaningWeights(_Part):
    """The weight of a sentence encoder's log-odds, moved by `shift` and scaled, and their limits in each direction.

    They stand in for the text classifier in a language that it never learnt. In one that it did they only raise, up to
    `second`. Against an author who is proven they say what `TextWeights.verified_cap` allows.
    """

    scale: float = Field(default=1.0, ge=0, le=2)
    shift: LogOdds = 0.0
    ceiling: float = Field(default=0.0, ge=0, le=10)
    second: float = Field(default=0.0, ge=0, le=10)
    floor: float = Field(default=0.0, ge=-10, le=0)


class ModelWeights(_Part):
    """The weight of the language model's log-odds, and their limits in each direction; `second` is the limit upwards in
    the role of that name.
    """

    scale: float = Field(ge=0, le=2)
    ceiling: float = Field(ge=0, le=10)
    second: float = Field(default=1.0, ge=0, le=10)
    floor: float = Field(ge=-10, le=0)


class UnknownRule(_Part):
    """Groups whose failure makes a verdict unknown, and the least phishing score it then has."""

    groups: tuple[str, ...]
    phishing_floor: Probability


class Group(_Part):
    """The bounds of what all signals of one group may add up to.

    `doubtful_floor` is the lower bound where an unproven author asks for something of value.
    """

    floor: float = Field(ge=-10, le=0)
    ceiling: float = Field(ge=0, le=10)
    doubtful_floor: float = Field(default=-10.0, ge=-10, le=0)


class SignalWeight(_Part):
    """The weight of one signal, in log-odds; a model cannot talk `hard` evidence away."""

    group: str
    phishing: LogOdds = 0.0
    spam: LogOdds = 0.0
    hard: bool = False


class Together(_Part):
    """The extra weight if one of `any_of` and one of `with_any` are found in the same mail."""

    any_of: tuple[str, ...] = Field(min_length=1)
    with_any: tuple[str, ...] = Field(min_length=1)
    phishing: LogOdds


class Weights(_Part):
    """All of it."""

    thresholds: Thresholds
    text: TextWeights
    meaning: MeaningWeights = Field(default_factory=MeaningWeights)
    model: ModelWeights
    unknown: UnknownRule
    groups: dict[str, Group]
    signals: dict[str, SignalWeight]
    together: dict[str, Together] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _groups_exist(self) -> Weights:
        named = {weight.group for weight in self.signals.values()} | set(self.unknown.groups)
        if missing := named - self.groups.keys():
            raise ValueError(f"no such group: {', '.join(sorted(missing))}")
        used = {name for rule in self.together.values() for name in (*rule.any_of, *rule.with_any)}
        if missing := used - self.signals.keys():
            raise ValueError(f"no such signal: {', '.join(sorted(missing))}")
        return self


@loads_shipped()
@lru_cache(maxsize=8)
def load_weights(path: Path | None = None) -> Weights:
    """Read the shipped weights, or those of `path`; raises ConfigError when they are not valid."""
    source = path or files("glassdome.verdict") / "weights.toml"
    try:
        return Weights.model_validate(tomllib.loads(source.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise ConfigError(f"The weights in {source} are not valid: {error}") from error


def with_plugins(phishing: Mapping[str, float]) -> Weights:
    """Return the shipped weights with signals of plugins, in log-odds; their group bounds what all of them add up to.

    Raises ConfigError for a weight outside -10 to 10, and for a signal of ours: its weight was learnt.
    """
    shipped = load_weights()
    if taken := sorted(phishing.keys() & shipped.signals.keys()):
        raise ConfigError(f"The weight of {taken[0]} is not for plugins to change.")
    try:
        added = {name: SignalWeight(group=PLUGIN_GROUP, phishing=value) for name, value in phishing.items()}
    except ValidationError as error:
        raise ConfigError(f"A weight of a plugin's signal is not valid: {error}") from error
    return shipped.model_copy(update={"signals": shipped.signals | added})
