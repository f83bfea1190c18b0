"""The image and both compose files, as far as they can be proven without a container engine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
from pathlib import Path

import pytest
import yaml

from glassdome.core.config import Settings, env_names
from glassdome.deploy.options import Options
from glassdome.deploy.place import plan_install
from tests.integration.deploy.compose_rules import problems
from tests.integration.deploy.trees import OVERRIDE, make_mailcow
from tests.servers.certificates import SERVER_NAME
from tests.servers.dovecot import PASSWORD, Dovecot

ROOT = Path(__file__).resolve().parents[3]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions, continuation lines joined."""
    text = re.sub(r"\\\n\s*", " ", DOCKERFILE.read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_dockerfile_follows_the_rules() -> None:
    """Pinned bases in two stages, hashes only, no root, exec form, a health check, no cache left, no secret."""
    found = instructions()
    words = [word for word, _ in found]
    froms = [rest for word, rest in found if word == "FROM"]
    runs = [rest for word, rest in found if word == "RUN"]

    assert 2 == len(froms)
    assert re.match(r"BASE=python:3\.\d+-slim-\w+$", dict(found)["ARG"])
    assert ["${BASE} AS build", "${BASE}"] == froms
    assert "# syntax" not in DOCKERFILE.read_text()
    assert any("--require-hashes -r requirements/base.txt" in run for run in runs)
    assert all("--no-deps" in run or "--require-hashes" in run for run in runs if "pip install" in run)
    assert all(
        "--no-install-recommends" in run and "rm -rf /var/lib/apt/lists/*" in run for run in runs if "apt-get" in run
    )
    assert not {"ADD", "MAINTAINER"} & set(words)
    assert not [run for run in runs if re.search(r"\bsudo\b|curl [^ ]*http|\bcd ", run)]
    last = words[words.index("USER") :]
    assert "10001:10001" == dict(found)["USER"]
    assert "RUN" not in last
    assert all(dict(found)[word].startswith("[") for word in ("CMD", "ENTRYPOINT", "VOLUME"))
    assert "curl" in dict(found)["HEALTHCHECK"]
    assert not [rest for word, rest in found if word in ("ENV", "ARG") and re.search("SECRET|PASSW|KEY", rest)]


def test_what_the_dockerfile_copies_is_sent_to_it() -> None:
    """Each source of a COPY exists and is let through by the ignore file; nothing else is."""
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        source
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }
    assert allowed == copied
    assert all((ROOT / source).exists() for source in copied)


def test_every_template_is_packed() -> None:
    """Every file that the installer places is part of the package that the image installs."""
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["glassdome"]
    found = {path.suffix for path in (ROOT / "deploy" / "mailcow").iterdir()}

    assert set() == found - {Path(pattern).suffix for pattern in patterns}


@pytest.mark.parametrize(
    "options", [Options(), Options(gpu=True, learn=True), Options(ollama=False, push=False, agent=True)]
)
def test_mailcows_compose_file(tmp_path: Path, options: Options) -> None:
    """Every key has the shape that compose wants, with limits and without rights, whatever was chosen."""
    root = make_mailcow(tmp_path / "mailcow", {"docker-compose.override.yml": OVERRIDE.replace("!reset []", "[]")})
    plan = plan_install(root, options=options)
    text = next(c.then for c in plan.changes if c.name == "docker-compose.override.yml")
    document = yaml.safe_load(text or b"")
    document["services"] = {k: v for k, v in document["services"].items() if k.startswith(("llm-", "ollama-"))}

    assert [] == problems(document)
    assert ("ollama-mailcow" in document["services"]) is options.ollama
    assert ("llm-agent-mailcow" in document["services"]) is options.agent


def test_the_compose_file_that_stands_alone() -> None:
    """The same rules, and nothing listens on the network unasked."""
    document = yaml.safe_load((ROOT / "deploy" / "compose.yml").read_text())

    assert [] == problems(document)
    assert ["${GLASSDOME_BIND:-127.0.0.1}:8080:8080"] == document["services"]["llm-processor"]["ports"]


def test_each_variable_is_a_setting(tmp_path: Path) -> None:
    """Every variable of the compose file is a setting, and each setting can be given in mailcow.conf."""
    root = make_mailcow(tmp_path / "mailcow")
    text = next(c.then for c in plan_install(root).changes if c.name == "docker-compose.override.yml")
    names = yaml.safe_load(text or b"")["services"]["llm-processor-mailcow"]["environment"].keys()

    settings = {field: set(env_names(field)) for field in Settings.model_fields}
    assert set() == names - set().union(*settings.values()) - {"TZ"}
    assert [] == [field for field, known in settings.items() if not known & names]


