"""Every type that Outlook or Gmail block is reported, under every trick with its name."""

from __future__ import annotations

import pytest

from glassdome.values.message import Attachment
from tests.unit.signals.test_attachments import hits, mail

OUTLOOK = """
ade adp app application appref-ms asp aspx asx bas bat bgi cab cer chm cmd cnt com cpl crt csh der diagcab exe fxp gadget grp
hlp hpj hta htc inf ins iso isp its jar jnlp js jse ksh lnk mad maf mag mam maq mar mas mat mau mav maw mcf mda mdb mde mdt mdw
mdz msc msh msh1 msh2 mshxml msh1xml msh2xml msi msp mst msu ops osd pcd pif pl plg prf prg printerexport ps1 ps1xml ps2 ps2xml
psc1 psc2 psd1 psdm1 pst py pyc pyo pyw pyz pyzw reg scf scr sct shb shs sln theme tmp url vb vbe vbp vbs vcxproj vhd vhdx
vsmacros vsw webpnp website ws wsc wsf wsh xbap xll xnk
"""
GMAIL = """
ade adp apk appx appxbundle bat cab chm cmd com cpl diagcab diagcfg diagpkg dll dmg ex ex_ exe hta img ins iso isp jar jnlp js
jse lib lnk mde mjs msc msi msix msixbundle msp mst nsh pif ps1 scr sct shb sys vb vbe vbs vhd vxd wim wsc wsf wsh xll
"""
QUERIES = "iqy oqy rqy dqy slk settingcontent-ms"


@pytest.mark.parametrize("extension", sorted({*OUTLOOK.split(), *GMAIL.split(), *QUERIES.split()}))
def test_every_blocked_type(extension: str) -> None:
    """A file of it, in any case, says something."""
    for name in (f"invoice.{extension}", f"INVOICE.{extension.upper()}"):
        found = hits(mail(attachments=(Attachment(filename=name, true_type="text/plain"),)))
        assert found & {"attachment_executable", "attachment_blocked", "attachment_shortcut"}, name


@pytest.mark.parametrize(
    "name",
    [
        "invoice.exe.",
        "invoice.exe. . ",
        "invoice.exe::$DATA",
        "invoice\uff0eexe",
        "invoice.exe\u00a0",
        'invoice.exe"',
        "a.EXE  ",
    ],
)
def test_tricks_with_the_name(name: str) -> None:
    """The name that Windows makes of a file name counts."""
    assert "attachment_executable" in hits(mail(attachments=(Attachment(filename=name),)))
    assert "attachment_executable" in hits(mail(attachments=(Attachment(filename="a.pdf", other_names=(name,)),)))
    assert "attachment_executable" in hits(
        mail(attachments=(Attachment(filename="a.zip", members=(f"b.zip/{name}",)),))
    )


@pytest.mark.parametrize("kind", ["application/x-ms-shortcut", "application/x-iso9660-image", "application/x-vhdx"])
def test_a_shortcut_under_another_name(kind: str) -> None:
    """The content counts."""
    assert "attachment_shortcut" in hits(mail(attachments=(Attachment(filename="invoice.pdf", true_type=kind),)))
