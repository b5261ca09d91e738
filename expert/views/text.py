"""Layout: records as text for a terminal or a pipe, the same on both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from expert.consultation.compare import Difference
from expert.consultation.explain import Tree, WhyNot, reason_words
from expert.consultation.result import Consultation, Cost, Firing, Recommendation, name_of
from expert.knowledge.document import Place
from expert.language.english import STANCE_WORDS, VERDICT_WORDS, count, listed
from expert.language.keys import with_option
from expert.language.model import SIGNS, Knowledge, Term
from expert.language.policy import NOW, RECOMMENDED
from expert.language.rules import RuleBase
from expert.views.terminal import table, wrapped

if TYPE_CHECKING:
    from expert.ledger.chain import Verified
    from expert.ledger.replay import Impact, Replayed


MARKS = {"for": "+", "against": "-", "unsure": "?"}


def money(amount: int | float, currency: str) -> str:
    """An amount with its currency."""
    sign = SIGNS.get(currency, "")
    shown = f"{amount:,}" if isinstance(amount, int) else f"{amount:,.2f}"
    return f"{sign}{shown}" if sign else f"{shown} {currency}"


def cost_words(cost: Cost | None) -> str:
    """What it costs, as far as it is stated."""
    if cost is None or (cost.low is None and cost.high is None):
        return "not stated"
    low = money(cost.low, cost.currency) if cost.low is not None else ""
    high = money(cost.high, cost.currency) if cost.high is not None else ""
    if not high:
        return f"from {low}"
    return low if low == high else f"{low} to {high}" if low else f"up to {high}"


# --- a consultation ------------------------------------------------------------------------
def consultation_text(
    found: Consultation,
    knowledge: Knowledge,
    brief: bool,
    trace: bool,
    format: str,
    unreviewed: Sequence[str] | None = None,
) -> str:
    """The whole result: plan, recommendations, arguments, advice, trace, and what it rests on."""
    blocks = [_plan(found), _recommendations(found, knowledge, format)]
    if not brief:
        blocks += [_arguments(found, knowledge), _advice(found, knowledge)]
        if trace:
            blocks.append(trace_text(found))
    blocks.append(footer(found, unreviewed))
    return "\n\n".join(block for block in blocks if block)


def _plan(found: Consultation) -> str:
    lines = ["Plan"]
    for step in found.plan:
        lines += wrapped(f"{step.text}  [{' '.join(step.claims)}]", f"  {step.n}  ")
    return "\n".join(lines if found.plan else [*lines, "  (nothing follows from what is known)"])


def _recommendations(found: Consultation, knowledge: Knowledge, format: str) -> str:
    if not found.recommendations:
        return ""
    priced = knowledge.cost is not None  # otherwise there is nothing to state
    rows = []
    for r in sorted(found.recommendations, key=lambda r: list(VERDICT_WORDS).index(r.verdict)):
        cost = [cost_words(r.cost)] if priced else []
        rows.append([r.label, VERDICT_WORDS[r.verdict], when(r), *cost, notes_on(r, knowledge)])
    headers = ["Option", "Verdict", "When", *(["Cost"] if priced else []), "Notes"]
    return table(rows, headers, format, [None, None, 16, *([14] if priced else []), 22])


def when(found: Recommendation) -> str:
    open = found.verdict in RECOMMENDED or (found.verdict == "not-addressed" and found.timing != NOW)
    return "-" if not open else NOW if found.timing == NOW else f"after {found.timing}"


def notes_on(found: Recommendation, knowledge: Knowledge) -> str:
    notes = [knowledge.flags[flag].label for flag in found.flags]
    if len(found.targets) > 1:
        targets = knowledge.targets
        notes = [f"{targets[t].label}: {VERDICT_WORDS[v]}" for t, v in found.targets.items()] + notes
    return "; ".join(notes)


def _arguments(found: Consultation, knowledge: Knowledge) -> str:
    lines = ["Arguments  (+ for, - against, ? undecided)"]
    for r in found.recommendations:
        lines.append(f"  {r.label}: {VERDICT_WORDS[r.verdict]}")
        for a in sorted(r.arguments, key=lambda a: list(MARKS).index(a.stance)):
            topic = knowledge.topics[a.topic].label
            lines += wrapped(f"{topic}: {a.text}  [{' '.join(a.claims)}]", f"    {MARKS[a.stance]} ")
        if not r.arguments:
            lines.append("      The document says nothing of how well it works in this case.")
    return "\n".join(lines) if found.recommendations else ""


def _advice(found: Consultation, knowledge: Knowledge) -> str:
    blocks = []
    for kind, title in (("advice", "Advice"), ("caution", "Cautions")):
        lines = [title]
        for a in found.advice:
            if a.kind == kind:
                about = f"{knowledge.options[a.option].label}: " if a.option else ""
                lines += wrapped(f"{about}{a.text}  [{' '.join(a.claims)}]", "  * ")
        blocks.append("\n".join(lines) if len(lines) > 1 else "")
    return "\n\n".join(block for block in blocks if block)


def trace_text(found: Consultation) -> str:
    """The firing trace: number, rule, basis, what matched, what was concluded, claims."""
    lines = ["Trace"]
    for firing in found.firings:
        lines += _firing(firing)
    lines.append(f"  ({count(len(found.not_fired), 'rule')} did not fire)")
    return "\n".join(lines)


def _firing(firing: Firing) -> list[str]:
    lines = [f"  #{firing.n:<3} {name_of(firing)}  ({firing.basis})  [{' '.join(firing.claims)}]"]
    for match in firing.matched:
        source = " ".join(match.claims) or " ".join(f"#{n}" for n in match.firings)
        lines += wrapped(f"{match.text}{f'  [{source}]' if source else ''}", "         if  ", " " * 13)
    if not firing.matched:
        lines.append("         in every case")
    for concluded in firing.concluded:
        lines += wrapped(concluded.text, "         ->  ", " " * 13)
    if all(concluded.text != firing.because for concluded in firing.concluded):
        lines += wrapped(firing.because, "         because ", " " * 13)
    return lines


def footer(found: Consultation, unreviewed: Sequence[str] | None = None, recorded: bool = False) -> str:
    """How many steps are the document's and how many ours, how many nobody reviewed, what this is not.

    `unreviewed` are the rules that fired and were not reviewed: now, or when it was recorded.
    """
    by = found.counts()
    steps = count(len(found.firings), "step")
    follows = f"{by['stated']} stated by the document, {by['inferred']} inferred from it, {by['added']} ours"
    knowledge = found.knowledge
    lines = wrapped(f"{steps}: {follows}.")
    if unreviewed:
        lines += wrapped(_review_words(found, unreviewed, recorded))
    lines += wrapped(
        f"{knowledge.disclaimer}  ({knowledge.title} {knowledge.version}, {knowledge.hash[:12]})"
    )
    return "\n".join(lines)


def _review_words(found: Consultation, unreviewed: Sequence[str], recorded: bool) -> str:
    """How many of the rules that fired nobody has reviewed, or had then."""
    fired = count(len({firing.rule for firing in found.firings}), "rule")
    have = "had" if recorded else "has" if len(unreviewed) == 1 else "have"
    end = " when this was recorded." if recorded else ": see `kb review`."
    return f"Of the {fired} that fired, {len(unreviewed)} {have} not been reviewed{end}"


# --- explanations --------------------------------------------------------------------------
def tree_text(trees: list[Tree]) -> str:
    """Trees, two spaces a level; leaves say whether they are an answer or a claim."""
    return "\n".join(line for tree in trees for line in _tree_lines(tree, ""))


def _tree_lines(tree: Tree, indent: str) -> list[str]:
    mark = {"answer": "answer: ", "claim": "claim: "}.get(tree.kind, "")
    lines = wrapped(f"{mark}{tree.text}", indent, indent + "    ")
    return lines + [line for part in tree.parts for line in _tree_lines(part, indent + "  ")]


def why_not_text(found: WhyNot, base: RuleBase, sentences: dict[str, str] | None = None) -> str:
    """Why not, in words; with the document at hand, its sentences beside the claims."""
    goal = "recommended" if not found.goal else VERDICT_WORDS.get(found.goal, found.goal)
    if found.already:
        return f"{found.subject} is {goal}." if found.goal else f"{found.subject}: it is so."
    lines: list[str] = []
    if not found.possible:
        lines += wrapped(f"No rule concludes that {found.subject} is {goal}, in any case.")
    for step in found.waiting:
        lines += wrapped(f"It waits for: {base.knowledge.steps[step].label} ({step}).")
    for argument in found.against:
        stance = STANCE_WORDS[argument.stance]
        lines += wrapped(f"{stance}: {argument.text}  [{' '.join(argument.claims)}]", "  ", "    ")
    for failed in found.failed:
        name = with_option(failed.rule, failed.option)
        lines.append(f"  {name} did not fire  [{' '.join(failed.claims)}]")
        for id in failed.claims:
            if sentences and id in sentences:
                lines += wrapped(f"{id} “{sentences[id]}”", "    ")
        lines += wrapped(f"it needs: {failed.condition}; {reason_words(failed)}", "    ")
    lines += _flip_lines(found)
    return "\n".join(lines)


def _flip_lines(found: WhyNot) -> list[str]:
    lines = []
    if found.flips is None:
        return []
    for flip in found.flips:
        changes = " ".join(f"{name}={value}" for name, value in flip.changes.items())
        when = "now" if flip.timing == NOW else f"after {flip.timing}"
        lines.append(f"Smallest change: {changes}  ->  {VERDICT_WORDS[flip.verdict]}, {when}")
    return lines or (["No change of up to three answers leads there."] if found.possible else [])


def what_if_text(differences: list[Difference], format: str) -> str:
    """The differences side by side."""
    if not differences:
        return "Nothing would be different."
    rows = [[d.kind, d.name, d.before or "-", d.after or "-"] for d in differences]
    return table(rows, ["What", "Of", "As it is", "What if"], format, [None, None, 24, 24])


# --- the ledger ----------------------------------------------------------------------------
def record_text(header: dict[str, Any], content: dict[str, Any], hash: str) -> str:
    """A record's head: when, by what, on which answers, in the order in which they were given."""
    programs = ", ".join(f"{name} {version}" for name, version in header["programs"].items())
    lines = [
        f"Record {header['id']} of {header['time']}" + (f", {content['label']}" if content["label"] else "")
    ]
    lines += [f"  number {header['seq']}, hash {hash}", f"  knowledge {header['knowledge']}", f"  {programs}"]
    for n, answer in enumerate(content["answers"], 1):
        asked = f"  (asked: {answer['asked']})" if answer["asked"] else ""
        lines += wrapped(f"{answer['attribute']} = {answer['value']}{asked}", f"  {n:>2}  ")
    return "\n".join(lines)


