"""The lab of Glassdome: measures its engines on labelled mail and trains the built-in one's models."""
