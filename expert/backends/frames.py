"""The optional libraries for tables, Polars and Narwhals: imported here, and by all others from here."""

from __future__ import annotations

import os

from expert.io.problems import not_installed

# What Polars reads once, when it is imported. Of a long file it would read up to 128 row groups in advance,
# and keep free memory in four places for each processor: both grow with the file, and save no time.
ARENAS = max(1, (os.cpu_count() or 1) // 2)
os.environ.setdefault("POLARS_ROW_GROUP_PREFETCH_SIZE", "1")
os.environ.setdefault("_RJEM_MALLOC_CONF", f"narenas:{ARENAS}")

try:
    import nanoarrow as na
    import narwhals as nw
    import polars as pl
except ImportError as error:
    raise not_installed("population", error.name or "polars", "population") from None

__all__ = ["na", "nw", "pl"]
