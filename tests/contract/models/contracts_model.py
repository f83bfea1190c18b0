"""The contract of every LanguageModel: one suite, run on each of them."""

from __future__ import annotations

import asyncio
import json

import pytest

from glassdome.core.errors import PromptTooLarge
from glassdome.engine.llm.decode import decode
from glassdome.engine.llm.schema import READING_SCHEMA
from glassdome.ports.model import LanguageModel, Prompt

__all__ = ["ModelContract"]


class ModelContract:
    """Subclass it and give the fixture `model`; `counts_prompt` is False for a server that streams without counts."""

    counts_prompt = True

    @pytest.fixture
    def model(self) -> LanguageModel:
        """Return the model under test; a suite that forgets to give one fails at once."""
        pytest.fail(f"{type(self).__name__} gives no fixture 'model'")

    def prompt(self, *, user: str = "A mail.", max_tokens: int = 900) -> Prompt:
        """Return a small prompt with the schema of readings."""
        return Prompt(system="Answer with JSON.", user=user, schema=READING_SCHEMA, max_tokens=max_tokens)

    async def test_facts_name_model_and_context(self, model: LanguageModel) -> None:
        """Facts give the model's name and a context that is large enough for a mail."""
        facts = await model.facts()

        assert facts.model == model.name
        assert facts.context_tokens >= 2_048
        assert facts.slots is None or facts.slots >= 1

    async def test_answer_follows_the_schema(self, model: LanguageModel) -> None:
        """An answer is JSON with every field, and says what it cost."""
        done = await model.complete(self.prompt())

        assert set(decode(done.text, READING_SCHEMA)) == set(READING_SCHEMA["properties"])
        assert (done.model, done.finish) == (model.name, "stop")
        assert (done.tokens_in > 0) == self.counts_prompt
        assert done.tokens_out > 0
        assert done.seconds > 0

    async def test_answers_at_the_same_time(self, model: LanguageModel) -> None:
        """Several questions at once are all answered."""
        done = await asyncio.gather(*(model.complete(self.prompt(user=f"Mail {n}.")) for n in range(4)))

        assert [json.loads(d.text).keys() == READING_SCHEMA["properties"].keys() for d in done] == [True] * 4

    async def test_cut_answer_says_length(self, model: LanguageModel) -> None:
        """An answer that ran into `max_tokens` is not passed off as whole."""
        done = await model.complete(self.prompt(max_tokens=5))

        assert done.finish == "length"

    async def test_too_long_prompt_is_refused(self, model: LanguageModel) -> None:
        """A prompt beyond the context raises; nothing of it is cut in silence."""
        context = (await model.facts()).context_tokens

        with pytest.raises(PromptTooLarge):
            await model.complete(self.prompt(user="word " * context))

    async def test_closes_twice(self, model: LanguageModel) -> None:
        """A closed model can be closed again."""
        await model.complete(self.prompt())
        await model.aclose()
        await model.aclose()
