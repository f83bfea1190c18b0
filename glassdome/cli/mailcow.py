"""`glassdome mailcow`: into an existing mailcow with one command, and out again without a trace."""

from __future__ import annotations

from pathlib import Path

import typer

from glassdome.cli.console import err, errors_told, out, print_json
from glassdome.cli.first_hour import first_key_of, offer_model, tell_link, tell_sign_in
from glassdome.core.errors import ConfigError
from glassdome.deploy.carry import carry_out, trial_findings
from glassdome.deploy.commands import (
    after_removal,
    before_removal,
    bring_up,
    build_image,
    drop_statements,
    schema_statements,
    verify_placed,
)
from glassdome.deploy.conf import own_values, read_values
from glassdome.deploy.engine import ContainerEngine, ShellCommand, engine_of, run
from glassdome.deploy.findings import Finding, Level
from glassdome.deploy.hidden import hidden_findings
from glassdome.deploy.host import this_host
from glassdome.deploy.limits import limit_findings
from glassdome.deploy.options import Options, RspamdWay, checked_domains, checked_mailboxes
from glassdome.deploy.place import Plan, apply, changes_sogo, plan_install, plan_removal
from glassdome.deploy.render import render
from glassdome.deploy.status import drift, file_states, installed
from glassdome.deploy.tree import CONF

__all__ = ["install", "sql", "status", "uninstall", "upgrade"]


def install(
    *,
    folder: Path,
    mailbox: list[str] | None,
    domain: list[str] | None,
    ollama: bool,
    gpu: bool,
    rspamd: RspamdWay,
    learn: bool,
    push: bool,
    agent: bool,
    link: bool,
    pull: bool | None,
    image: str,
    check: bool,
    dry_run: bool,
    restart: bool,
    force: bool,
) -> None:
    """Install Glassdome. No mailbox is read before it is enabled, and then only mail that arrives from that moment."""
    with errors_told():
        options = Options(
            ollama=ollama, gpu=gpu, image=image, rspamd=rspamd, learn=learn, push=push, agent=agent, link=link
        )
        chosen = {
            "GLASSDOME_MAILBOXES": checked_mailboxes(mailbox or []),
            "GLASSDOME_DOMAINS": checked_domains(domain or []),
        }
        plan = plan_install(_root(folder), options=options, chosen=chosen, force=force)
        if check:
            _check(plan)
        else:
            first_key = first_key_of(plan)
            _carry_out(plan, dry_run, restart)
            if not dry_run:
                tell_sign_in(plan, first_key)
                tell_link(plan)
                offer_model(plan, pull, running=restart)


def upgrade(*, folder: Path, dry_run: bool, restart: bool, force: bool) -> None:
    """Update the installed files to this version and keep every choice; also after mailcow's own update."""
    with errors_told():
        installed(_root(folder))
        plan = plan_install(_root(folder), force=force)
        first_key = first_key_of(plan)
        _carry_out(plan, dry_run, restart)
        if first_key and not dry_run:
            tell_sign_in(plan, first_key)


def status(*, folder: Path, as_json: bool) -> None:
    """Show the installed files, and which of them mailcow's update or a person changed. Ends with 1 when one is missing."""
    with errors_told():
        root = _root(folder)
        manifest = installed(root)
        states, notes = file_states(root, manifest), drift(root, manifest)
    if as_json:
        files = {item.name: item.state.value for item in states}
        print_json({"version": manifest.version, "files": files, "drift": list(notes)})
    else:
        for item in states:
            out.print(
                f"{'ok  ' if item.is_well else 'FAIL'}  {item.name}: {item.state}", highlight=False, soft_wrap=True
            )
        for note in notes:
            out.print(f"warn  {note}", highlight=False, soft_wrap=True)
    raise typer.Exit(0 if not notes and all(item.is_well for item in states) else 1)


def sql(*, folder: Path, drop: bool) -> None:
    """Write the SQL that makes our schema and user, its password included; for `mysql -uroot` in mysql-mailcow."""
    with errors_told():
        root = _root(folder)
        installed(root)
        values = own_values((root / CONF).read_text(encoding="utf-8", errors="replace"))
        typer.echo((drop_statements if drop else schema_statements)(values), nl=False)


def uninstall(*, folder: Path, purge: bool, dry_run: bool, restart: bool, force: bool) -> None:
    """Restore every file byte for byte; the database of analyses stays unless --purge."""
    with errors_told():
        root = _root(folder)
        options, plan = installed(root).options, plan_removal(root, force=force)
        _show_files(plan)
        conf = _conf(root)
        engine: ContainerEngine = engine_of(conf)
        stop, rest = (
            before_removal(options, engine),
            after_removal(plan.values, conf, engine, purge=purge, sogo=changes_sogo(plan)),
        )
        if dry_run:
            return
        _run_or_show(stop, root, restart, "First, while compose still knows our services:")
        apply(plan)
        _run_or_show(rest, root, restart, "Then:")


