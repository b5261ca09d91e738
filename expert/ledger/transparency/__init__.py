"""What shows a ledger to somebody who does not trust us: Merkle trees, checkpoints, keys that sign them.

It may import `io`. It knows no records: a tree is over hashes, and a checkpoint is a text.
What speaks a standard of transparency logs goes here; what of a ledger is shown that way, to `ledger`.
"""
