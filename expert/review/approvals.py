"""Sign-off: who has held which rule against which claim, and whether both still say the same.

Approvals are kept in `kb/reviews.yaml`, beside the knowledge and no part of it: its hash is the same
with and without them. An approval names a pair, that is a claim and what cites it (a rule, or a
property of an option), with the hash of each; when either changes, it lapses.
"""

# `from __future__ import annotations` is left out: those of a record would be compiled at every start

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from expert.consultation.result import Consultation
from expert.io.files import read_text
from expert.io.json import canonical, digest
from expert.io.problems import Problem, Span, nearest, shorten
from expert.io.yaml import Node, Reader, parse_yaml
from expert.knowledge.directories import VOCABULARY_PATH
from expert.language.model import NOWHERE, Claim
from expert.language.rules import Rule, RuleBase

FILE = "kb/reviews.yaml"
KINDS = {"rule": "rule", "data": "property of an option"}


class Approval(NamedTuple):
    """An entry of the reviews file: that somebody approves a pair in the state that the hashes name."""

    kind: str  # of what cites the claim: rule, data
    citing: str  # its id; of data `option.property`
    claim: str
    citing_hash: str
    claim_hash: str
    by: str
    on: str  # the date
    note: str = ""
    span: Span = NOWHERE


Reviews = tuple[Approval, ...]


class Pair(NamedTuple):
    """A claim and what cites it, as they are now, and how their review stands.

    status: approved, lapsed (approved, but `changed` is not as it was), or never. `approval` is the
    newest that there is, of an approved pair the newest in force. The first five fields are those of an
    Approval: it holds if all five are the same.
    """

    kind: str
    citing: str
    claim: str
    citing_hash: str
    claim_hash: str
    status: str
    changed: tuple[str, ...] = ()  # claim, and rule or data
    approval: Approval | None = None

    @property
    def waits(self) -> bool:
        return self.status != "approved"


# --- reading -----------------------------------------------------------------------------------
def load_reviews(directory: Path) -> Reviews:
    """The approvals kept in a knowledge base's directory; none without the file. Raises KnowledgeError."""
    path = directory / FILE
    if not path.exists() and not path.is_symlink():
        return ()
    from expert.review.read_approvals import read_reviews  # where nothing is approved, nothing is read

    return read_reviews(read_text(path, str(path)), str(path))


# --- hashes ------------------------------------------------------------------------------------
class Hashes:
    """The hashes of what a knowledge base's claims, rules and options say, wherever in the files.

    The first 16 hexadecimal digits of the SHA-256 of canonical JSON: of a rule, what stands in its
    file (texts with single spaces); of a claim and of a property, what is declared.
    """

    def __init__(self, base: RuleBase) -> None:
        self.base = base

    def claim(self, id: str) -> str:
        """Of all that a claim says, how surely, and of which sentence."""
        claim: Claim = self.base.knowledge.claims[id]
        said = {"id": id, "says": claim.says, "fingerprint": claim.fingerprint, "context": claim.context}
        return _digest({**said, "hedge": [claim.hedge, self.base.knowledge.hedges[claim.hedge]]})

    def citing(self, kind: str, name: str) -> str:
        """Of a rule as its author wrote it, or of the values of an option's property."""
        if kind == "rule":
            return _digest(_data(self._rules[name]))
        knowledge, (option, _, property) = self.base.knowledge, name.partition(".")
        term = knowledge.properties[property]
        data = []
        for datum in knowledge.options[option].properties[property]:
            how = [datum.basis, datum.says] if datum.basis != "stated" or datum.says else []
            data.append([term.spell(datum.value), *datum.claims, *how])
        return _digest({"option": option, "property": property, "data": data})

    @cached_property
    def _rules(self) -> dict[str, Node]:
        """The rules as they stand in their files."""
        rules: dict[str, Node] = {}
        for name, text in self.base.knowledge.files.items():
            node = parse_yaml(text, name)[0] if name.startswith("rules/") else None
            for rule in Reader().listing(node):
                keys = {key.text: value.text for key, value in rule.pairs or ()}
                rules[_single_spaced(keys.get("id"))] = rule
        return {**self._contradictions(), **rules}

    def _contradictions(self) -> dict[str, Node]:
        """What the vocabulary declares of answers that disagree: each is a rule too."""
        vocabulary, _ = parse_yaml(self.base.knowledge.files[VOCABULARY_PATH], VOCABULARY_PATH)
        bodies: dict[str, Node] = {}
        for section in vocabulary.under("contradictions") if vocabulary else ():
            bodies |= {_single_spaced(name.text): body for name, body in section.pairs or ()}
        return bodies


