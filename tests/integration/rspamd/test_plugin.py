"""The plugin placed for Rspamd, in a real Rspamd: a capped symbol, and otherwise no trace of us."""

from __future__ import annotations

import statistics
import subprocess
from pathlib import Path

import pytest

from glassdome.demo.samples import samples
from tests.integration.push.receivers import Silent
from tests.integration.rspamd.conftest import PATIENT, StartRspamd, placed
from tests.servers.process import free_port
from tests.servers.rspamd import Rspamd

#: The most that the plugin may add, and mailcow's threshold for junk.
CAP, JUNK = 5.0, 8.0
PHISH = b"limited - action required"
HAM = b"Lunch on Thursday"


def sample(words: bytes) -> bytes:
    """Return the demo's mail with these words in its subject."""
    return next(item.raw for item in samples() if words in item.raw.split(b"\n\n")[0].split(b"\r\n\r\n")[0])


@pytest.fixture(scope="module")
def asking(rspamd_at: StartRspamd, service_url: str) -> Rspamd:
    """An Rspamd that asks the running service."""
    return rspamd_at(service_url, PATIENT)


@pytest.fixture(scope="module")
def alone(rspamd_at: StartRspamd) -> Rspamd:
    """An Rspamd without us."""
    return rspamd_at(None)


def test_phishing_gets_the_symbol(asking: Rspamd, alone: Rspamd) -> None:
    """The score is the verdict's confidence of the cap, and alone moves no mail to junk."""
    raw = sample(PHISH)

    found, without = asking.scan(raw), alone.scan(raw)

    symbol = found["symbols"]["GLASSDOME_PHISHING"]
    assert CAP / 2 < symbol["score"] <= CAP < JUNK
    assert pytest.approx(without["score"] + symbol["score"], abs=0.01) == found["score"]


def test_wanted_mail_gets_none(asking: Rspamd, alone: Rspamd) -> None:
    """A letter from a friend scores as without us: we never add to wanted mail, and never clear any."""
    raw = sample(HAM)

    found, without = asking.scan(raw), alone.scan(raw)

    assert not [name for name in found["symbols"] if name.startswith("GLASSDOME")]
    assert without["score"] == found["score"]


@pytest.mark.parametrize("temper", ["nobody", "silent", "refuses"])
def test_without_an_answer_as_without_us(rspamd_at: StartRspamd, alone: Rspamd, service_url: str, temper: str) -> None:
    """Nobody there, somebody who hangs, a wrong path: same score, no symbol, and after three tries nobody is asked."""
    silent = Silent()
    url = {"nobody": f"http://127.0.0.1:{free_port()}", "silent": silent.url, "refuses": service_url + "/nothing"}
    rspamd = rspamd_at(url[temper])
    raw = sample(PHISH)

    scans = [rspamd.scan(raw) for _ in range(12)]

    assert {alone.scan(raw)["score"]} == {scan["score"] for scan in scans}
    assert not [n for scan in scans for n in scan["symbols"] if n.startswith("GLASSDOME")]
    assert 1 == rspamd.log().count("not asked again")
    if temper == "silent":
        # The three that waited are the slowest; the others did not wait at all.
        waited = sorted(scan["seconds"] for scan in scans)
        assert statistics.median(waited) < waited[-3]
    silent.stop()


def test_mailcows_own_rules_stay(tmp_path: Path) -> None:
    """With Debian's whole configuration: configtest passes, and the three exporter rules are all there."""
    local = placed(tmp_path / "local", "http://172.22.1.240:8080")
    rules = "".join(
        f'  {name} {{\n    backend = "http";\n    url = "http://nginx:9081/{page}.php";\n    selector = "default";\n'
        '    formatter = "json";\n  }\n'
        for name, page in (("QUARANTINE", "pipe"), ("RLINFO", "pipe_rl"), ("PUSHOVERMAIL", "pushover"))
    )
    (local / "local.d/metadata_exporter.conf").write_text(f"rules {{\n{rules}}}\n")

    tested = rspamadm(local, "configtest")
    shown = rspamadm(local, "configdump", "metadata_exporter")

    assert "syntax OK" in tested
    assert all(f"{name} {{" in shown for name in ("QUARANTINE", "RLINFO", "PUSHOVERMAIL"))
    assert 'url = "http://172.22.1.240:8080/rspamd/check"' in rspamadm(local, "configdump", "glassdome")


def test_the_gpt_configuration_is_read(tmp_path: Path) -> None:
    """local.d/gpt.conf parses, and mailcow's rules are untouched by it."""
    from glassdome.deploy.render import render

    local = placed(tmp_path / "local", None)
    (local / "local.d/gpt.conf").write_text(render("gpt.conf", URL="http://172.22.1.240:8080", PUSH_SECRET="s"))
    (local / "rspamd.conf.local").write_text('gpt { .include "$LOCAL_CONFDIR/local.d/gpt.conf" }\n')

    assert "syntax OK" in rspamadm(local, "configtest")
    shown = rspamadm(local, "configdump", "gpt")
    assert 'url = "http://172.22.1.240:8080/v1/chat/completions"' in shown
    assert "json = true" in shown


def rspamadm(local: Path, *arguments: str) -> str:
    """Run rspamadm over Debian's configuration with our local part."""
    done = subprocess.run(
        ["/usr/bin/rspamadm", f"--var=LOCAL_CONFDIR={local}", *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout + done.stderr
