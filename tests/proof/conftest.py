"""A prover for each knowledge base."""

from importlib.util import find_spec

if find_spec("z3"):
    from support.proving import prover as prover
