"""What past records show: found, counted, run again, and what they would be under other knowledge.

It may import the rest of `ledger` but `exchange`, and what that may.
What is asked of many records goes here; what one record is, to `ledger`.
"""
