"""How a conclusion was reached, and why something is not so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from expert.consultation.standing import each_target, when_words
from expert.io.unwinding import Unfolding, unwound
from expert.language.english import REASONS, STANCE_WORDS, count, listed
from expert.language.keys import with_option
from expert.language.model import Knowledge, Quotes
from expert.language.policy import NOW
from expert.language.rules import RuleBase
from expert.views.document import Block, Line, Marked, Outline, Paragraph, Piece, Words, grounded, quoted

if TYPE_CHECKING:  # a result is shown without what explains one
    from expert.consultation.explain import Tree
    from expert.consultation.why_not import Failed, Flip, WhyNot

MOST_RULES = 3  # that did not fire, where not all are asked for
MOST_CHANGES = 4  # of the answers, after which it would be so


def explanation(tree: Tree) -> Outline:
    """A tree whose leaves say whether they are an answer or a claim."""
    return unwound(_explanation(tree))


def _explanation(tree: Tree) -> Unfolding[Outline]:
    mark = {"answer": "answer: ", "claim": "claim: "}.get(tree.kind, "")
    parts = []
    for part in tree.parts:
        parts.append((yield _explanation(part)))
    return Outline((Marked(mark, "soft"), tree.text), tuple(parts))


def arguments_folded(trees: Sequence[Tree]) -> list[Line]:
    """How many arguments of an explanation are not unfolded, if it is not asked for in full."""
    arguments = [node for tree in trees for node in tree.nodes() if node.states]
    left = sum(1 for a in arguments if a.states and a.states.kind == "argument" and not a.parts)
    return [Line(f"{_not_deciding(left)}: unfolded with --full")] if left else []


def _not_deciding(number: int, about: str = "") -> str:
    return f"{count(number, 'argument')}{about} that {'does' if number == 1 else 'do'} not decide"


def why_not_blocks(why_not: WhyNot, base: RuleBase, quotes: Quotes, full: bool = True) -> list[Block]:
    """Why not, in words; with the document at hand, its sentences beside the claims.

    Unless `full`, the nearest of the rules that did not fire, and how many others and other arguments.
    """
    blocks = _as_it_is(why_not, base.knowledge)
    for argument in why_not.against:
        said = f"{STANCE_WORDS[argument.stance]}: {argument.text}"
        blocks.append(Paragraph(grounded(said, argument.claims, argument.basis), 2, 2))
    for argument in why_not.beside if full else ():
        said = f"{STANCE_WORDS[argument.stance]}, which does not decide: {argument.text}"
        blocks.append(Paragraph(grounded(said, argument.claims, argument.basis), 2, 2))
    for failed in why_not.failed if full else why_not.failed[:MOST_RULES]:
        blocks += _not_fired(failed, quotes)
    left = [] if full else _left_out(why_not)
    more = [Line(f"Left out: {listed(left)} (--full).")] if left else []
    return [*blocks, *_flips(why_not, base.knowledge, full), *more]


def _as_it_is(why_not: WhyNot, knowledge: Knowledge) -> list[Block]:
    """How what is asked about stands, and of an option that it cannot be otherwise if it cannot."""
    blocks: list[Block] = [Paragraph(sentence) for sentence in why_not.stands]
    never = not why_not.possible or (why_not.not_for and not why_not.failed)
    if never and why_not.wanted:
        blocks.append(Paragraph(_impossible(why_not, knowledge)))
    return blocks


def _not_fired(failed: Failed, quotes: Quotes) -> list[Block]:
    """A rule that did not fire, the sentences that it rests on, and what it lacked."""
    name = with_option(failed.rule, failed.option)
    head: Words = Marked(name, "name"), " did not fire"
    blocks: list[Block] = [Line(grounded(head, failed.claims, failed.basis), 2)]
    for id in failed.claims:
        if id in quotes:
            blocks.append(Paragraph((f"{id} ", quoted(quotes[id])), 4))
    blocks.append(Paragraph(f"it needs: {failed.condition}; {REASONS[failed.reason]}", 4))
    said_of: set[str] = set()  # each is said once of a rule
    for tree in failed.stands:
        if tree.text not in said_of:
            blocks += _standing(tree, 6, said_of)
    return blocks


def _left_out(why_not: WhyNot) -> list[str]:
    """What is not said of it, unless all is asked for."""
    left = []
    if len(why_not.failed) > MOST_RULES:
        left.append(count(len(why_not.failed) - MOST_RULES, "other rule"))
    if why_not.beside:
        left.append(_not_deciding(len(why_not.beside), " against it"))
    if len(why_not.flips or ()) > MOST_CHANGES:
        left.append(count(len(why_not.flips or ()) - MOST_CHANGES, "other change"))
    return left


def _impossible(why_not: WhyNot, knowledge: Knowledge) -> str:
    """That no rule could have concluded it, and for which targets."""
    words = [knowledge.words.clauses.get(goal, goal) for goal in why_not.wanted]
    about = [knowledge.targets[target].label for target in why_not.not_for]
    end = f" for {listed(about, 'or')}" if about else ""
    option = next(o for o in knowledge.options.values() if o.label == why_not.subject)
    verb = "are" if option.plural else "is"
    return f"No rule here concludes that {option.phrase} {verb} {listed(words, 'or')}{end}."


def _standing(tree: Tree, indent: int, said: set[str]) -> list[Block]:
    """How what a rule needed stands: of what nothing concludes, the rules that could, down to answers."""
    blocks: list[Block] = []
    waiting = [(tree, indent)]
    while waiting:
        tree, indent = waiting.pop()
        if tree.kind == "answer" and tree.text in said:
            continue
        said.add(tree.text)
        blocks.append(Paragraph(tree.text, indent, 2))
        if tree.kind == "not-fired" or (tree.states and tree.states.stands == "not-concluded"):
            waiting += [(part, indent + 2) for part in reversed(tree.parts)]
    return blocks


def _flips(why_not: WhyNot, knowledge: Knowledge, full: bool) -> list[Block]:
    lines: list[Block] = []
    for flip in (why_not.flips or ())[: None if full else MOST_CHANGES]:
        changes = " ".join(f"{name}={value}" for name, value in flip.changes.items())
        head = "Smallest change" if why_not.decided else "A change"
        head = "If the answer were" if flip.unanswered else head
        lines.append(
            Paragraph((f"{head}: {changes}  ->  ", *_leading_to(flip, why_not.goal, knowledge)), 0, 2)
        )
    if lines and not why_not.decided:
        lines.append(Line("Whether there is a smaller one is not decided."))
    looked_for = why_not.flips is not None and why_not.possible and not why_not.already
    if not lines and (looked_for or (why_not.not_for and why_not.failed)):
        lines.append(Line(_none_leads_there(why_not, knowledge)))
    return lines


def _none_leads_there(why_not: WhyNot, knowledge: Knowledge) -> str:
    """How far it is known that no change of answers leads there."""
    labels = [knowledge.targets[target].label for target in why_not.not_for]
    there = f"leads there for {listed(labels, 'or')}" if labels else "leads there"
    if not why_not.decided:
        return f"Whether a change of answers {there} is not decided."
    if why_not.up_to is None:
        return f"No change of answers {there}."
    return f"No change of up to {count(why_not.up_to, 'answer')} {there}; of more it is not decided."


def _leading_to(flip: Flip, goal: str, knowledge: Knowledge) -> Iterator[Piece]:
    """What a change leads to: the verdicts, for which targets, and when."""
    best, *others = each_target(flip.targets, knowledge) or [knowledge.words.verdicts[flip.verdict]]
    yield Marked(best, "verdict")
    if knowledge.steps and (when := when_words(flip.verdict, flip.timing, knowledge)):
        yield f", {when}"
    elif goal == NOW:
        yield ", and no step would have to come before it"
    yield "".join(f"; {other}" for other in others)
    if new := [knowledge.targets[target].label for target in flip.new_targets]:
        yield f" (nothing is argued about {listed(new, 'or')} in the case as it is)"
