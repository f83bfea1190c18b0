"""The rules of the house that no linter knows: file sizes, names, one reader of the environment."""

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "glassdome"
LAB = ROOT / "lab" / "glassdome_lab"
FILES = sorted([*PACKAGE.rglob("*.py"), *LAB.rglob("*.py")])
VAGUE = {"utils", "util", "common", "helpers", "helper", "misc", "manager", "types"}
#: The one place each kind of `except Exception` may stand: detector runner, worker loop, API edge, the Overseer's round,
#: readers of attached files.
BROAD_EXCEPT = {"signals/runner.py", "pipeline/worker.py", "api/errors.py", "core/unexpected.py", "files/read.py"}


def _name(path: Path) -> str:
    return str(path.relative_to(LAB.parent if path.is_relative_to(LAB) else PACKAGE))


def test_there_is_something_to_check() -> None:
    """The package was found."""
    assert len(FILES) > 20


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_file_is_small_and_well_named(path: Path) -> None:
    """A file has at most 400 lines, a telling name and a docstring that says its role."""
    text = path.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= 400
    assert path.stem not in VAGUE
    assert ast.get_docstring(ast.parse(text)), f"{path} does not say what it is for"


#: First words that turn a docstring into a riddle: a sentence has its subject and verb, a noun phrase its noun, in front.
RIDDLES = {"What", "Whether", "Who", "Whom", "Whose", "Where", "When", "How", "From", "Which", "Why"}
#: Steps that databases have run, held to their bytes by `released_steps.txt`: the rule came after them.
RELEASED_STEPS = {"0002_opt_in.py", "0003_reads.py"}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@pytest.mark.parametrize("path", [p for p in FILES if p.name not in RELEASED_STEPS], ids=_name)
def test_docstrings_begin_plainly(path: Path) -> None:
    """A docstring begins with a verb or a noun, never with a word such as What, Whether or How."""
    assert riddles_in(path) == []


def test_docstrings_of_tests_begin_plainly() -> None:
    """The same holds for tests, benchmarks and scripts."""
    folders = (Path(__file__).parent / name for name in (".", "../benchmarks", "../scripts"))
    found = {path: riddles_in(path) for folder in folders for path in sorted(folder.rglob("*.py"))}

    assert len(found) > 300
    assert {path: texts for path, texts in found.items() if texts} == {}


def riddles_in(path: Path) -> list[str]:
    """Return the docstrings of a file that begin with a word of RIDDLES."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, DOCUMENTED)]
    texts = [ast.get_docstring(node) or "" for node in nodes]
    return [text for text in texts if (re.findall(r"^\w+", text) or [""])[0] in RIDDLES]


#: A migration is one list of columns: cutting it up would only hide the schema.
FUNCTIONS_IN = [p for p in FILES if "migrations" not in p.parts]


@pytest.mark.parametrize("path", FUNCTIONS_IN, ids=_name)
def test_functions_are_short(path: Path) -> None:
    """A function has at most 60 lines, its docstring not counted."""
    long = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            if body and (body[-1].end_lineno or 0) - body[0].lineno + 1 > 60:
                long.append(f"{node.name} at line {node.lineno}")

    assert long == []


def test_most_functions_are_very_short() -> None:
    """Half of the functions of the package have at most 6 lines, nine of ten at most 17, each with its docstring."""
    lengths = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for path in FUNCTIONS_IN
        if path.is_relative_to(PACKAGE)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )

    assert lengths[len(lengths) // 2] <= 6
    assert lengths[len(lengths) * 9 // 10] <= 17


def test_only_config_reads_the_environment() -> None:
    """`os.environ` and `os.getenv` stand in core/config/ alone."""
    readers = {_name(p) for p in FILES if re.search(r"os\.(environ|getenv)", p.read_text(encoding="utf-8"))}

    assert readers <= {"core/config/__init__.py", "core/config/terminal.py"}


def _swallows(tree: ast.Module) -> bool:
    """Return whether a handler catches everything and does not end in a bare `raise`."""
    return any(
        isinstance(node, ast.ExceptHandler)
        and isinstance(node.type, ast.Name)
        and node.type.id in ("Exception", "BaseException")
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)
        for node in ast.walk(tree)
    )


def test_broad_except_stands_in_five_places() -> None:
    """`except Exception` is for the detector runner, worker loop, API edge, the Overseer's round and readers of files."""
    found = {_name(p) for p in FILES if _swallows(ast.parse(p.read_text(encoding="utf-8")))}

    assert found <= BROAD_EXCEPT


def test_one_place_makes_the_context_of_a_mail() -> None:
    """Every entrance, script and benchmark asks `pipeline/context.py`, so that all judge a mail alike."""
    paths = [*FILES, *(ROOT / "scripts").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    calls = [
        path.relative_to(ROOT).as_posix()
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Context"
    ]

    assert calls == ["glassdome/pipeline/context.py"]


def test_import_is_light() -> None:
    """`import glassdome` loads none of the heavy libraries."""
    code = "import sys, glassdome; print(sorted({'numpy','fastapi','sqlalchemy','httpx','openai','mcp'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout.strip() == "[]"


def test_locks_name_no_index() -> None:
    """The locks hold names, versions and hashes; no address of any index."""
    for lock in (ROOT / "requirements").glob("*.txt"):
        assert "://" not in lock.read_text(encoding="utf-8")


def test_a_class_name_means_one_thing() -> None:
    """No two public classes of the package and the lab share a name."""
    places: dict[str, list[str]] = {}
    for path in FILES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(_name(path))

    assert {} == {name: found for name, found in places.items() if len(found) > 1}


def test_there_are_no_import_rings() -> None:
    """No modules import each other in a ring; imports for the type checker alone do not count."""
    graph = grimp.build_graph("glassdome", "glassdome_lab", exclude_type_checking_imports=True, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}

    # Raises CycleError, which names the ring.
    assert len(imports) == len(tuple(TopologicalSorter(imports).static_order()))
