"""Sensitive data in a mail: recognisers that check what they find, precision first."""

from glassdome.signals.sensitive.find import find_in_text, find_sensitive
from glassdome.values.masking import mask_text

__all__ = ["find_in_text", "find_sensitive", "mask_text"]
