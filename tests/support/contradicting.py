"""Contradictions between answers, declared in generated knowledge bases."""

from __future__ import annotations

from random import Random
from typing import Any

import yaml
from support.oracle import entries, words

VOCABULARY = "kb/vocabulary.yaml"


def contradicting(files: dict[str, str], random: Random) -> dict[str, str]:
    """The files of a knowledge base, with contradictions between some answers.

    No answer is left out that a number is computed from, or that a score reads.
    """
    vocabulary = yaml.load(files[VOCABULARY], Loader=yaml.BaseLoader)
    rules = [rule for name, text in files.items() if name.startswith("rules/") for rule in read(text)]
    said = [entry for rule in rules for entry in entries(rule.get("then", []))]
    computed = [body for kind, body in said if kind in ("conclude", "score")]
    computing = {word for body in computed for word in words(list(body.values()))}
    free = [name for name in vocabulary["attributes"] if name not in computing]
    declared = {}
    for n in range(random.randint(1, 3)):
        if not free or len(vocabulary["attributes"]) < 2:
            break
        out = random.choice(free)
        other = random.choice([name for name in vocabulary["attributes"] if name != out])
        between = {name: some_test(vocabulary["attributes"][name], random) for name in (out, other)}
        declared[f"c{n}"] = {"between": between, "leaves-out": out, "claims": "p1s1", "because": "It is so."}
    return {**files, VOCABULARY: yaml.safe_dump({**vocabulary, "contradictions": declared}, sort_keys=False)}


def read(text: str) -> Any:
    return yaml.load(text, Loader=yaml.BaseLoader)


def some_test(term: dict[str, Any], random: Random) -> Any:
    """A test of an attribute; half of the time one that most answers meet."""
    if term["type"] in ("count", "number", "money"):
        return random.choice(["known", {random.choice(["at-most", "at-least"]): "2"}, "1"])
    values = [*term.get("values", ("yes", "no"))]
    some = random.sample(values, random.randint(1, len(values)))
    return random.choice(["known", random.choice(values), some])
