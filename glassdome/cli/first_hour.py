"""The last lines of `glassdome mailcow install`: how to sign in, and the language model."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import typer

from glassdome.cli.console import err, out
from glassdome.core.config import Settings
from glassdome.core.config.file import read_config_file
from glassdome.core.errors import PeerRefused
from glassdome.deploy.commands import pull_model
from glassdome.deploy.conf import read_values
from glassdome.deploy.engine import engine_of, run_shown
from glassdome.deploy.parts import APPS, CONFIG
from glassdome.deploy.place import Plan
from glassdome.deploy.render import template
from glassdome.deploy.tree import CONF

__all__ = ["first_key_of", "offer_model", "tell_link", "tell_sign_in"]

_HTTPS = "443"


def first_key_of(plan: Plan) -> str:
    """Return the API key that this installation makes, empty where there are keys already; call it before the plan runs."""
    if _conf(plan).get("GLASSDOME_API_KEYS"):
        return ""
    return plan.values.get("GLASSDOME_API_KEYS", "").partition(":")[0]


def tell_sign_in(plan: Plan, first_key: str) -> None:
    """Say where the web UI is, and show a new key: once, for later runs find it in mailcow.conf."""
    conf = _conf(plan)
    port = (conf.get("HTTPS_PORT") or _HTTPS).rpartition(":")[2]
    url = f"https://{conf['MAILCOW_HOSTNAME']}{'' if port == _HTTPS else f':{port}'}/llm/"
    _say(f"\nSign in at {url} with an API key.")
    if first_key:
        _say(f"Your first key, shown this once (GLASSDOME_API_KEYS in mailcow.conf keeps it):\n\n  {first_key}")
    else:
        _say("The keys are GLASSDOME_API_KEYS in mailcow.conf.")


def tell_link(plan: Plan) -> None:
    """Say how to add the link by hand where mailcow's file could not take it."""
    assert plan.manifest is not None
    if plan.manifest.options.link and (plan.root / APPS).is_file() and APPS not in plan.files:
        _say(f"\n{APPS} ends outside PHP and is left alone. For a link in mailcow's Apps add inside:")
        _say(f"  {template('apps.php').splitlines()[-1]}")


def offer_model(plan: Plan, pull: bool | None, *, running: bool) -> None:
    """Fetch the language model where that is wanted; else say what it means that there is none.

    `pull` None asks at a terminal. A failure is printed and undoes nothing: everything works without a model.
    """
    conf = _conf(plan)
    host, engine = conf.get("OLLAMA_HOST"), conf.get("GLASSDOME_ENGINE") or "ollama"
    assert plan.manifest is not None
    if engine != "ollama":
        return
    if not (plan.manifest.options.ollama or host):
        _say("\nNo language model is set: all mail is judged without one, by the built-in engine.")
        return
    command = pull_model(engine_of(conf))
    model = _model(plan, conf)
    if running and (pull if pull is not None else _wants(model)):
        try:
            run_shown(command, folder=plan.root)
            return
        except PeerRefused as exc:
            err.print(f"{exc.public_message} The rest is installed.", highlight=False, markup=False)
    _say(f"\nUntil the language model {model} is fetched, all mail is judged without it, by the built-in engine alone:")
    _say(f"  {command.line}")


def _wants(model: str) -> bool:
    """Ask at a terminal; without one the answer is no."""
    return sys.stdin.isatty() and typer.confirm(
        f"Fetch the language model {model} now? Without it all mail is judged by the built-in engine alone.",
        default=True,
    )


def _model(plan: Plan, conf: Mapping[str, str]) -> str:
    """Return the model that the service will use."""
    path = plan.root / CONFIG
    written = read_config_file(path).get("ollama_model") if path.is_file() else None
    default = Settings.model_fields["ollama_model"].default
    return conf.get("OLLAMA_MODEL") or str(written.value if written else default)


def _conf(plan: Plan) -> dict[str, str]:
    return read_values((plan.root / CONF).read_text(encoding="utf-8", errors="replace"))


def _say(text: str) -> None:
    out.print(text, highlight=False, markup=False, soft_wrap=True)
