"""The judgement: evidence and opinions in, one verdict with reasons out."""

from glassdome.verdict.decide import decide
from glassdome.verdict.masking import masked_facts, masked_opinion, masked_signals
from glassdome.verdict.weights import Weights, load_weights

__all__ = ["Weights", "decide", "load_weights", "masked_facts", "masked_opinion", "masked_signals"]
