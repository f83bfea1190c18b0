"""An evaluation for people: Markdown, one HTML file with plots, the scorecard, and two runs side by side."""