def claims_used(found: Consultation, knowledge: Knowledge, sentences: dict[str, str]) -> str:
    """The claims that the firings rest on, each with the document's sentence."""
    lines = ["Claims"]
    for id in dict.fromkeys(claim for firing in found.firings for claim in firing.claims):
        lines += wrapped(knowledge.claims[id].says, f"  {id:6} ")
        if id in sentences:
            lines += wrapped(f"“{sentences[id]}”", " " * 9)
    return "\n".join(lines)


def verified_text(found: Verified) -> str:
    """What a verification found."""
    if found.fault:
        where = f"Record {found.fault.id}" if found.fault.id else "The chain"
        number = f" (number {found.fault.seq})" if found.fault.seq else ""
        return f"{where}{number} {found.fault.message}. {found.entries} before it are whole."
    erased = f", {found.erased} of them erasures" if found.erased else ""
    return f"{count(found.entries, 'record')}{erased}: the chain is whole. Head {found.head}"


def replayed_text(changed: tuple[Replayed, ...], total: int) -> str:
    """Which records did not come out as they were."""
    lines = [f"Record {r.id} comes out differently: {r.first}." for r in changed]
    return "\n".join([*lines, f"{total - len(changed)} of {count(total, 'record')} came out the same."])


def impact_text(changed: tuple[Impact, ...], total: int) -> str:
    """Which records would come out differently under the current rules, and through what."""
    lines = []
    for found in changed:
        lines += wrapped(f"Record {found.id}, through {', '.join(found.rules)} [{' '.join(found.claims)}]")
        for d in found.differences:
            lines += wrapped(f"{d.kind} {d.name}: {d.before or '-'} -> {d.after or '-'}", "  ", "    ")
    return "\n".join([*lines, f"{len(changed)} of {count(total, 'record')} would come out differently."])


