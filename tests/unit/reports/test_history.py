"""More of what mail programs put around an answer: layouts of header blocks, titles, lines of devices and ticket systems."""

from __future__ import annotations

import pytest

from glassdome.parse.reply import new_text
from tests.unit.reports.build import parsed

SHORT = "Yes, fine.\nSee you."
OLD = "Old words.\nMore."


@pytest.mark.parametrize(
    "block",
    [
        # Zimbra, WEB.DE and GMX, Lotus Notes, Outlook with mailto, Naver, Yahoo, QQ, Outlook for Mac, Thunderbird, Samsung.
        'De: "Max Muster" <max@example.org>\nÀ: "Bob" <bob@example.net>\nEnvoyé: Mardi 12 Mai 2026 10:00:00\nObjet: Test',
        'Gesendet: Dienstag, 12. Mai 2026 um 10:00 Uhr\nVon: "Max Muster" <max@example.org>\nAn: bob@example.net\nBetreff: Test',
        'Sent: Tuesday, May 12, 2026 at 10:00 AM\nFrom: "Max Muster" <max@example.org>\nTo: bob@example.net\nSubject: Test',
        "Von:\tMax Muster/BER/Example\nAn:\tBob/BER/Example@Example\nDatum:\t12.05.2026 10:00\nBetreff:\tTest",
        "From:        Max Muster/BER/Example\nTo:        Bob/BER/Example@Example\nDate:        05/12/2026 10:00 AM\nSubject:        Test",
        "De : Max Muster [mailto:max@example.org]\nEnvoyé : mardi 12 mai 2026 10:00\nÀ : Bob\nObjet : Test",
        'From: "Max"<max@example.org>\nTo: <bob@example.net>;\nCc:\nSent: 2026-05-12 (화) 10:00:00 (GMT+09:00)\nSubject: Re: Test',
        "From: Max Muster <max@example.org>\nTo: bob@example.net\nSent: Tuesday, May 12, 2026 at 10:00:00 AM GMT+2\nSubject: Test",
        '发件人: "Max"<max@example.org>;\n发送时间: 2026年5月12日(星期二) 上午10:00\n收件人: "Bob"<bob@example.net>;\n主题: Test',
        "From: Max Muster <max@example.org>\nDate: Tuesday, 12 May 2026 at 10:00\nTo: Bob <bob@example.net>\nSubject: Test",
        "From: Max Muster <max@example.org>\nSent: Tuesday, 12 May 2026 10:00\nTo: Bob <bob@example.net>; Eve <eve@example.net>;\nAnn <ann@example.net>\nSubject: Test",
        "From: Max Muster <max@example.org>\nSent: Tuesday, 12 May 2026 10:00\nTo: Bob\nSubject: Test\nImportance: High",
        "From: Max Muster <max@example.org>\nSent: Tuesday, 12 May 2026 10:00\nTo: Bob\nSubject: Test\nAttachments: a.pdf",
        "*From: *Max Muster <max@example.org>\n*Date: *Tuesday, 12 May 2026\n*To: *Bob\n*Subject: *Test",
        "**From:** Max Muster <max@example.org>\n**Sent:** Tuesday, 12 May 2026 10:00\n**To:** Bob\n**Subject:** Test",
        "From: Max Muster <max@example.org<mailto:max@example.org>>\nSent: Tuesday, 12 May 2026 10:00\nTo: Bob\nSubject: Test",
        "Begin forwarded message:\n\nFrom: Max <max@example.org>\nSubject: Test\nDate: 12 May 2026 at 10:00:00 CEST\nTo: Bob",
    ],
)  # fmt: skip
def test_layouts(block: str) -> None:
    """The block goes, or, where it was forwarded, it stays with all that is below."""
    text = f"{SHORT}\n\n{block}\n\n{OLD}"

    assert new_text(text) == (text if block.startswith("Begin") else SHORT)


@pytest.mark.parametrize(
    "title",
    ["\u2010\u2010\u2010\u2010\u2010\u2010\u2010 Original Message \u2010\u2010\u2010\u2010\u2010\u2010\u2010", "------- Original Message -------", "-------- Ursprüngliche Nachricht --------", "-------- Message d'origine --------",
     "-------- Mensaje original --------", "-------- Messaggio originale --------", "-------- Oorspronkelijk bericht --------", "-------- Oryginalna wiadomość --------",
     "-------- Originalmeddelande --------", "-------- Opprinnelig melding --------", "-------- Oprindelig meddelelse --------", "-------- Mensagem original --------",
     "----Messaggio originale----", "-----Ursprungligt meddelande-----", "-----Message initial-----", "----- Message original -----", "-----Urspr\u00fcngliche Nachricht-----",
     "____________________________________________________________\n-----Original Message-----", "\u2014\u2014 Original message \u2014\u2014", "-------- Izvorna poruka --------", "-------- Mesaj original --------"],
)  # fmt: skip
def test_titles(title: str) -> None:
    """Titles of Proton, Samsung, Outlook Express and others."""
    assert (
        new_text(
            f"{SHORT}\n\n{title}\nFrom: Max Muster <max@example.org>\nDate: 12/05/2026 10:00 (GMT+01:00)\nTo: Bob\nSubject: Test\n\n{OLD}"
        )
        == SHORT
    )


