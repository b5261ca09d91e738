"""Contradictions between answers, declared in generated knowledge bases."""

from __future__ import annotations

from random import Random
from typing import Any

import yaml
from support.generate import DAYS
from support.oracle import entries, words

VOCABULARY = "kb/vocabulary.yaml"


def contradicting(files: dict[str, str], random: Random) -> dict[str, str]:
    """The files of a knowledge base, with contradictions between some answers.

    No answer is left out that a number is computed from, or that a score reads.
    """
    vocabulary = yaml.load(files[VOCABULARY], Loader=yaml.CBaseLoader)
    rules = [rule for name, text in files.items() if name.startswith("rules/") for rule in read(text)]
    said = [entry for rule in rules for entry in entries(rule.get("then", []))]
    computed = [body for kind, body in said if kind in ("conclude", "score")]
    computing = {word for body in computed for word in words(list(body.values()))}
    attributes = answered(vocabulary["attributes"])
    free = [name for name in attributes if computing.isdisjoint((name, name.split(".")[0]))]
    declared = {}
    for n in range(random.randint(1, 3)):
        if not free or len(attributes) < 2:
            break
        out = random.choice(free)
        other = random.choice([name for name in attributes if name != out])
        between = {name: some_test(attributes[name], random) for name in (out, other)}
        declared[f"c{n}"] = {"between": between, "leaves-out": out, "claims": "p1s1", "because": "It is so."}
    return {
        **files,
        VOCABULARY: yaml.dump(
            {**vocabulary, "contradictions": declared}, Dumper=yaml.CSafeDumper, sort_keys=False
        ),
    }


def answered(declared: dict[str, Any]) -> dict[str, Any]:
    """The attributes; of one with several answers, the yes-no for each of its values."""
    attributes: dict[str, Any] = {}
    for name, term in declared.items():
        if term["type"] == "choices":
            attributes |= {f"{name}.{value}": {"type": "yes-no"} for value in term["values"]}
        else:
            attributes[name] = term
    return attributes


def read(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CBaseLoader)


def some_test(term: dict[str, Any], random: Random) -> Any:
    """A test of an attribute; half of the time one that most answers meet."""
    if term["type"] in ("count", "number", "money"):
        return random.choice(["known", {random.choice(["at-most", "at-least"]): "2"}, "1"])
    values = [*term.get("values", DAYS if term["type"] == "date" else ("yes", "no"))]
    some = random.sample(values, random.randint(1, len(values)))
    return random.choice(["known", random.choice(values), some])
