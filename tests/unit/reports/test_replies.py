"""New text: history is cut in every language that mail programs come in, and requests are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassdome.parse.reply import Setting, new_text
from glassdome.parse.reply_words import subject_mark
from tests.unit.reports.build import FOLDER, parsed

NEW = "Yes, that works for me."
SHORT = "Yes, fine.\nSee you."
DATA = Path(__file__).parents[2] / "data" / "replies"
#: A mail that answers nothing, by its own fields and subject.
FRESH = Setting(is_reply=False, subject="Test", own=frozenset({"ann@example.org"}))
OTHERS = {"rx_interleaved", "rx_forward_kept", "rx_text_not_cut", "rx_from_to_form_de"}
#: Reports, whose inputs have names like those of replies.
REPORTS = ("rp_dsn", "rp_mdn", "rp_ndr", "rp_qmail", "rp_forwarded")
CASES = sorted(
    p.stem
    for kind in ("rp", "rh", "rx")
    for p in FOLDER.glob(f"{kind}_*.eml")
    if p.stem not in OTHERS and not p.stem.startswith(REPORTS)
)


def _lines(name: str) -> list[str]:
    text = (DATA / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("name", CASES)
def test_only_the_new_sentence(name: str) -> None:
    """Reported: only the new sentence is left."""
    assert parsed(name).new_text.strip() == NEW


def test_what_is_kept() -> None:
    """Answers between quotations, what is forwarded, a sentence that quotes, and the details of a booking."""
    assert parsed("rx_interleaved").new_text == "Yes.\nNo."
    for name in ("rx_forward_kept", "rx_text_not_cut", "rx_from_to_form_de"):
        assert parsed(name).new_text == parsed(name).text


@pytest.mark.parametrize("history", ["\n> Old words.\n> More.", "\n\n> Old words.", "\n\nOld words.\nMore."])
@pytest.mark.parametrize("line", _lines("attributions.txt"))
def test_attributions(line: str, history: str) -> None:
    """The attribution goes with what is quoted below it, marked as a quotation or not."""
    attribution = line.replace("|", "\n")

    assert new_text(f"{SHORT}\n\n{attribution}{history}") == SHORT


def _blocks(names: list[str]) -> list[str]:
    """The block as different programs lay it out."""
    values = ["Max Muster <max@example.org>", "2026-05-12 10:00", "Bob <bob@example.net>", "Eve <eve@example.net>"]
    short = ["Max Muster", "Dienstag, 12. Mai 2026 10:00", "Bob", "Eve", "RE: Test"]
    plain = [f"{name}: {value}" for name, value in zip(names, [*values, "RE: Test"], strict=True)]
    bold = [f"*{name}:* {value}" for name, value in zip(names, short, strict=True)]
    return [
        "\n".join(plain),
        "\n".join(plain[:3] + plain[4:]),
        "\n".join([plain[0], plain[4], plain[1], plain[2]]),
        "\n".join(plain).replace(": ", "\uff1a"),
        "\n".join(plain).replace(": ", " : "),
        "\n\n".join(plain),
        f"{'_' * 32}\n" + "\n".join(plain),
        "\n".join(bold),
        "\n".join([bold[0], bold[2], bold[3], bold[1], bold[4]]),
    ]


@pytest.mark.parametrize("line", _lines("blocks.txt"), ids=lambda line: line.partition(";")[0])
def test_header_blocks(line: str) -> None:
    """The block above the answered mail is known by its field names, however it is laid out."""
    blocks = _blocks([name.strip() for name in line.split(";")[1:]])

    for block in blocks:
        assert new_text(f"{SHORT}\n\n{block}\n\nOld words.\nMore.") == SHORT
    for block in blocks[:7]:  # an answer that neither its fields nor its subject call one
        assert new_text(f"{SHORT}\n\n{block}\n\nOld words.\nMore.", FRESH) == SHORT


@pytest.mark.parametrize(
    "title",
    ["-----Original Message-----", "-------- Original-Nachricht --------", "------ Původní zpráva ------",
     "-----Mensaje original-----", "---------- Αρχικό μήνυμα ----------", "-----Исходное сообщение-----",
     "----- 원본 메일 -----", "------------------ 原始邮件 ------------------", "-----元のメッセージ-----",
     "-----Alkuperäinen viesti-----", "-------- Özgün İleti --------", "-----Eredeti üzenet-----",
     "----- Thư gốc -----", "-------- Wiadomość oryginalna --------", "-------- הודעה מקורית --------",
     "=====Tin=====", "----- Zzz zzz -----"],
)  # fmt: skip
def test_titles_between_dashes(title: str) -> None:
    """A title between dashes opens history, in an unknown language where a From field follows."""
    assert new_text(f"{SHORT}\n\n{title}\nFrom: Max <m@example.org>\nTo: Bob\n\nOld words.") == SHORT


@pytest.mark.parametrize(
    "text",
    [
        # Contact forms.
        "You have a new request.\n\nFrom: Jane Roe <jane@example.com>\nSubject: An offer\nDate: 12.05.2026\n\nPlease call me.",
        "New message from the web site\n\nName: Jane Roe\nFrom: jane@example.com\nDate: 12.05.2026 10:00\nSubject: An offer\n"
        "Message: Please send an offer.",
        "Neue Anfrage\n\nVon: Jane Roe\nE-Mail: jane@example.com\nBetreff: Angebot\nDatum: 12.05.2026\nNachricht: Bitte Angebot.",
        "Anfrage ueber das Formular\n\nVon: Jane Roe <jane@example.com>\nBetreff: Angebot\n\nBitte rufen Sie an.",
        "Nouveau message\n\nDe : Jane Roe <jane@example.com>\nObjet : Devis\nT\u00e9l\u00e9phone : 0102030405\nMessage : Bonjour",
        # Bookings and orders.
        "Your trip is booked.\n\nFrom: London\nTo: Paris\nDate: 12 May 2026\nSeat: 12A\n\nPlease bring your passport.",
        "Your trip is booked.\n\nFrom: London\nTo: Paris\nDate: 12 May 2026 10:00\n\nPlease bring your passport.",
        "Ihre Reise\n\nVon: Berlin Hbf\nNach: Hamburg\nDatum: 12.05.2026\nAbfahrt: 12:40\n\nGute Reise",
        "R\u00e9servation\n\nDe : Paris\n\u00c0 : Lyon\nDate : 12/05/2026\n\nBon voyage",
        "Biglietto\n\nDa: Roma\nA: Milano\nData: 12/05/2026\nOra: 10:00\n\nBuon viaggio",
        "Transfer\n\nFrom: account 12345\nTo: account 67890\nDate: 12.05.2026\nAmount: 100 EUR\n\nPlease confirm.",
        "Room\n\nFrom: Monday\nTo: Friday\nSubject: conference\nRoom: 12\n\nPlease confirm.",
        # Sentences.
        "Hi,\n\nAs you know, in 2019 she wrote:\n\nThe plan is good.",
        "The agenda for 12.05.2026 10:00:\n\n1. Budget\n2. Lunch",
        "Please note from 10:00 on:\n\nThe door is closed.",
        "My address is max@example.org:\n\nPlease use it.",
        "Meeting on 12 May 2026, I wrote the following:\n\nAll is well.",
        "From: now on we meet at ten.\nTo: be clear, in my office.\n\nBye",
        "-- 3 --\n\nThird page",
        "*** Important ***\n\nRead this",
    ],
)  # fmt: skip
def test_requests_are_kept(text: str) -> None:
    """Lines like a header block or an attribution are kept in a mail that answers nothing."""
    assert new_text(text, FRESH) == text


def test_a_form_is_kept_by_its_reply_to() -> None:
    """A web form with all four fields is told from an answer by where answers go."""
    text = "A request.\n\nFrom: Jane <jane@example.com>\nTo: shop@example.org\nDate: 12.05.2026 10:00\nSubject: Offer\n\nCall me."
    head = "From: Shop <www@shop.example>\nReply-To: jane@example.com\nSubject: New request\n"

    assert parsed(f"{head}\n{text}".encode()).new_text == text
    assert new_text(text, Setting(is_reply=False, own=frozenset({"www@shop.example"}))) == "A request."


def test_a_booking_in_an_answer_is_kept() -> None:
    """An answer may hold a booking: no address and no subject among its lines."""
    text = "Booked.\n\nFrom: London\nTo: Paris\nDate: 12 May 2026\n\nSee you."

    assert parsed(f"Subject: Re: Trip\n\n{text}".encode()).new_text == text


@pytest.mark.parametrize("mark", ["Fwd", "FW", "WG", "TR", "RV", "ENC", "VB", "PD", "转发", "轉寄", "転送", "전달"])
def test_what_outlook_forwards_is_kept(mark: str) -> None:
    """Outlook forwards with the block of an answer; only the subject tells."""
    text = "FYI\n\nFrom: Max <max@example.org>\nSent: Tuesday, 12 May 2026 10:00\nTo: Bob\nSubject: Test\n\nForwarded words."

    assert parsed(f"Subject: {mark}: Test\n\n{text}".encode()).new_text == text


@pytest.mark.parametrize(
    "mark", ["Forwarded message", "Weitergeleitete Nachricht", "Message transféré", "Přeposlaná zpráva", "Továbbított üzenet",
             "Пересылаемое сообщение", "Перенаправлене повідомлення", "İletilmiş Mesaj", "Mesaj redirecționat", "転送メッセージ",
             "전달된 메일", "Proslijeđena poruka", "Edelleenlähetetty viesti", "Przekazana wiadomość", "Thư chuyển tiếp"],
)  # fmt: skip
def test_forwarded_mail_is_the_message(mark: str) -> None:
    """Text below such a title is not history."""
    text = (
        f"FYI\n\n-------- {mark} --------\nFrom: Max <m@example.org>\nDate: today\nSubject: Test\nTo: Bob\n\nRead this."
    )

    assert new_text(text) == text


@pytest.mark.parametrize(
    "line",
    ["Sent from my iPhone", "Get Outlook for iOS<https://aka.ms/o0ukef>", "Sent from Mail for Windows", "Envoyé de mon iPhone",
     "Von meinem Samsung Galaxy Smartphone gesendet.", "Gesendet mit der GMX Mail App", "Enviado desde mi iPhone",
     "Inviato da iPhone", "Verstuurd vanaf mijn iPad", "Skickat från min iPhone", "Sendt fra min iPhone",
     "Lähetetty iPhonesta", "Wysłane z iPhone'a", "Odesláno z iPhonu", "Отправлено с iPhone", "Надіслано з iPhone",
     "Στάλθηκε από το iPhone μου", "iPhone'umdan gönderildi", "iPhoneから送信", "내 iPhone에서 보냄", "发自我的iPhone",
     "從我的 iPhone 傳送", "Được gửi từ iPhone của tôi", "Dikirim dari iPhone saya", "ส่งจาก iPhone ของฉัน",
     "Trimis de pe iPhone-ul meu", "Küldve iPhone-omról", "Poslano s mog iPhonea", "نُشر\nأُرسلت من الـ iPhone",
     "Sent from my iPhone\n\nSent with Proton Mail"],
)  # fmt: skip
def test_what_a_device_adds(line: str) -> None:
    """The device's line goes, alone or above the history."""
    line = line.rpartition("نُشر\n")[2]

    assert new_text(f"{SHORT}\n\n{line}\n") == SHORT
    assert new_text(f"{SHORT}\n\n{line}\n\nOn 5/12/26 10:00, Max wrote:\n> Old") == SHORT


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Re: Test", ("reply", "Test")), ("AW: WG: Test", ("reply", "Test")), ("Fwd: Re: Test", ("forward", "Test")),
        ("RE[2]: Test", ("reply", "Test")), ("Re^2: Test", ("", "Re^2: Test")), ("回复：测试", ("reply", "测试")),
        ("Odp: Test", ("reply", "Test")), ("ΑΠ: Test", ("reply", "Test")), ("YNT: Test", ("reply", "Test")),
        ("Bls: Test", ("reply", "Test")), ("SV: Test", ("reply", "Test")), ("Vá: Test", ("reply", "Test")),
        ("Invoice: 12", ("", "Invoice: 12")), ("", ("", "")), ("Re:", ("reply", "")), ("Antw: Re: x", ("reply", "x")),
    ],
)  # fmt: skip
def test_marks_of_the_subject(subject: str, expected: tuple[str, str]) -> None:
    """The outermost mark counts; all are taken off."""
    assert subject_mark(subject) == expected


def test_a_flood_of_colons_is_not_searched() -> None:
    """After some hundred lines that look like history and are none, the rest is text."""
    flood = "From: nowhere\n" * 600
    history = "On 5/12/26 10:00, Max wrote:\n> Old"

    assert new_text(f"{flood}\n{history}").endswith("Max wrote:")
    assert new_text(f"{flood[: 60 * len('From: nowhere_')]}\n{history}").endswith("nowhere")