# --- the knowledge base --------------------------------------------------------------------
def knowledge_text(base: RuleBase) -> str:
    """What the knowledge base holds."""
    k = base.knowledge
    by = {basis: sum(rule.basis == basis for rule in base.rules) for basis in ("stated", "inferred", "added")}
    context = sum(bool(claim.context) for claim in k.claims.values())
    rules = listed([f"{number} {basis}" for basis, number in by.items()])
    return "\n".join(
        [
            f"{k.title}  ({k.id} {k.version})",
            f"hash        {k.hash}",
            f"claims      {len(k.claims)} ({len(k.claims) - context} encoded, {context} context)",
            f"attributes  {len(k.attributes)}",
            f"options     {', '.join(k.options)}",
            f"rules       {len(base.rules)} ({rules}); {len(base.instances)} spelled out per option",
            k.disclaimer,
        ]
    )


def claims_text(base: RuleBase, users: dict[str, list[str]]) -> str:
    """Every claim with its place, hedge and what rests on it."""
    lines = []
    for claim in base.knowledge.claims.values():
        lines += wrapped(f"{claim.says} [{base.knowledge.hedges[claim.hedge]}]", f"{claim.id:6}  ", " " * 8)
        by = f"context: {claim.context}" if claim.context else f"used by {', '.join(users[claim.id])}"
        lines += wrapped(by, " " * 8)
    return "\n".join(lines)


