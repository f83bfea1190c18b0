"""The language of comments, docstrings and pages: few of the idioms that make a reader stop."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
RELEASED = (ROOT / "glassdome" / "store" / "migrations").rglob("*.py")
#: Steps that databases have run are held to their bytes.
CODE = sorted({*(ROOT / "glassdome").rglob("*.py"), *(ROOT / "lab" / "glassdome_lab").rglob("*.py")} - {*RELEASED})
#: The scorecard is written by a run of the evaluation, and history is not rewritten.
PAGES = sorted({*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")} - {ROOT / "docs" / "scorecard.md"})
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
#: An idiom, and how often it may stand in 10,000 words. Each has plain uses, such as the question "what is new?".
IDIOMS = {
    "what is/was/had": (r"\bwhat (?:is|are|was|were|has|had)\b", 2.0),
    "say whether": (r"\bsay(?:s|ing)? whether\b", 0.3),
    "beside": (r"\bbeside\b", 0.7),
    "nobody": (r"\bnobody\b", 1.0),
    "is told": (r"\b(?:is|are|was|were|be) told\b", 1.0),
    "anew": (r"\banew\b", 0.3),
    "look at": (r"\blook(?:s|ed|ing)? at\b", 1.0),
    "tell of": (r"\b(?:tells? of|told of)\b", 0.3),
    "whoever": (r"\bwho(?:m)?ever\b", 0.5),
}


def _written(path: Path) -> Iterator[str]:
    """Yield the comments and docstrings of a module."""
    text = path.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, DOCUMENTED):
            yield ast.get_docstring(node) or ""


@pytest.fixture(scope="module")
def prose() -> str:
    """Return all comments, docstrings and pages."""
    pages = (path.read_text(encoding="utf-8") for path in PAGES)
    return "\n".join([*pages, *(piece for path in CODE for piece in _written(path))])


@pytest.mark.parametrize("idiom", IDIOMS)
def test_an_idiom_is_rare(prose: str, idiom: str) -> None:
    """Subject, verb, object: a noun says what a clause with "what is" only circles."""
    pattern, most = IDIOMS[idiom]
    found = re.findall(rf".{{0,40}}{pattern}.{{0,40}}", prose, re.IGNORECASE)
    share = 10_000 * len(found) / len(prose.split())

    assert share <= most, f"{share:.1f} in 10,000 words: {found[:20]}"