def _data(node: Node) -> object:
    """A piece of YAML as JSON data; the order of keys changes no meaning."""
    if node.items is not None:
        return [_data(item) for item in node.items]
    if node.pairs is not None:
        return {_single_spaced(key.text): _data(value) for key, value in node.pairs}
    return _single_spaced(node.text)


def _single_spaced(text: str | None) -> str:
    return " ".join((text or "").split())


def _digest(data: object) -> str:
    return digest(canonical(data))[:16]


# --- how the review stands ---------------------------------------------------------------------
def pairs(base: RuleBase) -> Iterator[tuple[str, str, str]]:
    """Everything to be reviewed: kind and name of what cites, and the claim."""
    for rule in base.rules:
        for claim in dict.fromkeys(rule.cites):
            yield "rule", rule.id, claim
    for option in base.knowledge.options.values():
        for name, data in option.properties.items():
            for claim in dict.fromkeys(claim for datum in data for claim in datum.claims):
                yield "data", f"{option.id}.{name}", claim


def standing(base: RuleBase, reviews: Reviews) -> list[Pair]:
    """Every pair of a knowledge base, and how its review stands."""
    hashes, given = Hashes(base), _by_pair(reviews)
    claims = {id: hashes.claim(id) for id in base.knowledge.claims}
    citing = {(kind, name): hashes.citing(kind, name) for kind, name, _ in pairs(base)}
    return [
        _stands(Pair(kind, name, claim, citing[kind, name], claims[claim], "never"), given)
        for kind, name, claim in pairs(base)
    ]


def _by_pair(reviews: Reviews) -> dict[tuple[str, str, str], list[Approval]]:
    given: dict[tuple[str, str, str], list[Approval]] = {}
    for approval in reviews:
        given.setdefault(approval[:3], []).append(approval)
    return given


def _stands(pair: Pair, given: dict[tuple[str, str, str], list[Approval]]) -> Pair:
    approvals = given.get(pair[:3], [])
    if not approvals:
        return pair
    for approval in reversed(approvals):
        if approval[:5] == pair[:5]:
            return pair._replace(status="approved", approval=approval)
    last = approvals[-1]
    hashes = {
        "claim": (last.claim_hash, pair.claim_hash),
        pair.kind: (last.citing_hash, pair.citing_hash),
    }
    changed = tuple(name for name, (then, now) in hashes.items() if then != now)
    return pair._replace(status="lapsed", changed=changed, approval=last)


def unreviewed(base: RuleBase, reviews: Reviews, consultation: Consultation) -> tuple[str, ...]:
    """The rules that fired, in that order, of which some pair is not approved as it is now.

    >>> from expert import consult, load
    >>> base = load()
    >>> found = consult(base)
    >>> set(unreviewed(base, (), found)) == {firing.rule for firing in found.firings}
    True
    """
    return not_approved(base, reviews, consultation.rules())


def not_approved(base: RuleBase, reviews: Reviews, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Those of some rules of which some pair is not approved as it is now."""
    if not reviews:
        return ids  # and nothing has to be hashed
    hashes, approved = Hashes(base), {approval[:5] for approval in reviews}
    named = {(a.citing, a.claim) for a in reviews if a.kind == "rule"}
    rules = {rule.id: rule for rule in base.rules}

    def reviewed(rule: Rule) -> bool:
        if any((rule.id, claim) not in named for claim in rule.cites):
            return False
        own = hashes.citing("rule", rule.id)
        return all(("rule", rule.id, c, own, hashes.claim(c)) in approved for c in rule.cites)

    return tuple(id for id in ids if not reviewed(rules[id]))


def strays(base: RuleBase, reviews: Reviews) -> list[Problem]:
    """The approvals of what there is not, or is no pair: left over from an earlier state."""
    cites: dict[tuple[str, str], list[str]] = {}
    for kind, name, claim in pairs(base):
        cites.setdefault((kind, name), []).append(claim)
    problems = []
    for a in reviews:
        names = [name for kind, name in cites if kind == a.kind]
        if (a.kind, a.citing) not in cites:
            problems.append(_no_such(KINDS[a.kind], a.citing, names, a.span))
        elif a.claim not in base.knowledge.claims:
            problems.append(_no_such("claim", a.claim, base.knowledge.claims, a.span))
        elif a.claim not in cites[a.kind, a.citing]:
            message = f"approval of `{a.citing}` for claim `{a.claim}`, which it does not cite"
            problems.append(Problem(message, a.span, f"it cites {', '.join(cites[a.kind, a.citing])}"))
    return problems


def _no_such(what: str, name: str, names: Iterable[str], span: Span) -> Problem:
    near = nearest(name, names)
    help = f"did you mean `{near}`?" if near else "delete the entry if it is of no more use"
    return Problem(f"approval of the {what} `{shorten(name)}`, which there is not", span, help)
