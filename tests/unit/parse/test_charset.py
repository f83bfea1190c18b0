"""Text in every charset, whatever its label says."""

from __future__ import annotations

import pytest

from tests.unit.parse.mail import parse_text

JAPANESE = "こんにちは、お元気ですか。ご注文の商品を発送いたしました。"
RUSSIAN = "Здравствуйте! Ваш заказ отправлен и будет доставлен завтра. Спасибо за покупку."
CHINESE = "您好，您的订单已经发货，预计明天送达。感谢您的惠顾，请注意查收。"
GERMAN = "Schöne Grüße aus Köln, Ihre Bestellung ist unterwegs."


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        (GERMAN, "utf-8", "utf-8"),
        (GERMAN, "latin-1", "iso-8859-1"),
        (GERMAN, "utf-8", "iso-8859-1"),
        (GERMAN, "utf-8", "us-ascii"),
        (GERMAN, "latin-1", "utf-8"),
        (GERMAN, "latin-1", "us-ascii"),
        (GERMAN, "latin-1", "no-such-charset"),
        (GERMAN, "cp1252", ""),
        ("„Preis“ – 5 €", "cp1252", "iso-8859-1"),
        (JAPANESE, "iso-2022-jp", "iso-2022-jp"),
        (JAPANESE, "cp932", "shift_jis"),
        (JAPANESE, "cp932", "iso-2022-jp"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "cp1251", "x-unknown"),
        (CHINESE, "gb18030", "gb2312"),
        (CHINESE, "gb18030", "iso-8859-1"),
        ("안녕하세요", "cp949", "ks_c_5601-1987"),
        ("ไทย", "cp874", "tis-620"),
        ("İstanbul", "cp1254", "iso-8859-9"),
    ],
)
def test_labels_right_wrong_and_unknown(text: str, codec: str, label: str) -> None:
    """The text is what the sender wrote."""
    assert parse_text(text.encode(codec), label or '""').text == text


@pytest.mark.parametrize("rounds", [1, 2])
def test_mojibake_is_undone(rounds: int) -> None:
    """UTF-8 that was read as windows-1252 once or twice becomes text again."""
    wrong = "Grüße – „schön“"
    for _ in range(rounds):
        wrong = wrong.encode().decode("cp1252", "replace") if rounds == 1 else wrong.encode().decode("latin-1")

    assert "Grüße" in parse_text(wrong).text


@pytest.mark.parametrize("text", ["à «Paris»", "THÉÂTRE", "Ñandú 50 £", "São João", "Ünïcödé ñ", "î à ô"])
def test_honest_accents_stay(text: str) -> None:
    """Accented text is not taken for mojibake."""
    message = parse_text(text)

    assert (message.text, message.defects) == (text, ())


def test_no_control_characters_and_nfc() -> None:
    """Control characters go, line ends are LF, and text is composed."""
    assert parse_text("a\x00b\x07\x1b[31m\r\nc\u0308o\u0308\x85d\u2028e").text == "ab[31m\nc̈ö\nd\ne"


def test_invisible_characters_are_reported() -> None:
    """Zero-width, bidi and tag characters leave the text and are reported with what they hid."""
    tags = "".join(chr(0xE0000 + ord(c)) for c in "obey me")
    message = parse_text(f"pay\u200bpal says \u202eevil\u202c hi{tags} 👨\u200d👩\u200d👧 می\u200cخواهم")

    assert message.text == "paypal says evil hi 👨\u200d👩\u200d👧 می\u200cخواهم"
    assert [(h.how, h.text) for h in message.hidden] == [
        ("tag_chars", "obey me"),
        ("bidi", "evil"),
        ("zero_width", "paypal"),
    ]


def test_flags_are_no_tag_text() -> None:
    """A flag emoji is made of tag characters and hides nothing."""
    wales = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"

    assert parse_text(f"{wales} ok").hidden == ()
