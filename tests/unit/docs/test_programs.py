"""Commands of the pages for other programs than ours: each is given to the real program, in a folder instead of the machine."""

from __future__ import annotations

import configparser
import imaplib
import os
import re
import shlex
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from glassdome.cli.app import app
from glassdome.core.config import Settings
from tests.servers.certificates import Certificates
from tests.servers.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[3]
PAGES = {page.name: page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs" / "howto").glob("*.md"))}
#: ufw reads its rules, which only root may do; the tests install what they need in the same way.
AS_ROOT = [] if os.getuid() == 0 else ["sudo", "-n"]
ENVIRONMENT = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}


def lines(program: str) -> list[str]:
    """Return each command line of the pages that runs a program, without what stands behind `#`."""
    joined = "\n".join(re.sub(r"\\\n\s*", " ", text) for text in PAGES.values())
    found = re.findall(rf"^ *(?:sudo )?({program} [^\n#|]*)", joined, re.MULTILINE)
    return list(dict.fromkeys(line.strip() for line in found))


def run(*command: str, given: str | None = None, folder: Path = ROOT) -> str:
    """Run a program; return what it prints, and fail with its complaint."""
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=ENVIRONMENT, input=given, cwd=folder, timeout=60
    )
    assert done.returncode == 0, f"{shlex.join(command)}: {done.stdout[-500:]} {done.stderr[-1000:]}"
    return done.stdout


def test_firewall_rules_are_rules() -> None:
    """The one server is let in, everybody else is refused by IPv4 and IPv6, and the two stand in this order."""
    rules = lines("ufw")

    assert [words.split()[1] for words in rules] == ["allow", "deny"]
    made = [run(*AS_ROOT, "unshare", "--net", "ufw", "--dry-run", *rule.split()[1:]) for rule in rules]
    assert "-A ufw-user-input -p tcp --dport 11434 -s 192.0.2.10 -j ACCEPT" in made[0]
    assert "-A ufw-user-input -p tcp --dport 11434 -j DROP" in made[1]
    assert "-A ufw6-user-input -p tcp --dport 11434 -j DROP" in made[1]


def test_what_is_watched_compiles() -> None:
    """Each filter for tcpdump is one that it reads, for Ethernet and for the cooked packets of `any`."""
    found = lines("tcpdump")

    assert len(found) > 1
    for line in found:
        words = shlex.split(line)[1:]
        link = "LINUX_SLL2" if "any" in words else "EN10MB"
        assert "ret" in run(*AS_ROOT, "tcpdump", "-d", "-y", link, *words[words.index("-ni") + 2 :])


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The folders of a machine that the pages write to."""
    for name in ("etc/systemd/system", "etc/fail2ban/filter.d", "var/log/llm-processor"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path


def test_the_units_are_installed_and_enabled(machine: Path) -> None:
    """As docs/howto/operate.md says it, and each comes up with the machine."""
    steps = [line for line in lines("install") if "/etc" in line]
    for step in steps:
        run("bash", "-euc", re.sub(r"(?<=\s)/etc", f"{machine}/etc", step))
    for line in lines("systemctl"):
        if "enable" in line:
            names = line.rpartition("--now")[2].split()
            run("systemctl", f"--root={machine}", "enable", *names)

    wanted = {link.name for link in (machine / "etc/systemd/system/multi-user.target.wants").iterdir()}
    assert wanted >= {"glassdome.service", "glassdome-worker@1.service", "glassdome-worker@2.service"}
    assert (machine / "etc/glassdome").stat().st_mode & 0o777 == 0o700
    assert (machine / "etc/glassdome/environment").stat().st_mode & 0o777 == 0o600


def test_the_drop_in_gives_each_worker_its_port(machine: Path) -> None:
    """It replaces the unit's command, and systemd reads both."""
    (text,) = re.findall(r"^```ini\n(\[Service\]\nExecStart=\n.*?)^```", PAGES["operate.md"], re.MULTILINE | re.DOTALL)
    folder = machine / "etc/systemd/system"
    python = sys.executable
    unit = (ROOT / "deploy/systemd/glassdome-worker@.service").read_text()
    (folder / "glassdome-worker@.service").write_text(unit.replace("/opt/glassdome/bin/glassdome", python))
    (folder / "glassdome-worker@.service.d").mkdir()
    (folder / "glassdome-worker@.service.d/override.conf").write_text(
        text.replace("/opt/glassdome/bin/glassdome", python)
    )
    read = configparser.RawConfigParser(strict=False)
    read.read_string(text)
    _, *arguments = shlex.split(read["Service"]["execstart"].replace("%i", "1"))

    run("systemd-analyze", "verify", "--man=no", str(folder / "glassdome-worker@1.service"))
    assert arguments == ["worker", "--host", "10.0.0.5", "--port", "8081"]
    assert CliRunner().invoke(app, [*arguments, "--help"]).exit_code == 0


