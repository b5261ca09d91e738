"""Populations, in files and in memory."""

from importlib.util import find_spec

if find_spec("polars"):
    from support.populations import cases as cases
    from support.tables import folder as folder
    from support.tables import rows as rows
