"""Our marked parts inside files of others: put in, found, and cut out again without touching the rest."""

from __future__ import annotations

import re
import textwrap
from typing import Final

import yaml

from glassdome.core.errors import Conflict

__all__ = ["BEGIN", "END", "add_to_section", "append", "block_of", "cut", "marked"]

BEGIN: Final = "# >>> glassdome (placed by `glassdome mailcow install`)"
END: Final = "# <<< glassdome"
#: JavaScript has no comments that begin with #, so our markers stand behind // there.
_BLOCK: Final = re.compile(
    rf"^[ \t]*(?:// )?{re.escape(BEGIN)}\n(.*?)^[ \t]*(?:// )?{re.escape(END)}\n", re.MULTILINE | re.DOTALL
)


def marked(text: str, *, comment: str = "") -> str:
    """Return `text` between our markers, each behind `comment`."""
    return f"{comment}{BEGIN}\n{text.rstrip()}\n{comment}{END}\n"


def cut(text: str) -> str:
    """Return `text` without our parts."""
    return _BLOCK.sub("", text)


def block_of(text: str) -> str:
    """Return what stands in our parts, an empty string where there is none."""
    return "".join(match[1] for match in _BLOCK.finditer(text))


def append(text: str, part: str, *, comment: str = "") -> str:
    """Return `text` with our part at its end; `comment` begins a comment of a language that has none with #."""
    return _ended(text) + marked(part, comment=comment)


def add_to_section(text: str, section: str, part: str) -> str:
    """Return YAML `text` with `part` as further entries of the top-level mapping `section`; no other byte changes.

    Raises Conflict where that cannot be done: text that is not YAML, or is written in flow style.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as exc:
        raise Conflict("The compose override is not valid YAML.", fix="Fix or move it.") from exc
    if root is None:
        return append(text, f"{section}:\n{_indented(part, 2)}")
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise _not_a_block(section)
    found = next(((key, value) for key, value in root.value if key.value == section), None)
    if found is None:
        return append(text, f"{section}:\n{_indented(part, 2)}")
    return _inserted(text, section, *found, part)


def _inserted(text: str, section: str, key: yaml.Node, value: yaml.Node, part: str) -> str:
    line = key.start_mark.line
    if isinstance(value, yaml.MappingNode) and not value.flow_style and value.value:
        first = value.value[0][0].start_mark
        if first.line == line:
            raise _not_a_block(section)
        indent = first.column
    elif isinstance(value, yaml.ScalarNode) and value.value == "":
        indent = 2
    else:
        raise _not_a_block(section)
    lines = _ended(text).splitlines(keepends=True)
    return "".join([*lines[: line + 1], _indented(marked(part), indent), *lines[line + 1 :]])


def _indented(part: str, width: int) -> str:
    return textwrap.indent(part, " " * width)


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _not_a_block(section: str) -> Conflict:
    return Conflict(
        f"The compose override: `{section}:` is not written one entry per line.",
        fix="Write it in block style, with the entries on indented lines below, and run this again.",
    )