def options_text(base: RuleBase) -> str:
    """Every option with what the document says of it."""
    k, lines = base.knowledge, []
    for option in k.options.values():
        lines.append(f"{option.id}  {option.label}")
        for name, data in option.properties.items():
            for datum in data:
                shown = f"{k.properties[name].label}: {k.properties[name].show(datum.value)}"
                lines += wrapped(f"{shown}  [{' '.join(datum.claims)}]", "  ")
    return "\n".join(lines)


def question_lines(term: Term) -> list[str]:
    """An attribute as it is asked."""
    fixed = " (history: cannot be changed)" if term.fixed else ""
    return [f"{term.name}  ({term.type}){fixed}", *wrapped(term.question, "  "), *wrapped(term.allowed, "  ")]


def coverage_text(places: list[Place], base: RuleBase, document: bool) -> str:
    """The standing of each paragraph, then every sentence that needs attention."""
    kinds = ["encoded", "context", "missing", "changed", "gone"]
    if any(place.status == "todo" for place in places):
        kinds.insert(2, "todo")
    rows = []
    for paragraph in sorted({place.paragraph for place in places}):
        counts = [sum(p.paragraph == paragraph and p.status == kind for p in places) for kind in kinds]
        rows.append([f"p{paragraph}", *(str(number or "-") for number in counts)])
    lines = [table(rows, ["paragraph", *kinds], "simple", [None] * (len(kinds) + 1)), ""]
    for place in places:
        if place.status in ("todo", "missing", "changed", "gone"):
            rests = f": {', '.join(place.users)} rest on it" if place.users else ""
            status = "still to be written" if place.status == "todo" else place.status
            lines += wrapped(f"{place.id} is {status}{rests}")
    good = sum(place.status in ("encoded", "context") for place in places)
    share = 100 * good / len(places) if places else 0.0
    shown = f"{share:.0f}" if share == 100 or share == 0 else f"{min(share, 99.9):.1f}"
    checked = "fingerprints checked" if document else "fingerprints not checked: no --document"
    lines.append(f"{good} of {len(places)} sentences accounted for ({shown} %), {checked}.")
    return "\n".join(lines)
