"""Running totals: how analyses are counted in and out, and how sums are read."""
