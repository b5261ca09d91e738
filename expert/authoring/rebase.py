"""A knowledge base carried over to another edition of its document: the same files, with the new places.

Places are replaced wherever they stand in the files, comments included; fingerprints of edited sentences
and hashes of approvals where they stand. What is not named so stays as it is, to the byte. Nothing is
written here: the new texts are given back only if they load, with the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

from expert.analysis.expected import load_cases, read_cases
from expert.authoring.skeleton import CLAIM, WORKSHEET, worksheet
from expert.io.files import read_text
from expert.io.problems import CaseError, KnowledgeError, Problem, shorten
from expert.io.quoting import quoted
from expert.io.yaml import Node, Reader, parse_yaml
from expert.knowledge.directories import CLAIMS_PATH, DOCUMENT_PATH, case_files
from expert.knowledge.document import fingerprint
from expert.knowledge.editions import EDITED, GONE, NEW, Edition
from expert.knowledge.load import open_files
from expert.knowledge.todo import is_todo
from expert.language.english import listed
from expert.language.rules import RuleBase
from expert.proof.invariants import FILE as INVARIANTS
from expert.proof.invariants import Invariant, Invariants, load_invariants, read_invariants
from expert.review.approvals import FILE as REVIEWS
from expert.review.approvals import Hashes, Reviews, load_reviews, pairs
from expert.review.read_approvals import read_reviews

# not where a comment explains what a place means: p2s1: paragraph 2, sentence 1
A_PLACE = re.compile(r"(?<![\w-])p[1-9][0-9]{0,3}s[1-9][0-9]{0,3}(?![\w-]|:? (?:is )?paragraph)")
Name = TypeVar("Name")
UNWRITTEN = "todo"  # the hedge of a sentence of which nothing is said yet


class Replacement(NamedTuple):
    """A piece of a text that is replaced: where it begins, how long it is, and by what."""

    start: int
    length: int
    new: str


def carried_over(base: RuleBase, directory: Path, edition: Edition, name: str) -> dict[str, str]:
    """The files of a knowledge base that change, with their new texts, by path.

    `name` is what the edition is called. Raises CaseError if a sentence is gone that something rests on, and
    where the files cannot be carried over; KnowledgeError if cases, invariants or reviews cannot be read.
    """
    load_cases(directory, base)
    _check_gone(edition, load_invariants(base, directory))
    reviews = load_reviews(directory)
    old = _texts(base, directory)
    new = {path: _with_places(text, edition.places) for path, text in old.items()}
    new[CLAIMS_PATH] = _claims(old[CLAIMS_PATH], base, edition)
    new[DOCUMENT_PATH] = _named(new[DOCUMENT_PATH], name)
    after, problems = open_files({path: new[path] for path in base.knowledge.files})
    if problems:
        raise CaseError([_refused(str(problems[0]))])
    _check_same(base, after, new)
    if REVIEWS in new:
        new[REVIEWS] = _reviews(new[REVIEWS], reviews, base, after, edition)
        read_reviews(new[REVIEWS])
    if (directory / WORKSHEET).is_file():
        old[WORKSHEET] = read_text(directory / WORKSHEET, WORKSHEET)
        new[WORKSHEET] = worksheet(edition.sentences)
    return {path: text for path, text in new.items() if text != old[path]}


def _texts(base: RuleBase, directory: Path) -> dict[str, str]:
    """The files in which places stand, with `\\n` line ends."""
    paths = [*base.knowledge.files, *(path for path in (INVARIANTS, REVIEWS) if (directory / path).exists())]
    paths += [f"kb/cases/{path.name}" for path in case_files(directory)]
    texts = {path: read_text(directory / path, str(directory / path)) for path in paths}
    return {path: text.replace("\r\n", "\n") for path, text in texts.items()}


def _check_gone(edition: Edition, invariants: Invariants) -> None:
    """Raises CaseError for every sentence that is gone and that something rests on."""
    problems = []
    for passage in edition.of(GONE):
        users = list(passage.users)
        users += [each.id for each in invariants.invariants if passage.was in _named_in(each)]
        if users:
            rests = listed([f"`{user}`" for user in users])
            verb = "rests" if len(users) == 1 else "rest"
            message = f"the sentence of claim `{passage.was}` is gone, and {rests} {verb} on it"
            help = f"say which it is now with --as {passage.was}=PLACE, or take the citation away"
            problems.append(Problem(message, None, help))
    if problems:
        raise CaseError(problems)


def _named_in(invariant: Invariant) -> set[str]:
    """The places that an invariant rests on, or speaks of."""
    return {*invariant.claims, *A_PLACE.findall(repr((invariant.when, invariant.condition)))}


def _refused(why: str) -> Problem:
    return Problem(f"nothing was written: {why}", None, "this is a fault of ours: please report it")


def _check_same(base: RuleBase, after: RuleBase, texts: Mapping[str, str]) -> None:
    """Raises CaseError unless the same rules are loaded, and the cases and invariants can be read."""
    if [(rule.id, rule.when) for rule in base.rules] != [(rule.id, rule.when) for rule in after.rules]:
        raise CaseError([_refused("the rules would not be the same")])
    reader = Reader()
    for path, text in texts.items():
        if path.startswith("kb/cases/"):
            node, problems = parse_yaml(text, path)
            reader.add(*problems)
            list(read_cases(node, after, reader) if node else ())
    if INVARIANTS in texts:
        read_invariants(after, texts[INVARIANTS])
    if reader.problems:
        raise KnowledgeError(reader.problems)


# --- places ------------------------------------------------------------------------------------
def _with_places(text: str, places: Mapping[str, str]) -> str:
    """The text with the new places for the old, all at once."""
    return A_PLACE.sub(lambda place: places.get(place[0], place[0]), text)


# --- claims ------------------------------------------------------------------------------------
class ClaimLines:
    """The claims file as lines, with where each entry begins and ends."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        root = parse_yaml(text, CLAIMS_PATH)[0]
        top = list(root.pairs or ()) if root else []
        self.sections = {key.text or "": value for key, value in top}
        self.entries = {key.text or "": (key, value) for key, value in self.sections["claims"].pairs or ()}
        keys = [key for key, _ in self.entries.values()]
        starts = [key.span.line - 1 for key in keys]
        if any(self.lines[key.span.line - 1][: key.span.column - 1].strip() for key in keys):
            help = "`cicatrix kb fmt` does not do that: give each claim a line of its own"
            raise CaseError(f"the claims of `{CLAIMS_PATH}` stand in braces", help)
        after = [key.span.line - 1 for key, _ in top if key.span.line - 1 > max(starts)]
        self.starts = dict(zip(self.entries, starts, strict=True))
        ends = [*starts[1:], min(after, default=len(self.lines))]
        self.ends = {id: self.lead(end) for id, end in zip(self.entries, ends, strict=True)}

    def lead(self, line: int) -> int:
        """Where the comments and empty lines above a line begin."""
        while line and self.lines[line - 1].strip()[:1] in ("", "#"):
            line -= 1
        return line

    def without(self, ids: list[str]) -> str:
        """The text without some entries; comments stay."""
        gone = {line for id in ids for line in range(self.starts[id], self.ends[id])}
        return "\n".join(line for n, line in enumerate(self.lines) if n not in gone)


