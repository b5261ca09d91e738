"""A ledger of one's own."""

from support.records import path as path
