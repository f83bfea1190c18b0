"""`glassdome models test`: the model on the canaries, beside the built-in engine, and the role that it earned."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from glassdome.bootstrap.mailboxes import open_store
from glassdome.bootstrap.models import engine_of, language_model
from glassdome.cli.console import errors_told, load_settings, out, print_json, progress_bar, run
from glassdome.core.clock import SystemClock
from glassdome.core.config import Settings
from glassdome.core.errors import ConfigError
from glassdome.pipeline.canaries.mails import canaries
from glassdome.pipeline.canaries.roles import run_trial
from glassdome.values.role import ModelTest

__all__ = ["grant_role"]


def grant_role(*, json: bool) -> None:
    """Ask about each canary, store and show what came of it; one that was ended goes on where it stood."""
    with errors_told():
        settings = load_settings()
    # Read before the loop runs, for it reads files.
    canaries()
    test = run(_test(settings))
    if json:
        print_json(_object(test))
        return
    out.print(_table(test))
    each = test.seconds / max(test.mails, 1)
    out.print(f"{test.identity.model}: {test.mails} mails, {each:.1f} s each.", markup=False, highlight=False)
    out.print(f"Role: {test.grant.role}. {_MEANING[test.grant.role]}", markup=False, highlight=False)


async def _test(settings: Settings) -> ModelTest:
    model = language_model(settings)
    if model is None:
        raise ConfigError("No language model is configured.", fix="Set OLLAMA_HOST, or GLASSDOME_ENGINE.")
    try:
        await model.facts()
        async with open_store(settings) as database:
            with progress_bar(unit="mails") as bar:
                task = bar.add_task("asking", total=len(canaries()), note="")
                return await run_trial(
                    engine_of(model, settings),
                    database.model_roles,
                    clock=SystemClock(),
                    advanced=lambda number: bar.update(task, completed=number),
                )
    finally:
        await model.aclose()


#: What each role means for mail.
_MEANING = {
    "none": "The built-in engine decides alone.",
    "writer": "It writes summaries, action items and drafts.",
    "second": "It may raise suspicion, too, and clears nothing.",
    "judge": "Its priority, categories and scores count, too, up to their cap.",
}


def _object(test: ModelTest) -> dict[str, Any]:
    return {
        "model": test.identity.model,
        "digest": test.identity.digest,
        "prompt_version": test.identity.prompt_version,
        "role": str(test.grant.role),
        "mails": test.mails,
        "seconds": round(test.seconds, 3),
        "fields": [
            {
                "field": f.field,
                "builtin": round(f.builtin, 4),
                "model": round(f.model, 4),
                "earned": f.earned,
                "why": f.why,
            }
            for f in test.fields
        ],
    }


def _table(test: ModelTest) -> Table:
    table = Table("field", "built-in", "with the model", "counts")
    for one in test.fields:
        table.add_row(one.field, f"{one.builtin:.3f}", f"{one.model:.3f}", "yes" if one.earned else f"no: {one.why}")
    return table
