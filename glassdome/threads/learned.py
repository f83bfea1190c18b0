"""Corrects by a small trained model what the rules say of a thread, and holds back reminders that it doubts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glassdome.core.arrays import read_arrays
from glassdome.core.errors import ConfigError
from glassdome.core.shipped import loads_shipped
from glassdome.threads.standing import OpenDebt
from glassdome.threads.traits import STANDINGS, standing_name
from glassdome.values.thread import Debt, Owner, Turn

__all__ = ["StandingModel", "corrected", "load_standing_model", "read_standing_model", "write_standing_model"]

#: Languages whose threads the model learned from.
_LANGUAGES: Final = ("en", "de", "fr", "es")
#: The chance of no debt from which on a thread is closed against the rules, the chance of a side from which on
#: it is that side's, and the chance of the shown side below which no reminder comes.
_CLOSES: Final = 0.6
_TURNS: Final = 0.6
_REMINDS: Final = 0.6
_ARRAYS: Final = ("names", "weights", "bias")


@dataclass(frozen=True, kw_only=True)
class StandingModel:
    """Multinomial logistic regression: a row of weights for each trait, a column for each of `STANDINGS`."""

    places: Mapping[str, int]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def chances(self, traits: Mapping[str, float]) -> dict[str, float]:
        """Return the probability of each standing."""
        known = [(self.places[name], value) for name, value in traits.items() if name in self.places]
        rows = self.weights[[place for place, _ in known]]
        told = np.array([value for _, value in known], dtype=np.float32) @ rows + self.bias
        powers = np.exp(told - np.max(told))
        return dict(zip(STANDINGS, (powers / powers.sum()).tolist(), strict=True))


def corrected(
    rules: OpenDebt | None,
    turns: Sequence[Turn],
    traits: Mapping[str, float],
    owner: Owner,
    debts: Sequence[OpenDebt],
) -> OpenDebt | None:
    """Return the debt that a thread stands on: that of the rules, another of `debts` that the model believes in, or None.

    `turns` and `traits` are without suspected mail.
    """
    if not _is_known(turns):
        return rules
    chances = load_standing_model().chances(traits)
    sides = {side: chances[f"{side}_request"] + chances[f"{side}_promise"] for side in ("me", "them")}
    told = standing_name(rules).partition("_")[0]
    if rules is not None and chances["closed"] >= _CLOSES:
        return None
    best = max(sides, key=lambda side: sides[side])
    if best != told and sides[best] >= _TURNS:
        mine = best == "me"
        basis = max(("request", "promise"), key=lambda name: chances[f"{best}_{name}"])
        rules = _candidate(mine, basis, turns, owner, debts) or rules
    if rules is None:
        return None
    return replace(rules, sure=rules.sure and sides["me" if rules.mine else "them"] >= _REMINDS)


def _is_known(turns: Sequence[Turn]) -> bool:
    """Return whether the model has learned from such threads, and each letter's acts are stored."""
    letters = [turn for turn in turns if turn.kind == "message"]
    return bool(letters) and all(turn.acts and turn.language in _LANGUAGES for turn in letters)


def _candidate(
    mine: bool, basis: str, turns: Sequence[Turn], owner: Owner, debts: Sequence[OpenDebt]
) -> OpenDebt | None:
    """Return the newest debt of a side, rather on that ground; without one, the last words that may have made it."""
    side = [item for item in debts if item.mine == mine]
    if side:
        newest = max(item.since for item in side)
        fresh = [item for item in side if item.since == newest]
        found = next((item for item in fresh if item.debt.basis == basis), fresh[0])
        return replace(found, blocked=False)
    says = mine == (basis == "promise")  # the owner's promise and the others' request stand in the other's mail
    last = next((turn for turn in reversed(turns) if turn.mine == says and turn.kind == "message" and turn.gist), None)
    if last is None:
        return None
    people = [address for address in last.to if not owner.is_me(address)]
    creditor = (people or [""])[0] if last.mine and mine else last.author
    made = Debt(basis="promise" if basis == "promise" else "request", quote=last.gist, weak=True)
    return OpenDebt(debt=made, mine=mine, creditor=creditor, since=last.at)


def write_standing_model(model: StandingModel, path: Path) -> None:
    """Write the model as a compressed archive of plain arrays; nothing in it can run."""
    names = sorted(model.places, key=lambda name: model.places[name])
    np.savez_compressed(path, names=np.array(names), weights=model.weights, bias=model.bias)


def read_standing_model(path: Path) -> StandingModel:
    """Read a model of standings; raises as `read_arrays`, and for a model of another size."""
    arrays = read_arrays(path, _ARRAYS)
    names = [str(name) for name in arrays["names"]]
    if arrays["weights"].shape != (len(names), len(STANDINGS)) or arrays["bias"].shape != (len(STANDINGS),):
        raise ConfigError(f"The model file {path.name} has the wrong shape; train it again.")
    return StandingModel(
        places={name: place for place, name in enumerate(names)},
        weights=arrays["weights"].astype(np.float32),
        bias=arrays["bias"].astype(np.float32),
    )


@loads_shipped()
@cache
def load_standing_model() -> StandingModel:
    """Return the model that ships with the package."""
    with as_file(files("glassdome.threads").joinpath("model").joinpath("standing.npz")) as path:
        return read_standing_model(path)
