"""YAML 1.2, which editors read."""

from __future__ import annotations

import re
from typing import Any

import yaml


class Core(yaml.CSafeLoader):
    """YAML 1.2 as an editor reads it: `yes` is a text, `5` a number."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012


for tag, pattern, first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^({pattern})$"), list(first))

Core.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))  # no octal with a 0 before