@pytest.mark.parametrize(
    "line",
    ["Sent from Yahoo Mail for iPhone", "Sent from my Galaxy", "Sent from Outlook for Android", "Get Outlook for Android", "Sent from Proton Mail for iOS",
     "Get BlueMail for Android", "Sent from my Huawei phone", "Sent from Samsung Mobile", "Envoyé depuis mon smartphone Samsung Galaxy.", "Holen Sie sich Outlook für iOS",
     "Téléchargez Outlook pour Android", "Obtener Outlook para iOS", "Scarica Outlook per iOS", "Von meinem iPad gesendet",
     "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.", "Sent from my Android device with K-9 Mail. Please excuse my brevity.", "Sent with Spark",
     "Inviato da smartphone Samsung Galaxy.", "Envoyé à partir de Courrier pour Windows", "Gesendet von Mail für Windows", "Odoslané z iPhonu", "Enviado do meu iPhone",
     "Sent from my BlackBerry 10 smartphone.", "Sent from my mobile", "Hent Outlook til iOS", "Pobierz aplikację Outlook dla systemu iOS"],
)  # fmt: skip
def test_devices(line: str) -> None:
    """Lines that the device wrote are not the writer's."""
    assert new_text(f"{SHORT}\n\n{line}\n") == SHORT


@pytest.mark.parametrize(
    "text",
    [
        "##- Please type your reply above this line -##\n\nYour request (123) has been updated.\n\nPlease send us the invoice number.",
        "--- Please reply above this line ---\n\nWe looked into it. Please send us the invoice number.",
        "Hello,\n\nthe sender wrote the following in 2026:\n\nAll is well.\n\nBest, Ann",
        "From our side: all is well.\nTo do: call Max.\nDate to keep: 12 May.\n\nBest, Ann",
        "Agenda\n\nFrom: 10:00\nTo: 11:00\nSubject: Budget\n\nSee you there.",
        "Sent from Berlin with love: the parcel.\n\nIt arrives on Monday.",
        "On Tuesday, 12 May 2026 at 10:00 we meet in room 4:\n\nPlease be there.",
        "Le 12 mai 2026 à 10:00, réunion :\n\nMerci de venir.",
        "Am 12.05.2026 um 10:00 Uhr Treffen:\n\nBitte kommen.",
        "Von: Berlin\nNach: Paris\nAn: einem Dienstag\n\nGute Reise",
    ],
)  # fmt: skip
def test_what_is_new_stays(text: str) -> None:
    """Ticket systems write below their line; sentences that only begin like history are text."""
    assert (
        parsed(f"From: a@b.example\nSubject: Trip\nContent-Type: text/plain; charset=utf-8\n\n{text}".encode()).new_text
        == text
    )


@pytest.mark.parametrize(
    "page",
    [
        '<div>Yes.</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg"><b>From:</b> Max &lt;max@example.org&gt;<br><b>Sent:</b> Tuesday, May 12, 2026 10:00:00 AM<br><b>To:</b> Bob &lt;bob@example.net&gt;<br><b>Subject:</b> Test</div><div>Old</div>',
        '<div>Yes.</div><div class="gmail_quote gmail_quote_container"><div class="gmail_attr">On Tue Max wrote:<br></div><blockquote class="gmail_quote">Old</blockquote></div>',
        '<div>Yes.</div><blockquote type="cite"><div>On 12. May 2026, at 10:00, Max &lt;max@example.org&gt; wrote:</div><div>Old</div></blockquote>',
        '<p>Yes.</p><div class="moz-cite-prefix">On 5/12/26 10:00, Max wrote:<br></div><blockquote type="cite" cite="mid:a@b"><p>Old</p></blockquote>',
        '<div>Yes.</div><div class="protonmail_quote">On Tuesday, May 12th, 2026 at 10:00 AM, Max wrote:<br><blockquote class="protonmail_quote">Old</blockquote></div>',
        '<div>Yes.</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>On Tuesday, May 12, 2026 at 10:00:00 AM GMT+2, Max &lt;max@example.org&gt; wrote:</div><div>Old</div></div>',
        '<p>Yes.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p><b>From:</b> Max &lt;max@example.org&gt;<br><b>Sent:</b> Tuesday, May 12, 2026 10:00 AM<br><b>To:</b> Bob<br><b>Subject:</b> Test</p></div><p>Old</p>',
        '<div>Yes.</div><div id="mail-editor-reference-message-container"><div><b>From: </b>Max &lt;max@example.org&gt;<br><b>Date: </b>Tuesday, 12 May 2026 at 10:00<br><b>To: </b>Bob<br><b>Subject: </b>Test</div><div>Old</div></div>',
        '<div>Yes.</div><hr id="zwchr"><div><b>From: </b>"Max" &lt;max@example.org&gt;<br><b>To: </b>Bob<br><b>Sent: </b>Tuesday, May 12, 2026 10:00:00 AM<br><b>Subject: </b>Test<br></div><div>Old</div>',
        '<div>Yes.</div><div class="tutanota_quote">12 May 2026, 10:00 by max@example.org:<br><blockquote class="tutanota_quote">Old</blockquote></div>',
        '<div>Yes.</div><div name="messageReplySection">On 12 May 2026 at 10:00 +0200, Max &lt;max@example.org&gt;, wrote:<br><blockquote type="cite">Old</blockquote></div>',
        '<p>Yes.</p><p>Am 2026-05-12 10:00, schrieb Max:</p><blockquote type="cite">Old</blockquote>',
    ],
)  # fmt: skip
def test_history_in_pages(page: str) -> None:
    """Outlook, Gmail, Apple Mail, Thunderbird, Proton, Yahoo, Zimbra, Tuta, Spark, Roundcube."""
    raw = f"From: a@b.example\nSubject: Re: Test\nIn-Reply-To: <x@b.example>\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<html><body>{page}</body></html>"

    assert parsed(raw.encode()).new_text.strip() == "Yes."
