"""A rule-based expert system shell whose every conclusion can be traced to its document."""
