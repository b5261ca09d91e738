"""What is odd though it can be used: declarations, whatever the rules make of them, and files not read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from expert.io.problems import Problem, Span, nearest, shorten
from expert.knowledge.files import FILES, file_at
from expert.language.model import Knowledge, Term
from expert.language.rules import RuleBase


# --- declarations ----------------------------------------------------------------------------
def warn_unasked(base: RuleBase) -> list[Problem]:
    """Questions and help on findings, which nobody is asked."""
    problems = []
    for name, term in base.knowledge.findings.items():
        for key in () if term.asked else ("question", "help"):
            if getattr(term, key):
                message = f"`{key}` of finding `{name}` is never shown"
                help = "rules conclude it, and nobody is asked; an attribute is"
                problems.append(Problem(message, term.span, help))
    return problems


def warn_prices(base: RuleBase) -> list[Problem]:
    """Amounts of money below zero that the document is said to give."""
    knowledge, problems = base.knowledge, []
    for option in knowledge.options.values():
        for name, data in option.properties.items():
            term = knowledge.properties[name]
            for datum in data:
                if term.type == "money" and isinstance(datum.value, int) and datum.value < 0:
                    message = f"`{name}` of option `{option.id}` is negative: {term.spell(datum.value)}"
                    problems.append(Problem(message, option.span, f"`min: 0` in `{name}` refuses such"))
    return problems


def warn_labels(base: RuleBase) -> list[Problem]:
    """Things of a kind that are shown with the same words, so that nobody can tell them apart."""
    knowledge, problems = base.knowledge, list[Problem]()
    for kind, things in _labelled(knowledge):
        seen: dict[str, str] = {}
        for id, label, span in things:
            first = seen.setdefault(label.casefold(), id)
            if first != id:
                message = f"{kind} `{id}` has the label of `{first}`: {shorten(label)}"
                problems.append(Problem(message, span, "give each words of its own"))
    return problems


Labelled = Iterable[tuple[str, str, Span | None]]  # id, label, place


def _labelled(knowledge: Knowledge) -> Iterator[tuple[str, Labelled]]:
    """The kinds of thing that have labels, with the things of each."""
    terms = (
        ("attribute", knowledge.questions),
        ("finding", knowledge.findings),
        ("property", knowledge.properties),
    )
    for kind, named in terms:
        yield kind, [(name, term.label, term.span) for name, term in named.items()]
    yield "option", [(option.id, option.label, option.span) for option in knowledge.options.values()]
    for kind, others in (
        ("target", knowledge.targets),
        ("topic", knowledge.topics),
        ("step", knowledge.steps),
        ("flag", knowledge.flags),
    ):
        yield kind, [(each.id, each.label, None) for each in others.values()]
    for term in _terms(knowledge):
        yield f"`{term.name}`: value", [(value, label, term.span) for value, label in term.values.items()]


def _terms(knowledge: Knowledge) -> list[Term]:
    return [*knowledge.questions.values(), *knowledge.findings.values(), *knowledge.properties.values()]


def warn_no_answers(base: RuleBase) -> list[Problem]:
    """Answers that are called what JSON and tables write for no answer at all."""
    problems = []
    for name, term in base.knowledge.questions.items():
        for value in term.values:
            if value == "null":
                message = f"`null` is a value of `{name}`, and in case files and tables it means no answer"
                problems.append(Problem(message, term.span, "call the value something else"))
    return problems


# --- files -----------------------------------------------------------------------------------
def unread(directory: Path) -> list[Problem]:
    """Files and folders beside those of a knowledge base that look like its own, and are not read."""
    problems: list[Problem] = []
    for part in ("kb", "rules"):
        problems += _unread_in(directory / part, directory)
    return problems


def _unread_in(folder: Path, directory: Path) -> Iterator[Problem]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for path in entries:
        name, place = path.relative_to(directory).as_posix(), Span(str(path))
        if path.is_dir() and not path.is_symlink():
            if name == "kb/cases":
                yield from _unread_in(path, directory)
            elif any(_looks_like_one(each) for each in path.rglob("*")):
                help = "put the files beside the others: folders are not looked into"
                yield Problem(f"folder `{shorten(name)}` is not read", place, help)
        elif path.name.startswith(".#"):
            help = "it goes when the file that it locks is saved or closed"
            yield Problem(f"`{shorten(name)}` is an editor's lock file, and is not read", place, help)
        elif _looks_like_one(path) and (file_at(name) is None or path.name.startswith(".")):
            near = nearest(name, [file.path for file in FILES])
            help = f"did you mean `{near}`?" if near else "rules stand in `rules/`, cases in `kb/cases/`"
            yield Problem(f"`{shorten(name)}` is not read: a knowledge base has no such file", place, help)


def _looks_like_one(path: Path) -> bool:
    return path.suffix.lower() in (".yaml", ".yml", ".json") and not path.is_dir()
