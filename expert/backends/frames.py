"""The optional libraries for tables, Polars and Narwhals: imported here, and by all others from here."""

from __future__ import annotations

from expert.io.problems import not_installed

try:
    import narwhals as nw
    import polars as pl
except ImportError as error:
    raise not_installed("population", error.name or "polars", "population") from None

__all__ = ["nw", "pl"]
