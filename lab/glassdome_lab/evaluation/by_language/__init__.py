"""Figures by language: how well frauds, requests, due days and the language itself are known in each."""
