"""Provers and populations, where their libraries are."""

from importlib.util import find_spec

if find_spec("polars"):
    from support.populations import cases as cases
if find_spec("z3"):
    from support.proving import prover as prover
