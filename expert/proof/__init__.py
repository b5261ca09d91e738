"""What holds for every case: invariants and structure, by the solver Z3.

It may import `backends`, `ledger`, `analysis`, `review` and what lies under them.
A new kind of statement about all cases is a module here; how conditions become terms is in `backends/z3.py`.
"""