def _check(plan: Plan) -> None:
    """Tell each finding; ends with 1 where one would stop the installation or mailcow."""
    assert plan.manifest is not None
    conf = _conf(plan.root)
    findings = [
        *limit_findings(plan.manifest.options, conf, this_host()),
        *hidden_findings(plan.root),
        *trial_findings(plan, engine_of(conf)),
    ]
    _tell(findings)
    raise typer.Exit(1 if any(item.level is Level.FAIL for item in findings) else 0)


def _tell(findings: list[Finding]) -> None:
    for item in findings:
        out.print(f"{item.level:<4}  {item.what}", highlight=False, markup=False, soft_wrap=True)
        if item.fix:
            out.print(f"      {item.fix}", highlight=False, markup=False, soft_wrap=True)


def _carry_out(plan: Plan, dry_run: bool, restart: bool) -> None:
    assert plan.manifest is not None
    _refuse_limits(plan)
    _show_files(plan)
    conf = _conf(plan.root)
    engine = engine_of(conf)
    if restart and not dry_run:
        carry_out(plan, conf, engine, _announce)
    else:
        steps = [
            *build_image(plan.manifest.options, engine),
            *verify_placed(engine),
            *bring_up(plan.values, conf, engine, sogo=changes_sogo(plan)),
        ]
        if dry_run:
            _show(steps, "Commands:")
            return
        apply(plan)
        _show(
            steps, "Now run, in mailcow's folder; stop where one fails (or use --restart, which takes everything back):"
        )
    _tell_opt_in(plan)


def _refuse_limits(plan: Plan) -> None:
    """Refuse a limit with which compose would start nothing of mailcow."""
    assert plan.manifest is not None
    for item in limit_findings(plan.manifest.options, _conf(plan.root), this_host()):
        if item.level is Level.FAIL:
            raise ConfigError(item.what, fix=item.fix)
        if item.level is Level.WARN:
            err.print(f"{item.what} {item.fix}", highlight=False, markup=False)


def _show_files(plan: Plan) -> None:
    for change in plan.changes:
        out.print(f"{change.verb:<7} {change.name}", highlight=False, soft_wrap=True)
    if not plan.changes:
        out.print("Everything is in place already.")


def _run_or_show(commands: list[ShellCommand], root: Path, restart: bool, title: str) -> None:
    if not restart:
        _show(commands, title)
        return
    for command in commands:
        _announce(command)
        run(command, folder=root)


def _announce(command: ShellCommand) -> None:
    err.print(f"{command.why}: {command.line}", highlight=False, markup=False)


def _show(commands: list[ShellCommand], title: str) -> None:
    out.print(f"\n{title}")
    for command in commands:
        out.print(f"  # {command.why}", highlight=False, markup=False, soft_wrap=True)
        out.print(f"  {command.line}", highlight=False, markup=False, soft_wrap=True)


def _tell_opt_in(plan: Plan) -> None:
    assert plan.manifest is not None
    if plan.manifest.options.agent and not _conf(plan.root).get("GLASSDOME_OVERSEER_MAILBOX"):
        out.print(
            "\nThe agent needs a mailbox of its own: set GLASSDOME_OVERSEER_MAILBOX, GLASSDOME_OVERSEER_PASSWORD and"
            " GLASSDOME_OVERSEER_RECIPIENTS in mailcow.conf."
        )
    chosen = ", ".join(v for n in ("GLASSDOME_MAILBOXES", "GLASSDOME_DOMAINS") if (v := plan.values[n]))
    if not chosen:
        out.print("\nNo mailbox is enabled, so no mail is read. Add --mailbox a@example.org or --domain example.org.")
        return
    conf = _conf(plan.root)
    if plan.values["GLASSDOME_DOMAINS"] and not (conf.get("MAILCOW_API_KEY") or conf.get("API_KEY_READ_ONLY")):
        out.print(
            "\nWhole domains need mailcow's list of mailboxes: set API_KEY_READ_ONLY and API_ALLOW_FROM in mailcow.conf."
        )
    days = conf.get("GLASSDOME_RETENTION_DAYS", "")
    kept = f"{days} days" if days else "until the administrator erases it"
    out.print("\nA text for your users:\n")
    out.print(render("privacy.txt", MAILBOXES=chosen, RETENTION=kept), highlight=False, markup=False, soft_wrap=True)


def _root(folder: Path) -> Path:
    if not folder.is_dir():
        raise ConfigError(f"{folder} is not a folder.")
    return folder.resolve()


def _conf(root: Path) -> dict[str, str]:
    return read_values((root / CONF).read_text(encoding="utf-8", errors="replace"))
