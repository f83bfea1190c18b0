"""Searches and lists of analyses: from an `AnalysisQuery` to one page of rows."""
