"""Inputs made after public bug reports and RFCs, each with the value it must give."""
