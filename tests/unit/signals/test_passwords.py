"""A password that the mail gives is found in any language, and only where one is given."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from glassdome.signals.passwords import given_password, possible_passwords
from glassdome.values.message import Attachment
from tests.unit.signals.test_attachments import hits, mail

_RAW = tomllib.loads((files("glassdome.signals") / "data" / "passwords.toml").read_text(encoding="utf-8"))
WORDS = [word.strip() for word in _RAW["words"].replace("\n", ";").split(";") if word.strip()]
SHORT = [word.strip() for word in _RAW["short"].replace("\n", ";").split(";") if word.strip()]


@pytest.mark.parametrize("word", WORDS)
def test_every_word(word: str) -> None:
    """Before a colon, a digit, a quotation mark, or on the line before."""
    for text in (f"{word}: Ab7", f"{word} 4711", f"{word.capitalize()} «Geheim»", f"{word}：\nsecret"):
        assert given_password(f"Hello,\n{text}\nBye"), text


@pytest.mark.parametrize("word", SHORT)
def test_every_short_word(word: str) -> None:
    """Only with a colon or an equals sign."""
    assert given_password(f"{word}: 4711")
    assert not given_password(f"the {word} of it")


@pytest.mark.parametrize(
    "text",
    [
        "Пароль к архиву: 4711",
        "Hasło do pliku to 4711",
        "Das Passwort für die Datei lautet geheim",
        "Le mot de passe de l'archive est le suivant : abc",
        "Arşiv şifresi 4711",
        "A jelszó: 4711",
        "解压密码是4711",
        "パスワードは「4711」です",
        "كلمة المرور هي 4711",
        "הסיסמה לקובץ: 4711",
        "รหัสผ่าน 4711",
        "mật khẩu giải nén: 4711",
        "Kata sandi: 4711",
        "Lösenordet är 4711",
        "Salasana on 4711",
        "Ο κωδικός είναι 4711",
    ],
)
def test_sentences(text: str) -> None:
    """As people and malware write it."""
    locked = (Attachment(filename="a.zip", encrypted=True),)
    assert "attachment_locked" in hits(mail(attachments=locked, text=text))


@pytest.mark.parametrize(
    "text",
    [
        "The password will follow in a separate mail.",
        "パスワードは別途お送りします。",
        "Das Passwort erhalten Sie telefonisch.",
        "Please pass it on to Jane.",
        "as agreed on the telephone",
    ],
)
def test_a_password_that_comes_another_way(text: str) -> None:
    """Good practice is no sign of malware."""
    assert not given_password(text)


def test_in_the_subject() -> None:
    """The subject is read too."""
    locked = (Attachment(filename="a.zip", encrypted=True),)
    assert "attachment_locked" in hits(mail(attachments=locked, subject="Invoice, pass: 77", text="see it"))


@pytest.mark.parametrize(
    "text",
    [
        "Use 4821 to open the file",
        "Use the code 4821 to open it.",
        "To open the file enter 4821",
        "unlock it with 4821",
        "The archive opens with Acme2026",
        "PIN: 4821",
        "PIN 4821",
        "PIN kód: 4821",
        "the key is 4821",
        "passe : Ab12",
        "Kennwort lautet 4821",
        "Zum Öffnen 4821 eingeben",
        "Geben Sie 4821 ein, um die Datei zu öffnen",
        "Utilisez 4821 pour ouvrir",
        "Use la clave 4821 para abrir",
        "Usa 4821 per aprire",
        "Gebruik 4821 om te openen",
        "Use 4821 para abrir",
        "Użyj 4821, aby otworzyć",
        "Použijte 4821 k otevření",
        "Použite 4821 na otvorenie",
        "Használja a 4821 kódot a megnyitáshoz",
        "Folosiți 4821 pentru a deschide",
        "Используйте 4821, чтобы открыть",
        "Використайте 4821, щоб відкрити",
        "Използвайте 4821, за да отворите",
        "Använd 4821 för att öppna",
        "Brug 4821 til at åbne",
        "Bruk 4821 for å åpne",
        "Avaa koodilla 4821",
        "Açmak için 4821 kullanın",
        "Χρησιμοποιήστε 4821 για να ανοίξετε",
        "请用4821打开附件",
        "4821を入力して開いてください",
        "4821을 입력하여 여세요",
        "استخدم 4821 لفتح الملف",
        "השתמש ב-4821 כדי לפתוח",
        "ใช้ 4821 เพื่อเปิด",
        "Dùng 4821 để mở",
        "Gunakan 4821 untuk membuka",
        "खोलने के लिए 4821 का उपयोग करें",
        "برای باز کردن 4821 را وارد کنید",
        "Uporabite 4821 za odpiranje",
        "Koristite 4821 za otvaranje",
        "Користите 4821 за отварање",
        "Kasutage 4821 avamiseks",
        "Izmantojiet 4821, lai atvērtu",
        "Naudokite 4821, kad atidarytumėte",
    ],
)
def test_a_password_that_is_told_to_be_used(text: str) -> None:
    """No word for a password need stand beside it."""
    assert given_password(f"Hello,\n{text}\nBye"), text


@pytest.mark.parametrize(
    "text",
    [
        "Use the form to open an account",
        "Use room 4821 to open the meeting",
        "Please use version 2026 to open the file",
        "Use Word 2019 to open the file",
        "Öffnen Sie die Datei mit Word 2019",
        "Our office opens at 9:30",
        "Call 555-4821 to open a ticket",
        "The PIN will be sent separately",
        "Your PIN code can be changed at any time",
        "ZIP code: 94107",
        "Promo code: SAVE20",
        "Source code: see below",
        "QR code: scan it",
        "Dress code: casual",
        "Booking code: AB12CD",
        "Customer key: 77",
        "Pass 2 of 3",
        "Use code SAVE20 at checkout",
        "Tracking code 4821",
    ],
)
def test_a_number_that_opens_nothing(text: str) -> None:
    """Codes, versions and rooms of other kinds are no passwords."""
    assert not given_password(f"Hello,\n{text}\nBye"), text


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("The password is: winter-42", "winter-42"),
        ("Das Passwort lautet Sommer2024.", "Sommer2024"),
        ("Le mot de passe : soleil", "soleil"),
        ("Пароль от архива: zima", "zima"),
        ("密码：1234", "1234"),
        ("Please use “Tr0ub4dor&3” to open it.", "Tr0ub4dor&3"),
        ("Use 4711 for the archive", "4711"),
    ],
)
def test_the_password_is_among_the_words_that_are_tried(text: str, password: str) -> None:
    assert password in possible_passwords(text)


def test_few_words_are_tried_and_none_of_a_mail_without_any() -> None:
    assert possible_passwords("See you there, and bring the cake.") == ()
    many = possible_passwords("password: " + " ".join(f"word{n}" for n in range(500)))
    assert len(many) == 20
    assert max(map(len, possible_passwords("pin " + "x" * 50 + " abcd"))) <= 20


@pytest.mark.parametrize(
    "text",
    [
        "The password is the one you chose at registration.",
        "Das Passwort ist Ihr Geburtsdatum.",
        "Le mot de passe est celui de votre espace.",
        "La contraseña es la de siempre.",
    ],
)
def test_a_password_that_is_only_described(text: str) -> None:
    """Its reader knows it, and the mail does not give it."""
    assert not given_password(text)
