"""`glassdome models`: what the model server has, fetching a model, trying it, and measuring what it carries."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="List, fetch, try and measure language models.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Write JSON to stdout.")]


@app.command("list")
def list_models(json: Json = False) -> None:
    """List the models that the server has; the one in use is marked."""
    from glassdome.cli import models as work

    work.list_models(json=json)


@app.command()
def pull(
    model: Annotated[str, typer.Argument(help="Its name; default: the model of the settings.")] = "",
    wait: Annotated[
        float, typer.Option(min=0, max=3600, help="Seconds to wait for a server that does not answer.")
    ] = 0,
) -> None:
    """Fetch a model to every configured Ollama server."""
    from glassdome.cli import models as work

    work.pull(model=model, wait=wait)


@app.command("test")
def try_model(
    json: Json = False,
    one: Annotated[bool, typer.Option("--one", help="Ask about one sample mail only, and grant nothing.")] = False,
) -> None:
    """Try the model on 60 labelled mails, show its gain field by field, and grant the role it earned."""
    if one:
        from glassdome.cli import models as work

        work.try_model(json=json)
        return
    from glassdome.cli import model_test

    model_test.grant_role(json=json)


@app.command()
def bench(
    mails: Annotated[int, typer.Option(min=1, max=1000, help="Mails per step.")] = 16,
    steps: Annotated[str, typer.Option(help="Numbers of requests at once.")] = "1,2,4,8",
    seconds: Annotated[float, typer.Option(min=1, max=86_400, help="Seconds it may take; it tells what it saw.")] = 110,
    json: Json = False,
) -> None:
    """Measure how many mails a day this machine carries, and the best number of requests at once."""
    from glassdome.cli import models as work

    work.bench(mails=mails, steps=steps, seconds=seconds, json=json)
