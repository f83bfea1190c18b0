"""Evaluation of an engine on labelled mail: corpora, judging, figures, reports."""
