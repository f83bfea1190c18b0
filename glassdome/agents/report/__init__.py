"""Daily and weekly reports: real figures, charts as images, HTML and text."""
