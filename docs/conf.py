"""The site: `make docs`."""

import sys
from pathlib import Path

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent.parent))

from expert import __version__

project = "Cicatrix"
author = "the Cicatrix authors"
release = __version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {
    "description": "An expert system that can account for every word it says",
    "page_width": "1150px",  # wide enough for what commands print
    "body_max_width": "none",
    "code_font_size": "0.85em",
}
html_sidebars = {"**": ["about.html", "searchfield.html", "navigation.html"]}
html_last_updated_fmt = None
html_show_sourcelink = False
html_show_copyright = False
html_copy_source = False
myst_heading_anchors = 3


def on_the_site(app: Sphinx, page: str, text: list[str]) -> None:
    """The definition of the language is no page of its own: it is part of one."""
    text[0] = text[0].replace("(../expert/language/semantics.md)", "(language.md#the-rule-language-exactly)")


def setup(app: Sphinx) -> None:
    app.connect("source-read", on_the_site)
