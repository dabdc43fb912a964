"""What the children of a benchmark run: one module a benchmark, Django set up, on one database."""
