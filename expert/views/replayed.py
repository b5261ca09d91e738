"""Records run again: what comes out differently, under their own knowledge or under today's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from expert.language.english import count, in_sentence
from expert.language.keys import name_and_option
from expert.language.model import Knowledge
from expert.views.document import Block, Cited, Line, Paragraph

if TYPE_CHECKING:
    from expert.consultation.compare import Difference
    from expert.ledger.history.impact import Impact
    from expert.ledger.history.replay import Replayed  # with it comes the engine, which no record needs


# how a difference in an argument is named: rule@option for target on topic
ARGUED = re.compile(r"(\S+?)@(\S+)(?: for (\S+))? on (\S+)")


def replayed_blocks(told: Sequence[Replayed], total: int, words: bool = False) -> list[Block]:
    """Which records did not come out as they were, and which are worded differently: how, with `words`."""
    changed = [r for r in told if not r.same and not r.refused]
    refused = [r.refused for r in told if r.refused]
    reworded = [r for r in told if r.same and r.reworded]
    blocks: list[Block] = [Line(f"Record {r.id} comes out differently: {r.first}.") for r in changed]
    if words:
        for r in reworded:
            blocks.append(Line(f"Record {r.id} is worded differently by this program."))
            for c in r.reworded:
                blocks.append(Paragraph(f"{c.where}: {c.before or '-'} -> {c.after or '-'}", 2, 2))
    blocks += _not_judged(refused)
    if judged := total - len(refused):
        blocks.append(Line(f"{judged - len(changed)} of {count(judged, 'record')} came out the same."))
    if reworded:
        verb = "is" if len(reworded) == 1 else "are"
        how = "" if words else ": `--words` shows how"
        blocks.append(
            Line(f"{count(len(reworded), 'record')} {verb} worded differently by this program{how}.")
        )
    return blocks


def impact_blocks(changed: Sequence[Impact], total: int, knowledge: Knowledge) -> list[Block]:
    """Which records would come out differently under the current rules, and through what, in their words."""
    refused = [impact.refused for impact in changed if impact.refused]
    changed = [impact for impact in changed if not impact.refused]
    blocks: list[Block] = []
    for impact in changed:
        through = ", ".join([*impact.rules, *impact.data])
        cited = (" ", Cited(tuple(impact.claims))) if impact.claims else ()
        blocks.append(Paragraph((f"Record {impact.id}, through {through}", *cited)))
        for d in impact.differences:
            before, after = (_side(d.kind, side, knowledge) or "-" for side in (d.before, d.after))
            blocks.append(Paragraph(f"{_of_what(d, knowledge)}: {before} -> {after}", 2, 2))
    blocks += _not_judged(refused)
    if judged := total - len(refused):
        blocks.append(Line(f"{len(changed)} of {count(judged, 'record')} would come out differently."))
    return blocks


def _not_judged(refused: Sequence[str]) -> list[Paragraph]:
    return [Paragraph(f"Not judged: {why}.", hang=2) for why in refused]


def _of_what(d: Difference, knowledge: Knowledge) -> str:
    """What differs, by its label; by its id where the current knowledge has no such thing."""
    kind, name = d.kind, d.name
    if kind == "target":
        option, _, target = name.partition(" for ")
        about = _label(target, knowledge.targets)
        return f"verdict {_label(option, knowledge.options)} for {about}"
    if kind == "argument" and (parts := ARGUED.fullmatch(name)):
        rule, option, target, topic = parts.groups()
        about = f" for {knowledge.targets[target].label}" if target in knowledge.targets else ""
        on = _label(topic, knowledge.topics)
        return f"argument {_label(option, knowledge.options)}{about}, {on} ({rule})"
    first, option = name_and_option(name)
    kind = {"depends": "depends on:", "source": "source of"}.get(kind, kind)
    if kind in ("finding", "result", "depends on:") and first in knowledge.findings:
        label = knowledge.findings[first].label
        return f"{kind} {label}, {_label(option, knowledge.options)}" if option else f"{kind} {label}"
    if kind == "plan" and name in knowledge.steps:
        return f"plan {knowledge.steps[name].label}"
    if kind == "order":
        return "order of the plan"
    if kind == "advice":  # whose words are beside it
        return f"{kind} on {_label(option, knowledge.options)}" if option else kind
    if kind == "cost":
        kind = in_sentence(knowledge.words.headings["cost"])
    return f"{kind} {_label(name, knowledge.options)}"


def _label(id: str, things: Mapping[str, Any]) -> str:
    return str(things[id].label) if id in things else id


def _side(kind: str, side: str, knowledge: Knowledge) -> str:
    """What stands on one side of a difference, in words."""
    if kind in ("verdict", "target"):
        return knowledge.words.verdicts.get(side, side)
    if kind == "depends":
        return ", ".join(_label(id, knowledge.attributes) for id in _ids(side))
    if kind == "timing" and side in knowledge.steps:
        return f"after: {knowledge.steps[side].label}"
    if kind == "flags":
        return ", ".join(_label(id, knowledge.flags) for id in _ids(side))
    if kind == "order":
        return "; ".join(_label(id, knowledge.steps) for id in _ids(side))
    if kind == "plan" and side in knowledge.steps:
        return "planned"
    return side


def _ids(listing: str) -> list[str]:
    return listing.split(", ") if listing else []
