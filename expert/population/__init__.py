"""Whole tables of cases: read, run on Polars or Spark, counted and compared.

It may import `backends`, `ledger`, `analysis`, `review` and what lies under them.
A new kind of table goes to `inputs.py`, a new count to `summary.py`, a new column engine is a module.
"""
