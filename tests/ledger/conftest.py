"""A ledger of one's own, and a program of one's own."""

from support.installed import installed as installed
from support.records import path as path
