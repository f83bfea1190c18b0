"""Carry out an installation with its commands: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from glassdome.core.errors import ConfigError, GlassdomeError, PeerRefused
from glassdome.deploy import commands
from glassdome.deploy.engine import ContainerEngine, ShellCommand, run
from glassdome.deploy.findings import Finding, Level
from glassdome.deploy.manifest import read_manifest
from glassdome.deploy.place import Plan, apply, changes_sogo, take_back

__all__ = ["Tell", "carry_out", "trial_findings"]

Tell = Callable[[ShellCommand], None]


def carry_out(plan: Plan, conf: Mapping[str, str], engine: ContainerEngine, tell: Tell) -> None:
    """Install with every command; after a failure each file is as before, and mailcow runs with its own.

    `conf` are the values of mailcow.conf, `tell` is called before each command. Raises the error of the command that
    failed.
    """
    assert plan.manifest is not None
    old, options = read_manifest(plan.root), plan.manifest.options
    sogo = changes_sogo(plan)

    def do(steps: list[ShellCommand]) -> None:
        for step in steps:
            tell(step)
            run(step, folder=plan.root)

    do([*commands.before_install(options, plan.files, engine), *commands.build_image(options, engine)])
    apply(plan)
    started = False
    try:
        do(commands.verify_placed(engine))
        started = True
        do(commands.bring_up(plan.values, conf, engine, sogo=sogo))
    except BaseException as exc:
        take_back(plan, old)
        if started:
            _bring_back(lambda: do(commands.take_back(engine, sogo=sogo)), exc)
        raise


def _bring_back(bring: Callable[[], None], cause: BaseException) -> None:
    try:
        bring()
    except GlassdomeError as exc:
        raise PeerRefused(
            f"{cause} Every file is as before, but mailcow could not be started again: {exc}",
            fix="Run `docker compose up -d` in mailcow's folder.",
        ) from cause


def trial_findings(plan: Plan, engine: ContainerEngine) -> list[Finding]:
    """Let compose and each running server try our files, on copies; nothing is placed."""
    assert plan.manifest is not None
    found: list[Finding] = []
    for step in commands.before_install(plan.manifest.options, plan.files, engine):
        try:
            run(step, folder=plan.root)
        except ConfigError as exc:
            # Without Docker nothing else can be tried, and every step would say the same.
            return [
                *found,
                Finding(Level.FAIL, f"{exc.message} Nothing could be tried in mailcow's containers.", exc.fix),
            ]
        except GlassdomeError as exc:
            down = "is not running" in str(exc)
            fix = exc.fix or ("Start mailcow: docker compose up -d" if down else "Correct the file that is named.")
            found.append(Finding(Level.FAIL, str(exc), fix))
        else:
            found.append(Finding(Level.OK, step.why))
    return found
