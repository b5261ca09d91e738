"""The site: `make docs`."""

project = "Cicatrix"
author = "the Cicatrix authors"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {"description": "An expert system that can account for every word it says"}
html_last_updated_fmt = None
html_show_sourcelink = False
myst_heading_anchors = 3
# links to files of the project that are no pages of the site
suppress_warnings = ["myst.xref_missing"]
