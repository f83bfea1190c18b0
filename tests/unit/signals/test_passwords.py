"""A password that the mail gives is found in any language, and only where one is given."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from glassdome.signals.passwords import given_password
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
