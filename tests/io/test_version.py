"""The version, with the knowledge."""

from __future__ import annotations

import re

from support.shell import cicatrix


def test_version() -> None:
    assert re.fullmatch(r"cicatrix [0-9.]+ \(.+, [0-9a-f]{12}\)\n", cicatrix("--version").stdout)
