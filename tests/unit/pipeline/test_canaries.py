"""Roles are earned: by the gain on labelled mails over the built-in engine, and by each model for itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from glassdome.core.clock import FixedClock
from glassdome.core.errors import ModelUnavailable
from glassdome.engine.llm import LlmEngine
from glassdome.pipeline.canaries.mails import Canary, canaries
from glassdome.pipeline.canaries.roles import Roles, run_trial
from glassdome.shapes.rendering import RENDERING
from glassdome.store import Database, migrate, open_database
from glassdome.values.role import UNTESTED, ModelRole, ModelTest
from glassdome.values.verdict import Label
from tests.samples import NOON
from tests.servers.scripted_models import BAD_MODELS, ScriptedModel, knowing

#: Read before any loop runs.
CANARIES = canaries()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database."""
    await migrate(f"sqlite:///{tmp_path / 'db'}")
    async with open_database(f"sqlite:///{tmp_path / 'db'}", rendering=RENDERING) as found:
        yield found


async def result_of(database: Database, script: Any) -> ModelTest:
    """Test a scripted model."""
    engine = LlmEngine(ScriptedModel(script), name="ollama")
    return await run_trial(engine, database.model_roles, clock=FixedClock(NOON))


def test_the_canaries_are_of_both_signs_and_many_kinds() -> None:
    """At least sixty, no name twice, in nine languages, and nothing in them leads anywhere."""
    labels = Counter(canary.label for canary in CANARIES)
    assert len({canary.name for canary in CANARIES}) == len(CANARIES) == 60
    assert min(labels.values()) >= 12
    assert len({canary.name.split("-")[1] for canary in CANARIES}) >= 9
    hosts = re.findall(r"(?:@|//)([\w.-]+)", " ".join(canary.raw.decode() for canary in CANARIES))
    assert [host for host in hosts if not host.rstrip(".").endswith(".example")] == []


@pytest.mark.parametrize("kind", BAD_MODELS)
async def test_a_bad_model_earns_nothing(database: Database, kind: str) -> None:
    """It is asked once for each mail, and holds no role after that."""
    test = await result_of(database, BAD_MODELS[kind])
    assert (test.grant.role, test.grant.fields, test.mails) == (ModelRole.NONE, frozenset(), 60)
    assert all(one.why for one in test.fields)


async def test_a_good_model_earns_every_field(database: Database) -> None:
    """It tells the mails apart that the built-in engine does not."""
    test = await result_of(database, knowing())
    assert [(one.field, one.why) for one in test.fields if not one.earned] == []
    assert test.grant.role is ModelRole.JUDGE
    assert all(one.model > one.builtin for one in test.fields)


LOST: dict[str, Callable[[Canary], Any]] = {
    "priority": lambda canary: 11 - canary.priority,
    "categories": lambda canary: ["bounce" if canary.label is Label.PHISH else "social"],
    "phishing": lambda canary: 3 if canary.label is Label.PHISH else 96,
    "spam": lambda canary: 5,
}


@pytest.mark.parametrize("field", LOST)
async def test_a_field_that_is_wrong_or_always_the_same_has_no_weight(database: Database, field: str) -> None:
    """The other fields keep what they earned; without both scores nothing may be cleared."""
    test = await result_of(database, knowing(**{field: LOST[field]}))
    lost = {field, "clear"} if field in ("phishing", "spam") else {field}
    assert {one.field for one in test.fields if not one.earned} == lost
    assert not test.grant.counts(field)


async def test_a_killed_test_goes_on_where_it_stood(database: Database) -> None:
    """Sixty questions in all, whoever asks them; until then nothing counts, and after that it is known at once."""
    model = ScriptedModel(knowing())
    engine = LlmEngine(model, name="ollama")

    def roles() -> Roles:
        return Roles(store=database.model_roles, engine=lambda: engine, clock=FixedClock(NOON))

    killed = roles()
    for _ in range(20):
        await killed.step()
    assert (killed.grant(), killed.state().answered, model.asked) == (UNTESTED, 20, 20)
    after = roles()
    while after.grant() == UNTESTED:
        await after.step()
    assert (model.asked, after.grant().role) == (60, ModelRole.JUDGE)
    again = roles()
    await again.step()
    assert (model.asked, again.grant()) == (60, after.grant())


async def test_another_model_of_the_same_name_counts_for_nothing(database: Database) -> None:
    """Its digest tells; a process that leaves the test to another one asks nothing."""
    model = ScriptedModel(knowing())
    engine = LlmEngine(model, name="ollama")
    await run_trial(engine, database.model_roles, clock=FixedClock(NOON))
    roles = Roles(store=database.model_roles, engine=lambda: engine, clock=FixedClock(NOON), may_test=False)
    await roles.step()
    assert roles.grant().role is ModelRole.JUDGE
    model.weights = "2"
    await roles.step()
    assert (roles.grant(), model.asked) == (UNTESTED, 60)


async def test_a_model_that_is_away_is_told_once(database: Database, capfd: pytest.CaptureFixture[str]) -> None:
    """The test waits, and does not repeat itself."""

    class Away(ScriptedModel):
        async def digest(self) -> str:
            raise ModelUnavailable("Nobody answers.")

    engine = LlmEngine(Away(knowing()), name="ollama")
    roles = Roles(store=database.model_roles, engine=lambda: engine, clock=FixedClock(NOON))
    for _ in range(3):
        await roles.step()
    assert "".join(capfd.readouterr()).count("model_test_waits") == 1
    assert roles.pause() >= 10
