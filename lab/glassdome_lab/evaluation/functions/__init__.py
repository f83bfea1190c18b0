"""One file per product function: how good it is, from records and labels, as JSON values."""
