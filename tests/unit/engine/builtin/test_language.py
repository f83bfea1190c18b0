"""The language is told where the text is enough to tell it, and not guessed where it is not."""

import subprocess
import sys

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from glassdome.engine.builtin.language import _loaded, language_of


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


def test_the_model_is_loaded_without_writing_a_file() -> None:
    """A locked-down container has 64 MB to write in; py3langid's own loader needs more than that."""
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0));"
        "from glassdome.engine.builtin.language import language_of;"
        "print(language_of('Guten Morgen, wir sehen uns heute Nachmittag im Buero.'))"
    )
    done = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True, check=False)

    assert ("de\n", "", 0) == (done.stdout, done.stderr, done.returncode)


@pytest.mark.parametrize(
    "text",
    ["Guten Tag, das ist ein Haus", "Witam, prosz\u0119 o potwierdzenie", "\u3053\u308c\u306f\u30da\u30f3\u3067\u3059"],
)
def test_the_model_answers_as_the_library_loads_it(text: str) -> None:
    """Our loader reads the same tables as the library's own."""
    theirs = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

    assert theirs.classify(text) == _loaded().classify(text)
