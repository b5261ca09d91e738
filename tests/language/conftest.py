"""A copy of the built-in knowledge, to spoil."""

from support.trying import copy as copy
