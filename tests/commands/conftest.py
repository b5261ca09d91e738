"""A ledger and a knowledge base of one's own, and tables of cases."""

from importlib.util import find_spec

from support.installed import installed as installed
from support.records import path as path
from support.trying import copy as copy

if find_spec("polars"):
    from support.tables import folder as folder
    from support.tables import rows as rows
