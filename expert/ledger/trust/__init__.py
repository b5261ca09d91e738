"""Why a ledger can be believed: its chain computed again, heads that were kept, signed and witnessed.

It may import `ledger` itself and `transparency`, and what these may.
What is checked of a whole chain goes here; what one link shows, to `ledger`.
"""
