"""Summary pages: a table and a chart that says the same, over days and villages that the address names."""
