"""The judgement: evidence and opinions in, one verdict with reasons out."""

from glassdome.verdict.decide import decide
from glassdome.verdict.weights import Weights, load_weights

__all__ = ["Weights", "decide", "load_weights"]