def _claims(text: str, base: RuleBase, edition: Edition) -> str:
    """The claims at their new places: without what is gone, with new fingerprints and new entries."""
    text = ClaimLines(text).without([passage.was for passage in edition.of(GONE)])
    text = _with_places(text, edition.places)
    edits, entries = [], ClaimLines(text).entries
    for passage in edition.of(EDITED):
        fields = {key.text: value for key, value in entries[passage.now][1].pairs or ()}
        edits.append(_replaced(text, fields["fingerprint"], fingerprint(edition.sentences[passage.now])))
    text = _edited(text, edits)
    new = [passage.now for passage in edition.of(NEW)]
    if not new:
        return text
    text = _with_new(text, new, edition)
    if any(name == UNWRITTEN and is_todo(words) for name, words in base.knowledge.hedges.items()):
        return text
    return _edited(text, [_new_hedge(text, ClaimLines(text).sections["hedges"])])


def _with_new(text: str, new: list[str], edition: Edition) -> str:
    """The text with an entry for each new sentence, after that of the sentence before it."""
    lines = ClaimLines(text)
    first = min(lines.starts.values())
    indent = " " * (next(iter(lines.entries.values()))[0].span.column - 1)
    bodies: dict[int, list[str]] = {}  # by the line before which they are put
    at = first
    for place, sentence in edition.sentences.items():
        if place in lines.entries:
            at = lines.ends[place]
        elif place in new:
            entry = CLAIM.format(id=place, fingerprint=fingerprint(sentence)).rstrip("\n")
            bodies.setdefault(at, []).extend(indent + line[2:] for line in entry.split("\n"))
    written = []
    for n, line in enumerate([*lines.lines, ""]):
        written += [*bodies.get(n, ()), line]
    return "\n".join(written[:-1])


