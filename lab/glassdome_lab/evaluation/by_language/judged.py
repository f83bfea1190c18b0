"""The judgement of each mail, and of a text model that never saw its language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from glassdome.core.errors import ParseError
from glassdome.core.scripts import in_its_script
from glassdome.engine.builtin.classifier import Classifier, read_classifier, write_classifier
from glassdome.engine.builtin.language import language_of
from glassdome_lab.evaluation.by_language.mails import SERVER, LanguageMail
from glassdome_lab.evaluation.stages import OfflineStages
from glassdome_lab.training.fitting import Recipe
from glassdome_lab.training.samples import Sample
from glassdome_lab.training.train import Material, classifier_of, material_of

__all__ = ["JudgedMail", "UnseenModels", "judged", "plain_tag"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedMail:
    """One mail and the judgement of it: score and decision on phishing, items of action, days among them, language."""

    mail: LanguageMail
    score: float
    flagged: bool
    asked: bool
    dated: bool
    language: str


def plain_tag(tag: str) -> str:
    """Return the tag by which labels name a language: Serbian has one in both scripts."""
    return "sr" if tag == "sr-Latn" else tag


def judged(mails: Iterable[LanguageMail], classifier: Classifier | None = None) -> Iterator[JudgedMail]:
    """Judge each mail as the product does without a mailbox; what cannot be read is left out."""
    stages = OfflineStages(classifier)
    for mail in mails:
        try:
            read = stages.read(mail.place.read(), authserv_ids=frozenset({SERVER}))
        except ParseError:
            continue
        verdict = stages.decide(read)
        yield JudgedMail(
            mail=mail,
            score=0.5 if verdict.phishing_score is None else verdict.phishing_score,
            flagged=verdict.is_phishing is True,
            asked=bool(verdict.action_items),
            dated=any(item.due_at or item.due for item in verdict.action_items),
            language=plain_tag(in_its_script(verdict.language, read.message.text)),
        )


class UnseenModels:
    """Fits text models without the mail of one language; finished models are kept in a folder."""

    def __init__(
        self,
        samples: Sequence[Sample],
        state: Path,
        *,
        recipe: Recipe | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`samples` is all mail to learn from; its languages are guessed, and mail without a guess stays in."""
        self._samples, self._state, self._recipe, self._say = samples, state, recipe or Recipe(), say

    def languages(self, least: int) -> tuple[str, ...]:
        """Return the languages with at least so many mails to learn from."""
        return tuple(sorted(tag for tag, count in Counter(self._tags).items() if tag and count >= least))

    def without(self, language: str) -> Classifier:
        """Return the model that never saw `language`; raises ConfigError without scikit-learn."""
        kept = self._state / f"without-{language}.npz"
        if not kept.exists():
            self._say(f"learning without {language}")
            tags = dict(zip(map(id, self._material.samples), self._tags, strict=True))
            part = self._material.only(lambda sample: tags[id(sample)] != language)
            self._state.mkdir(parents=True, exist_ok=True)
            write_classifier(classifier_of(part, recipe=self._recipe), kept)
        return read_classifier(kept)

    @cached_property
    def _material(self) -> Material:
        return material_of(list(self._samples), self._recipe)

    @cached_property
    def _tags(self) -> list[str]:
        return [language_of(sample.subject, sample.text) for sample in self._material.samples]
