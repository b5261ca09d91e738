"""A rule-based expert system shell whose every conclusion can be traced to its document."""

__version__ = "0.1.0"
