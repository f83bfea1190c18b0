"""The wheel of Glassdome holds what runs at home, works alone, and says how the lab is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest

from glassdome import __version__
from glassdome.demo.samples import samples

ROOT = Path(__file__).parent.parent
#: What makes or measures Glassdome, and what tests it.
ELSEWHERE = ("evaluation", "training", "testing", "glassdome_lab", "tests", "lab")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "-q")


def _run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, cwd=cwd)


def _wheel(source: Path, package: str, scratch: Path) -> Path:
    """Build a wheel from a copy, for building writes into its folder."""
    copy = scratch / "source"
    shutil.copytree(source / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        if (source / name).is_file():
            shutil.copy(source / name, copy)
    built = _run(*PIP, "wheel", "--no-deps", "--no-build-isolation", "-w", scratch, copy, cwd=scratch)
    assert built.returncode == 0, built.stderr
    return next(scratch.glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Glassdome's own wheel."""
    return _wheel(ROOT, "glassdome", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and nothing else of ours; the libraries are those of this Python."""
    folder = tmp_path_factory.mktemp("installed")
    done = _run(*PIP, "install", "--no-deps", "--target", folder, wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def _glassdome(installed: Path, words: Sequence[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the installed command; an editable lab or Glassdome of this Python must not be found."""
    code = (
        "import sys\n"
        "sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in getattr(f, '__module__', '')]\n"
        f"sys.path[:] = [{str(installed)!r}] + [p for p in sys.path if not p.startswith({str(ROOT)!r}) or 'site-packages' in p]\n"
        "import glassdome\n"
        f"assert glassdome.__file__.startswith({str(installed)!r})\n"
        "from glassdome.cli.app import main\nmain()"
    )
    return _run(sys.executable, "-c", code, *words, cwd=cwd)


def test_the_wheel_holds_what_runs_at_home(wheel: Path) -> None:
    """No module of the lab or the tests, and of all else each file."""
    names = ZipFile(wheel).namelist()

    modules = [name for name in names if name.endswith(".py")]
    assert [] == [name for name in names if set(Path(name).parts) & set(ELSEWHERE)]
    assert set(modules) == {str(p.relative_to(ROOT)) for p in (ROOT / "glassdome").rglob("*.py")}
    assert {"glassdome", f"glassdome-{__version__}.dist-info"} == {Path(name).parts[0] for name in names}


def test_the_wheel_judges_mail(installed: Path, tmp_path: Path) -> None:
    """Nothing that `glassdome analyze` needs was left out."""
    mail = tmp_path / "mail.eml"
    mail.write_bytes(next(iter(samples())).raw)
    done = _glassdome(installed, ["analyze", "--json", mail], tmp_path)

    assert (0, "") == (done.returncode, done.stderr)
    assert json.loads(done.stdout)["label"] in {"ham", "spam", "phish"}


@pytest.mark.parametrize("command", ["eval", "train"])
def test_without_the_lab_a_sentence_says_how_to_install_it(installed: Path, tmp_path: Path, command: str) -> None:
    """Also for its help, which the lab has."""
    for words in ([command, str(tmp_path)], [command, "--help"]):
        done = _glassdome(installed, words, tmp_path)

        assert (2, "") == (done.returncode, done.stdout)
        assert f"`glassdome {command}` is not installed." in done.stderr
        assert f"-m pip install -e '.[{command}]' -e ./lab" in done.stderr
        assert 1 == len(done.stderr.splitlines())


def test_the_lab_has_its_modules_and_data(tmp_path: Path) -> None:
    """Its wheel holds each file of its folder."""
    names = ZipFile(_wheel(ROOT / "lab", "glassdome_lab", tmp_path)).namelist()

    package = ROOT / "lab" / "glassdome_lab"
    files = {str(p.relative_to(package.parent)) for p in package.rglob("*") if p.is_file() and p.suffix != ".pyc"}
    assert files <= set(names)


def test_both_distributions_have_one_version() -> None:
    """The lab reads Glassdome's inner modules: it names the version that it belongs to."""
    lab = tomllib.loads((ROOT / "lab" / "pyproject.toml").read_text())["project"]

    assert __version__ == lab["version"]
    assert f"glassdome=={__version__}" in lab["dependencies"]
    assert lab["optional-dependencies"]["train"][0] in (ROOT / "requirements" / "dev.in").read_text()
