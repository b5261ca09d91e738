"""Whole tables of cases: read, run on Polars or Spark, counted and compared.

It may import `backends`, `ledger`, `analysis`, `review` and what lies under them.
A new kind of file is a module, with its line in `inputs.py`; so is a new column engine. Counts: `summary.py`.
"""
