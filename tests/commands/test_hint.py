"""The next step, as the last line of what a command says."""

from __future__ import annotations

import json
from pathlib import Path

from support.plants import kb


def test_json_is_not_changed_by_it(plants: Path) -> None:
    for words in (["coverage"], ["test"], ["prove"]):
        result = kb(*words, "--json", "--kb", plants)
        json.loads(result.stdout)
        assert "Next: " in result.stderr.splitlines()[-2] + result.stderr.splitlines()[-1]
