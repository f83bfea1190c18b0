"""A mail with an attached file, judged by every entrance: each has the file read, and comes to the same verdict."""

from __future__ import annotations

import asyncio
import io
import zipfile
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from glassdome.agents.overseer import OverseerAgent
from glassdome.core.config import Settings
from glassdome.desk import wiring
from glassdome.files.sandbox.warm import warm_up as warm_readers
from glassdome.mcp import opening
from glassdome.pipeline.context import for_file, own_domains
from glassdome.pipeline.plugins import SHIPPED
from glassdome.pipeline.process import JudgeOptions, analyze_raw, warm_up
from tests.local_files import LocalFiles
from tests.unit.pipeline.test_entrances import CLOCK, REF, _said


def _zip(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, data)
    return out.getvalue()


def _mail() -> bytes:
    """Return a mail with a program in an archive in an archive, which parsing alone does not see."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "bo@hafen.example", "ann@werkstatt-hafen.example", "Order"
    mail.set_content("Please look at the attached order.")
    data = _zip("inner.zip", _zip("order.exe", b"MZ" + bytes(62)))
    mail.add_attachment(data, maintype="application", subtype="zip", filename="order.zip")
    return bytes(mail)


async def test_every_entrance_has_the_file_read(tmp_path: Path) -> None:
    await warm_up()
    # In this process readers are imported by the event loop, unless they are there.
    await asyncio.to_thread(warm_readers)
    settings = await asyncio.to_thread(Settings, mailcow_domain="werkstatt-hafen.example", data_dir=tmp_path)
    raw, files = _mail(), LocalFiles()
    options = JudgeOptions(authserv_ids=settings.authserv_ids, clock=CLOCK, files=files)
    context = for_file(now=CLOCK.now(), ours=own_domains(settings))
    expected = _said((await analyze_raw(raw, REF, context, options=options)).verdict)
    assert "attachment_executable" in [name for name, _, _ in expected["reasons"]]

    app: Any = SimpleNamespace(
        settings=SimpleNamespace(current=lambda: settings), clock=CLOCK, builtin=None, extended=SHIPPED, files=files
    )
    assert _said((await opening._judge(app, raw, REF)).verdict) == expected
    assert _said(await wiring._judge(lambda: settings, CLOCK, None, SHIPPED, files)(raw)) == expected
    overseer = await asyncio.to_thread(OverseerAgent, settings=settings, clock=CLOCK)
    _, by_mail = await overseer.analyze(raw)
    # The mail command reads in a sandbox of its own, which a kernel without seccomp does not have.
    status = await asyncio.to_thread(Path("/proc/self/status").read_text)
    assert _said(by_mail) == expected or "Seccomp_filters" not in status
