"""Tables of cases."""

from importlib.util import find_spec

if find_spec("polars"):
    from support.tables import folder as folder
    from support.tables import rows as rows
