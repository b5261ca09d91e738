"""What of a ledger is carried elsewhere: all of it, one record as evidence, one record as provenance.

It may import the rest of `ledger`, and what that may.
A form in which others read records goes here.
"""