@pytest.mark.timeout(600)
def test_serve_worker_and_analyze_as_in_the_container(dovecot: Dovecot, mailbox: str) -> None:
    """Without rights, as uid 10001 in a read-only tree where only data, log and 64 MB of /tmp can be written: all work.

    Where the tests do not run as root the tree cannot be built, and their own user stands for the unprivileged one.
    """
    folder = Path(tempfile.mkdtemp(prefix="gd", dir="/tmp"))
    folder.chmod(0o755)
    for name in ("data", "log", "root"):
        (folder / name).mkdir()
    environment = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "PYTHON": sys.base_prefix,
        "LIBRARIES": sysconfig.get_path("purelib"),
        "SOURCE": str(ROOT),
        "FOLDER": str(folder),
        "GLASSDOME_IMAP_HOST": dovecot.host,
        "GLASSDOME_IMAP_PORT": str(dovecot.imap_port),
        "MAILCOW_SERVER_NAME": SERVER_NAME,
        "GLASSDOME_MAILBOXES": f"{mailbox}:{PASSWORD}",
    }
    shutil.copy(dovecot.certificates.ca, folder / "data" / "ca.pem")
    if os.getuid() == 0:
        for name in ("data", "log"):
            os.chown(folder / name, 10001, 10001)
        command = ["unshare", "--mount", "--propagation", "private", "bash", "-c", TREE + CHANGE_ROOT, "-", RUN]
    else:
        command = ["bash", "-c", HERE + RUN]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600, check=False)
    shutil.rmtree(folder)

    assert 0 == done.returncode, done.stdout + done.stderr
    serve, serve_kib, worker, worker_kib, *analyses = map(json.loads, done.stdout.splitlines())
    assert ["healthy", "healthy"] == [serve["status"], worker["status"]]
    assert max(serve_kib, worker_kib) < 1 << 20
    assert {"phish", "ham"} <= {analysis["label"] for analysis in analyses}


#: The tree: the system, the interpreter, the libraries and our package, all read-only; three places to write.
TREE = """
set -e
cd "$FOLDER"
mount -t tmpfs -o mode=755 tmpfs root
place() { mkdir -p "root$2"; mount --rbind "$1" "root$2"; }
for part in /usr /etc /proc /dev; do place $part $part; done
for link in /bin /lib /lib64 /sbin; do [ -L $link ] && cp -P $link root$link || place $link $link; done
place "$PYTHON" /opt/python
place "$LIBRARIES" /opt/libraries
place "$SOURCE/glassdome" /opt/source/glassdome
for part in /usr /opt/python /opt/libraries /opt/source/glassdome; do mount -o remount,bind,ro "root$part"; done
mkdir -p root/var/lib root/var/log
place "$FOLDER/data" /var/lib/glassdome
place "$FOLDER/log" /var/log/llm-processor
mkdir -p root/tmp
mount -t tmpfs -o size=64m,mode=1777 tmpfs root/tmp
mount -o remount,ro root
export DATA=/var/lib/glassdome LOG=/var/log/llm-processor LIBRARIES=/opt/libraries SOURCE=/opt/source PYTHON=/opt/python
"""
CHANGE_ROOT = """
exec chroot root setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \\
  bash -c '{ : > /opt/here; } 2>/dev/null && exit 9; { : > /usr/here; } 2>/dev/null && exit 9; eval "$1"' - "$1"
"""
HERE = 'export DATA="$FOLDER/data" LOG="$FOLDER/log"\n'
RUN = """
set -e
cd "$DATA"
export HOME=$DATA GLASSDOME_DATA_DIR=$DATA GLASSDOME_CA_FILE=$DATA/ca.pem GLASSDOME_LOG_FILE=$LOG/processor.log
export PYTHONPATH=$SOURCE:$LIBRARIES PYTHONDONTWRITEBYTECODE=1 LD_LIBRARY_PATH=$PYTHON/lib
# Readers of files start Python without PYTHONPATH; a real container tries them (tests/integration/container).
export GLASSDOME_FILES=0
main='from glassdome.cli.app import main; main()'
answers() {
  local tries=0 url err="$LOG/err-$1"
  : > "$err"
  "$PYTHON/bin/python3" -c "$main" "$@" --port 0 2> "$err" &
  until url=$(grep -o 'http://[0-9.:]*' "$err"); do
    tries=$((tries + 1)); [ $tries -lt 400 ] || { cat "$err"; exit 8; }
    kill -0 $! || { cat "$err"; exit 7; }
    sleep 0.2
  done
  [ -s "$LOG/processor.log" ]
  curl -fsS -m 5 "$url/health"; echo
  awk '/VmHWM/ {print $2}' /proc/$!/status
  kill $!; wait $!
}
answers serve
answers worker
"$PYTHON/bin/python3" -c "$main" analyze --json --jobs 2 "$SOURCE/glassdome/demo/mail" 2> "$LOG/err" || { cat "$LOG/err"; exit 6; }
"""