def _new_hedge(text: str, hedges: Node) -> Replacement:
    """The hedge of what is not written yet, before the others, as these are written."""
    first, _ = next(iter(hedges.pairs or ()))
    start = _offset(text, first)
    before = text[:start].rpartition("\n")[2]
    entry = f"{UNWRITTEN}: TODO"
    return Replacement(
        start, 0, f"{entry}, " if before.strip() else f"{entry} # delete when no claim has it\n{before}"
    )


# --- the document ------------------------------------------------------------------------------
def _named(text: str, name: str) -> str:
    """The document with the name of its edition."""
    root = parse_yaml(text, DOCUMENT_PATH)[0]
    fields = {key.text: (key, value) for key, value in root.pairs or ()} if root else {}
    if "edition" in fields:
        return _edited(text, [_replaced(text, fields["edition"][1], name)])
    key = fields["disclaimer"][0]
    start = _offset(text, key)
    before = text[:start].rpartition("\n")[2]
    end = ", " if before.strip() else f"\n{before}"
    return _edited(text, [Replacement(start, 0, f"edition: {quoted(name)}{end}")])


# --- approvals ---------------------------------------------------------------------------------
def _reviews(text: str, given: Reviews, base: RuleBase, after: RuleBase, edition: Edition) -> str:
    """The approvals of what only moved, with the hashes that it has now; those of what was edited lapse."""
    moved = {p.was: p.now for p in edition.passages if p.was and p.now and p.status != EDITED}
    claims = _hashes(base, after, list(moved.items()), lambda h, id: h.claim(id))
    citing = {(kind, name) for kind, name, _ in pairs(base)} & {
        (kind, name) for kind, name, _ in pairs(after)
    }
    cites = _hashes(base, after, [(one, one) for one in sorted(citing)], lambda h, one: h.citing(*one))
    node = parse_yaml(text, REVIEWS)[0]
    edits = []
    for approval, item in zip(given, (node.items or ()) if node else (), strict=True):
        fields = {key.text: value for key, value in item.pairs or ()}
        now = claims.get((approval.claim, approval.claim_hash))
        edits += [_replaced(text, fields["claim-hash"], now)] if now else []
        now = cites.get(((approval.kind, approval.citing), approval.citing_hash))
        edits += [_replaced(text, fields[f"{approval.kind}-hash"], now)] if now else []
    return _edited(text, edits)


def _hashes(
    base: RuleBase, after: RuleBase, names: list[tuple[Name, Name]], hash: Callable[[Hashes, Name], str]
) -> dict[tuple[Name, str], str]:
    """The hash that a thing has now, by what it was called and the hash that it had."""
    old, new = Hashes(base), Hashes(after)
    return {(was, hash(old, was)): hash(new, now) for was, now in names}


# --- pieces of text ----------------------------------------------------------------------------
def _offset(text: str, node: Node) -> int:
    """Where a node begins in a text."""
    start = 0
    for _ in range(node.span.line - 1):
        start = text.index("\n", start) + 1
    return start + node.span.column - 1


def _replaced(text: str, node: Node, new: str) -> Replacement:
    """The edit that gives a text of one line other words, in quotes. Raises CaseError if it has more."""
    start = _offset(text, node)
    line, old = text[start:].partition("\n")[0], node.text or ""
    for written in (f'"{old}"', f"'{old}'", old):
        if line.startswith(written):
            return Replacement(start, len(written), quoted(new))
    raise CaseError([_refused(f"`{shorten(old)}` stands over several lines at {node.span}")])


def _edited(text: str, edits: list[Replacement]) -> str:
    """The text with all edits made."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.new + text[edit.start + edit.length :]
    return text
