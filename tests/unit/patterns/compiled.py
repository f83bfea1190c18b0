"""Prints every pattern that the package compiles: of modules, classes, functions and data files. Run by the test.

Each comes with the place where it is compiled and the methods that are called on it, as far as the source says.
"""

from __future__ import annotations

import ast
import base64
import importlib
import pickle
import pkgutil
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
#: Pattern and flags -> module, line and the method of `re` that compiled it.
Found = dict[tuple[Any, int], tuple[str, int, str]]


def record() -> Found:
    """Note what is compiled on behalf of the package from now on."""
    found: Found = {}
    original = re._compile  # type: ignore[attr-defined]

    def compiled(pattern: Any, flags: int) -> re.Pattern[Any]:
        result: re.Pattern[Any] = original(pattern, flags)
        frame, method = sys._getframe(1), "compile"
        while frame.f_back is not None and frame.f_code.co_filename == re.__file__:
            frame, method = frame.f_back, frame.f_code.co_name
        module = str(frame.f_globals.get("__name__"))
        if module.startswith(("glassdome.", "glassdome_lab.")):
            found.setdefault((result.pattern, result.flags), (module, frame.f_lineno, method))
        return result

    re._compile = compiled  # type: ignore[attr-defined]
    return found


def load_all() -> None:
    """Import every module and judge the sample mail, which reads the data files."""
    import glassdome
    import glassdome_lab

    for package in (glassdome, glassdome_lab):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not {"migrations", "__main__"} & set(module.name.split(".")):
                importlib.import_module(module.name)
    from scripts.testing.fuzz_messages import Judge

    judge = Judge()
    for path in sorted((ROOT / "tests" / "data").rglob("*.eml")):
        judge(path.read_bytes())


def uses(module: str, line: int) -> frozenset[str]:
    """Return the methods called on the pattern that is assigned at this line; empty where it may go anywhere."""
    root = ROOT / "lab" if module.startswith("glassdome_lab.") else ROOT
    path = root.joinpath(*module.split(".")).with_suffix(".py")
    tree = ast.parse(path.read_text(encoding="utf-8") if path.is_file() else "")
    name = next((n for n in _assigned(tree) if n[1] <= line <= n[2]), ("", 0, 0))[0]
    called, others = set[str](), 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name:
            called.add(node.attr)
            others -= 1
        elif isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            others += 1
    # A name used as a value, or one that other modules may import, is called by whoever has it.
    return frozenset(called) if name.startswith("_") and not others else frozenset()


def _assigned(tree: ast.Module) -> list[tuple[str, int, int]]:
    found = []
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.Call):
            found.append((target.id, node.lineno, node.end_lineno or node.lineno))
    return found


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "lab")]
    patterns = record()
    load_all()
    table = {
        key: (f"{module}:{line}", uses(module, line) if method == "compile" else frozenset([method]))
        for key, (module, line, method) in patterns.items()
    }
    sys.stdout.write(base64.b64encode(pickle.dumps(table)).decode())