def test_fail2ban_takes_filter_and_jail(machine: Path) -> None:
    """Copied as docs/howto/api-keys.md says, its own check of the configuration passes, and the filter finds the page's line."""
    folder, log = machine / "etc/fail2ban", machine / "var/log/llm-processor/processor.log"
    shutil.copytree("/etc/fail2ban", folder, dirs_exist_ok=True)
    (folder / "jail.d/defaults-debian.conf").unlink()  # it watches a log that a machine for tests need not have
    (line,) = re.findall(r'^\{"address".*$', PAGES["api-keys.md"], re.MULTILINE)
    log.write_text(f"{line}\n")
    for step in lines("cp"):
        if "fail2ban" not in step:
            continue
        run("bash", "-euc", step.replace("/etc/fail2ban", str(folder)))
    jail = folder / "jail.d/glassdome.conf"
    jail.write_text(jail.read_text().replace("/var/log/llm-processor", str(log.parent)))
    (search,) = lines("fail2ban-regex")

    assert "OK" in run("fail2ban-client", "-c", str(folder), "-t")
    assert "['start', 'glassdome']" in run("fail2ban-client", "-c", str(folder), "--dp")
    words = [word.replace("/var/log/llm-processor", str(log.parent)) for word in search.split()[1:]]
    assert "1 matched" in run("fail2ban-regex", "-c", str(folder), *words)


def test_the_last_command_removes_our_volumes_alone() -> None:
    """Those that our services declare, and none of mailcow's."""
    (pattern,) = re.findall(r"docker volume ls -q \| grep -E '([^']+)'", PAGES["uninstall.md"])
    ours = {
        name.split(":")[0]
        for file in ("llm-processor.yml", "ollama.yml", "llm-agent.yml")
        for name in re.findall(r"- ([\w-]+-vol-1:\S+)", (ROOT / "glassdome/deploy/files" / file).read_text())
    }
    theirs = {"vmail-vol-1", "mysql-vol-1", "rspamd-vol-1", "crypt-vol-1", "postfix-vol-1"}
    listed = "\n".join(f"mailcowdockerized_{name}" for name in sorted(ours | theirs))

    assert len(ours) == 3
    assert run("grep", "-E", pattern, given=listed).split() == [f"mailcowdockerized_{name}" for name in sorted(ours)]


def test_a_key_made_as_the_page_says_is_long_enough() -> None:
    """The service takes it."""
    (line,) = [found for found in lines("python3") if "token_urlsafe" in found]
    key = run("bash", "-euc", line).strip()

    assert Settings(api_keys=f"{key}:rw")


def test_the_lines_of_a_plain_imap_client(dovecot: Dovecot, certificates: Certificates) -> None:
    """Typed behind a login over TLS as docs/howto/mail-programs.md has them: the marked mail is found, with its keyword."""
    (text,) = re.findall(r"^```text\n(a SELECT.*?)^```", PAGES["mail-programs.md"], re.MULTILINE | re.DOTALL)
    box = dovecot.add_mailbox()
    dovecot.deliver(box, b"From: a@b.example\r\nSubject: x\r\n\r\nHello\r\n")
    dovecot.doveadm("flags", "add", "-u", box, "$Phishing", "mailbox", "INBOX", "all")
    context = ssl.create_default_context(cafile=str(certificates.ca))
    printed = b""
    with imaplib.IMAP4_SSL("localhost", dovecot.imaps_port, ssl_context=context) as peer:
        peer.login(box, PASSWORD)
        for line in text.replace("4711", "1").splitlines():
            peer.send(f"{line}\r\n".encode())
            while not printed.splitlines()[-1:] or not printed.splitlines()[-1].startswith(line[:2].encode()):
                printed += peer.readline()

    assert b"* SEARCH 1\r\n" in printed
    assert re.search(rb"\* 1 FETCH \(UID 1 FLAGS \([^)]*\$Phishing", printed)
