"""Commands that are imported when they are called: `--help`, or one command, must not load all the others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

__all__ = ["MARKUP", "Later", "lazy_group"]

#: How the help of every command is marked up.
MARKUP: Final = "markdown"
#: Code, or a character that Markdown takes for the beginning of HTML, which it leaves out.
_CODE_OR_LESS = re.compile(r"(`[^`]*`)|<")


class Later(TyperCommand):
    """Stands for a command, or a group of commands, in the list: its name, its line of help, and where it is."""

    def __init__(self, name: str, line: str, *, place: str) -> None:
        """`place` is `module:attribute`, a function or a `typer.Typer`; nothing is imported yet."""
        super().__init__(name, help=line)
        self._place = place

    def loaded(self) -> Any:
        """Import the command and return it; a group has `commands`."""
        module, _, attribute = self._place.partition(":")
        found, holder = getattr(self._imported(module), attribute), typer.Typer(rich_markup_mode=MARKUP)
        if isinstance(found, typer.Typer):
            holder.add_typer(found, name=self.name)
        else:
            holder.command(self.name)(found)
        command = get_group(holder).commands[self.name or ""]
        _show_as_written(command)
        return command

    def _imported(self, module: str) -> ModuleType:
        """Import the command's module; a command of another distribution says how that is installed."""
        try:
            return import_module(module)
        except ModuleNotFoundError as exc:
            if exc.name != module.partition(".")[0]:
                raise
            raise _not_installed(self.name or "") from exc

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Delegate to the real command; invocation, --help and completion all pass through here."""
        return self.loaded().make_context(info_name, args, parent=parent, **extra)


def _not_installed(name: str) -> Exception:
    """Say how the extra named like the command is installed; return what ends the program."""
    from glassdome.cli.console import errors_told
    from glassdome.core.errors import ConfigError
    from glassdome.core.extras import install_extra

    try:
        with errors_told():
            raise ConfigError(f"`glassdome {name}` is not installed.", fix=install_extra(name))
    except typer.Exit as exc:
        return exc


def _show_as_written(command: Any) -> None:
    """Keep `<Message-ID>` and the like in the help of a command, its parameters and the commands in it."""
    for holder in (command, *command.params):
        text = getattr(holder, "help", None)
        if text:
            holder.help = _CODE_OR_LESS.sub(lambda found: found[1] or r"\<", text)
    for inner in getattr(command, "commands", {}).values():
        _show_as_written(inner)


def lazy_group(commands: Mapping[str, tuple[str, str]]) -> type[TyperGroup]:
    """Return the class of a group of `commands`: name -> (place, line of help), in the order of the list."""

    class LazyGroup(TyperGroup):
        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            for name, (place, line) in commands.items():
                self.add_command(Later(name, line, place=place))

    return LazyGroup
