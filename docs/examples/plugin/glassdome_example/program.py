"""An engine: a language model behind a program that reads a prompt and writes its answer."""

import asyncio
import json
import time

from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError, ModelUnavailable
from glassdome.ports.model import Completion, ModelFacts, Prompt


class ProgramModel:
    """Runs the program once for each answer. Glassdome builds the prompt, and checks and bounds the answer."""

    def __init__(self, program: str) -> None:
        self.name = program.rpartition("/")[2]
        self._program = program

    async def complete(self, prompt: Prompt) -> Completion:
        """Write the request as JSON to the program; what it writes must be JSON that fits `prompt.schema`."""
        start = time.perf_counter()
        asked = {"system": prompt.system, "user": prompt.user, "schema": prompt.schema, "max_tokens": prompt.max_tokens}
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(self._program, stdin=pipe, stdout=pipe)
        text, _ = await process.communicate(json.dumps(asked).encode())
        if process.returncode != 0:
            raise ModelUnavailable(f"{self.name} ended with {process.returncode}.")
        return Completion(
            text=text.decode(),
            model=self.name,
            finish="stop",
            tokens_in=0,
            tokens_out=0,
            seconds=time.perf_counter() - start,
        )

    async def facts(self) -> ModelFacts:
        return ModelFacts(model=self.name, context_tokens=8192, server="a program on this machine", slots=1)

    async def aclose(self) -> None:
        return


def create(settings: Settings) -> ProgramModel:
    """Return the engine: the entry point is this function."""
    if not settings.model:
        raise ConfigError("GLASSDOME_MODEL is not set.", fix="Write the path of the program.")
    return ProgramModel(settings.model)
