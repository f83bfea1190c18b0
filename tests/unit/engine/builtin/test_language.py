"""The language is told where the text is enough to tell it, and not guessed where it is not."""

import pytest

from glassdome.engine.builtin.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Can we meet?", ""),
        ("ok", ""),
        ("", ""),
        ("12345 67890", ""),
        ("Please find attached the invoice", "en"),
        ("Bitte um Rückruf bis morgen", "de"),
        ("Merci beaucoup pour votre réponse rapide", "fr"),
        ("Gracias por todo y hasta la semana que viene", "es"),
    ],
)
def test_language(text: str, language: str) -> None:
    """Short text has no language; a sentence has one."""
    assert language == language_of(text)
