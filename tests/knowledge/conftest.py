"""A copy of a small knowledge base, to spoil."""

from support.loading import copy as copy
from support.loading import knowledge as knowledge
