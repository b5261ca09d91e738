"""What the author of a knowledge base has still to write: every text that is `TODO`.

`expert/authoring/skeleton.py` writes them into the files of a new knowledge base; one counts as written as
soon as it does not begin with that word. They are found in the texts of the files, so that each
has its place, in the order in which an author would work.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from expert.io.problems import Problem, Span, listed
from expert.io.yaml import Node, parse_yaml
from expert.knowledge.directories import CLAIMS_PATH, DOCUMENT_PATH, TODO, has_todos
from expert.language.model import singular
from expert.language.rules import RuleBase

HOW = {  # what is to be written, by key
    "says": "how it reads in a sentence, such as `there are pets`, or `the light is {value}`",
    "label": "a few words, as they are shown",
    "question": "the question, as a person is asked",
    "because": "the sentence that explains the rule; {option} stands for the option's label",
    "reason": "why this rule, which is added, has to be there",
    "disclaimer": "the sentence that stands under every result, saying what it is and what it is not",
}


class Todo(NamedTuple):
    """A text that is still to be written: its file, the keys that lead to it, and its place."""

    file: str
    keys: tuple[str, ...]  # in a list, `id` or the number of the item
    span: Span


def is_todo(text: str) -> bool:
    """Whether a text is still to be written."""
    return re.match(rf"{TODO}\b", text) is not None


def prefix_of(base: RuleBase) -> str:
    """What stands before the names of the files where a place is printed."""
    spans = [claim.span for claim in base.knowledge.claims.values()]
    return spans[0].file.removesuffix(CLAIMS_PATH) if spans else ""


def todos(base: RuleBase) -> list[Todo]:
    """All that is still to be written, in the order of the work."""
    knowledge, unfinished = base.knowledge, list[Todo]()
    if not has_todos(knowledge.files):
        return []
    unwritten = {name for name, words in knowledge.hedges.items() if is_todo(words)}
    for name in sorted(knowledge.files):  # claims come first by their name too, and rules last
        node = (
            parse_yaml(knowledge.files[name], prefix_of(base) + name)[0]
            if TODO in knowledge.files[name]
            else None
        )
        texts = [(keys, text.span) for keys, text in _texts(node, ()) if _open(keys, text, unwritten)]
        # the words of every claim come before what becomes of any
        unfinished += [
            Todo(name, *text) for text in sorted(texts, key=lambda text: text[0][-1:] == ("context",))
        ]
    return unfinished


def _texts(node: Node | None, keys: tuple[str, ...]) -> list[tuple[tuple[str, ...], Node]]:
    """The texts of a piece of YAML, with the keys that lead to them."""
    if node is None or node.text is not None:
        return [(keys, node)] if node else []
    pairs = [(key.text or "", value) for key, value in node.pairs or ()]
    pairs += [(_name(item, n), item) for n, item in enumerate(node.items or (), 1)]
    return [each for key, value in pairs for each in _texts(value, (*keys, key))]


def _name(item: Node, number: int) -> str:
    return next((id.text for id in item.under("id") if id.text), str(number))


def _open(keys: tuple[str, ...], node: Node, unwritten: set[str]) -> bool:
    """Whether a text is unwritten, or a claim's hedge one that stands for none."""
    if len(keys) == 3 and keys[0] == "claims" and keys[2] == "hedge":
        return node.text in unwritten
    return is_todo(node.text or "")


def problem(todo: Todo, base: RuleBase, users: dict[str, list[str]]) -> Problem | None:
    """What is missing there, and what to write; None if nothing is as long as others are."""
    keys = todo.keys
    if todo.file == CLAIMS_PATH and keys[0] == "hedges":
        return _hedge_problem(todo, base)
    if todo.file == CLAIMS_PATH:
        return _claim_problem(todo, base, users.get(keys[1], []))
    owner = _owner(todo)
    how = HOW.get(keys[-1], "the text in place of TODO")
    return Problem(f"`{keys[-1]}` of {owner} is still to be written", todo.span, f"write {how}")


def _hedge_problem(todo: Todo, base: RuleBase) -> Problem | None:
    name = todo.keys[-1]
    if any(claim.hedge == name for claim in base.knowledge.claims.values()):
        return None
    return Problem(f"hedge `{name}` is no claim's any more", todo.span, "delete this line")


def _claim_problem(todo: Todo, base: RuleBase, users: list[str]) -> Problem:
    _, id, key = todo.keys
    if key == "hedge":
        names = [name for name, words in base.knowledge.hedges.items() if not is_todo(words)]
        help = f"say how surely the sentence says it: {listed(names)}, or a hedge of your own"
        return Problem(f"claim `{id}` has no hedge yet", todo.span, help)
    if key != "context":
        help = "write what its sentence (in worksheet.txt) says, in your own words"
        return Problem(f"claim `{id}` is not put into words yet", todo.span, help)
    if users:
        help = "delete this line, or take the citation away and say here why nothing follows from it"
        return Problem(f"claim `{id}` is cited by {listed([f'`{user}`' for user in users])}", todo.span, help)
    help = (
        "if something follows from it, cite it in a rule or in a property of an option and delete this line"
    )
    help += "; if nothing does, say here why"
    return Problem(f"claim `{id}` is neither cited nor explained", todo.span, help)


def _owner(todo: Todo) -> str:
    keys = todo.keys[:-1]
    if todo.file.startswith("rules/"):
        return f"rule `{keys[0]}`" if keys else "a rule"
    if len(keys) < 2:
        return "the document" if todo.file == DOCUMENT_PATH else f"`{todo.file}`"
    return f"{singular(keys[0])} `{keys[1]}`"
