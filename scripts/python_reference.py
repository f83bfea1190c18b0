"""Write the page of the Python names that other programs may rely on, from their source."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator

__all__ = ["python_page"]

_HEAD = """# Python

Generated from the program (`python scripts/generate_reference.py`); a test keeps it fresh.

These names are stable ([versions](../internals/versions.md)); every other one may change. Everything that waits is a
coroutine. Errors are those of `glassdome.core.errors`, whose tree stands on top of that file. `Settings` reads the
[settings](settings.md) of the environment, `.env` and `config.yml`.

```python
import asyncio

from glassdome.agents.mailcow_agent import MailcowAgent
from glassdome.core.config import Settings


async def main() -> None:
    async with MailcowAgent.from_settings(Settings()) as agent:
        print(await agent.execute({"action": "list_mailboxes"}))


asyncio.run(main())
```
"""


def python_page() -> str:
    """Return the page: each class with its docstring, its maker and its public methods."""
    from glassdome.agents.mailcow_agent import MailcowAgent
    from glassdome.agents.overseer import OverseerAgent
    from glassdome.integrations.mailcow_client import MailcowClient

    lines = [_HEAD]
    for kind in (MailcowAgent, OverseerAgent, MailcowClient):
        lines += [f"## {kind.__name__}", "", f"`from {kind.__module__} import {kind.__name__}`", ""]
        lines += _described(kind)
    return "\n".join(lines).rstrip("\n") + "\n"


def _described(kind: type) -> Iterator[str]:
    [tree] = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(tree, ast.ClassDef)
    yield from (_text(tree), "")
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (
            node.name == "__init__" or not node.name.startswith("_")
        ):
            yield from (
                f"### {_title(kind, node)}",
                "",
                "```python",
                _signature(kind, node),
                "```",
                "",
                _text(node),
                "",
            )


def _title(kind: type, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    return kind.__name__ + (" as made" if node.name == "__init__" else f".{node.name}")


def _signature(kind: type, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    marks = {ast.unparse(mark) for mark in node.decorator_list}
    given = [ast.unparse(ast.arguments([], [arg], None, [], [], None, [])) for arg in node.args.args[:1]]
    arguments = ast.unparse(node.args).removeprefix(given[0]).removeprefix(", ")
    if node.name == "__init__":
        return f"{kind.__name__}({arguments})"
    answer = ast.unparse(node.returns) if node.returns else "None"
    if "property" in marks:
        return f"{node.name}: {answer}"
    waits = "await " if isinstance(node, ast.AsyncFunctionDef) and "asynccontextmanager" not in marks else ""
    if answer.startswith("AsyncIterator"):
        waits = "async with " if "asynccontextmanager" in marks else "async for item in "
    return f"{waits}{node.name}({arguments}) -> {answer}"


def _text(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    return inspect.cleandoc(ast.get_docstring(node) or "")
