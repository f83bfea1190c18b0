"""Training of the built-in engine's models; scikit-learn is loaded only when something is trained."""

from glassdome_lab.training.acts import ActReport, act_card, judge_acts, train_acts
from glassdome_lab.training.asking import AskingReport, train_asking
from glassdome_lab.training.fitting import Recipe
from glassdome_lab.training.samples import Sample, read_samples, sample_of
from glassdome_lab.training.shadow import Comparison, shadow_compare
from glassdome_lab.training.train import TrainingReport, train

__all__ = [
    "ActReport",
    "AskingReport",
    "Comparison",
    "Recipe",
    "Sample",
    "TrainingReport",
    "act_card",
    "judge_acts",
    "read_samples",
    "sample_of",
    "shadow_compare",
    "train",
    "train_acts",
    "train_asking",
]
