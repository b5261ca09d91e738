"""The pictures of the README show what the program shows now.

RESET_TRANSCRIPTS=1 draws them anew.
"""

from __future__ import annotations

import importlib.util
import os
import re
from types import ModuleType
from xml.dom.minidom import parseString

from support.shell import ROOT


def drawing() -> ModuleType:
    """The script that draws them."""
    spec = importlib.util.spec_from_file_location("draw_pictures", ROOT / "docs" / "draw_pictures.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pictures_are_current() -> None:
    module = drawing()
    made = module.pictures()
    for name, text in made.items():
        parseString(text)  # well formed, or a browser shows nothing of it
        if os.environ.get("RESET_TRANSCRIPTS"):
            (module.PICTURES / name).write_text(text, "utf-8")
        assert (module.PICTURES / name).read_text("utf-8") == text, f"{name}: see `make reset-transcripts`"
    assert {path.name for path in module.PICTURES.iterdir()} == made.keys()
    readme = (ROOT / "README.md").read_text("utf-8")
    assert re.findall(r"\]\(docs/pictures/(.+?)\)", readme) == ["consult.svg", "report.svg", "rules.svg"]
    assert all(shade in made["consult.svg"] for shade in (module.COLOURS["1"], module.COLOURS["2"]))
