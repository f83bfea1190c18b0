"""The role of the model of the moment: looked up, or found out by a test in the background, one mail at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from glassdome.core.clock import Clock
from glassdome.core.errors import EngineError
from glassdome.core.log import get_logger
from glassdome.pipeline.canaries.mails import canaries, canary_version
from glassdome.pipeline.canaries.trial import ask_canary, judged_trial
from glassdome.ports.model import TriedEngine
from glassdome.values.opinion import Opinion
from glassdome.values.role import Grant, ModelIdentity, ModelTest, RoleState

if TYPE_CHECKING:
    from glassdome.store.model_roles import ModelRoles

__all__ = ["Roles", "identity_of", "run_trial"]

_log = get_logger(__name__)
#: Seconds between two looks at a model whose role is known, and after an error: a model that was pulled again is noticed.
SETTLED: Final = 60.0
#: Seconds between two mails of a test: the mail of people goes in between.
BETWEEN: Final = 0.05


async def identity_of(engine: TriedEngine) -> ModelIdentity:
    """Ask which model it is; raises ModelUnavailable, ModelMissing."""
    digest = await engine.digest()
    return ModelIdentity(
        engine=engine.name,
        model=engine.model,
        digest=digest,
        prompt_version=engine.prompt_version,
        canaries=await asyncio.to_thread(canary_version),
    )


async def run_trial(
    engine: TriedEngine, store: ModelRoles, *, clock: Clock, advanced: Callable[[int], None] = lambda number: None
) -> ModelTest:
    """Ask what was not asked yet, and keep the role that the model earned; raises ModelUnavailable, ModelMissing."""
    identity = await identity_of(engine)
    answers = dict(await store.answers(identity.key))
    for canary in canaries():
        if canary.name not in answers:
            answers[canary.name] = await ask_canary(engine, canary)
            await store.add_answer(identity.key, canary.name, answers[canary.name], now=clock.now())
        advanced(len(answers))
    return await _finished(identity, answers, store, now=clock.now())


async def _finished(
    identity: ModelIdentity, answers: dict[str, Opinion | None], store: ModelRoles, *, now: datetime
) -> ModelTest:
    grant, fields = await judged_trial(answers)
    seconds = sum(opinion.usage.seconds for opinion in answers.values() if opinion is not None)
    test = ModelTest(identity=identity, grant=grant, fields=fields, mails=len(answers), seconds=seconds, tested_at=now)
    await store.put(test)
    _log.info("model_tested", model=identity.model, role=str(grant.role), fields=sorted(grant.fields))
    return test


@dataclass(kw_only=True)
class Roles:
    """Keeps the role of `engine()`, None while there is none but the built-in.

    `may_test` is False in processes that leave the test to another one, and only look up what it found.
    """

    store: ModelRoles
    engine: Callable[[], TriedEngine | None]
    clock: Clock
    may_test: bool = True
    _of: TriedEngine | None = None
    _problem: str = ""
    _state: RoleState = field(default_factory=RoleState)
    _pause: float = BETWEEN

    def grant(self) -> Grant:
        """Return what the model of this moment earned: nothing before it was tested."""
        return self.state().grant

    def state(self) -> RoleState:
        """Return the same with how it was found out."""
        engine = self.engine()
        return self._state if engine is not None and engine is self._of else RoleState()

    def pause(self) -> float:
        """Return the seconds until the next step."""
        return self._pause

    async def step(self) -> None:
        """Look up the role, or ask one more canary; raises StoreError.

        While the model is away the test waits, and says so once.
        """
        self._pause, problem, engine = SETTLED, "", self.engine()
        try:
            if engine is not None:
                await self._look(engine)
        except EngineError as exc:
            problem = exc.code
            if problem != self._problem:
                _log.warning("model_test_waits", code=exc.code, problem=exc.public_message)
        self._problem = problem

    async def _look(self, engine: TriedEngine) -> None:
        identity = await identity_of(engine)
        known = await self.store.get(identity.key)
        if known is None and self.may_test:
            known = await self._go_on(engine, identity)
        if known is not None:
            self._state, self._of = RoleState(grant=known.grant, test=known, mails=known.mails), engine
        elif not self.may_test:
            self._state, self._of = RoleState(), engine

    async def _go_on(self, engine: TriedEngine, identity: ModelIdentity) -> ModelTest | None:
        answers, mails = dict(await self.store.answers(identity.key)), canaries()
        self._state, self._of = RoleState(answered=len(answers), mails=len(mails)), engine
        left = [canary for canary in mails if canary.name not in answers]
        if left:
            answers[left[0].name] = await ask_canary(engine, left[0])
            await self.store.add_answer(identity.key, left[0].name, answers[left[0].name], now=self.clock.now())
            self._state = RoleState(answered=len(answers), mails=len(mails))
        if len(left) > 1:
            self._pause = BETWEEN
            return None
        return await _finished(identity, answers, self.store, now=self.clock.now())
