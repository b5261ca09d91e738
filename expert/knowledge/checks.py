"""Checks of a knowledge base that was read: what makes it unusable, and what is unfinished or odd.

Each looks at the whole of it, and gives its problems with their places.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from expert.io.problems import Problem, Span, place_in_files
from expert.io.yaml import parse_yaml
from expert.knowledge.oddities import warn_labels, warn_no_answers, warn_prices, warn_unasked
from expert.knowledge.todo import is_todo, problem, todos
from expert.language.conclusions import FINDING, SCORE, Argue, Plan, Wait, computed_refs
from expert.language.conditions import Compare, compared, leaves
from expert.language.outcome import shown_findings
from expert.language.policy import NOW
from expert.language.rules import RuleBase, cited, reads


# --- passes that make a knowledge base unusable ------------------------------------------
def check_claims(base: RuleBase) -> list[Problem]:
    """No claim from which nothing follows is cited."""
    problems = []
    for id, users in cited(base).items():
        claim = base.knowledge.claims[id]
        if users and claim.context and not is_todo(claim.context):
            message = f"claim `{id}` is context, yet {', '.join(f'`{user}`' for user in users)} cites it"
            problems.append(Problem(message, claim.span, "drop `context:` or the citation"))
    return problems


def check_numbering(base: RuleBase) -> list[Problem]:
    """Places count from one without gaps."""
    problems = []
    places = sorted((claim.paragraph, claim.sentence, claim.span) for claim in base.knowledge.claims.values())
    for (paragraph, sentence, _), (then, number, span) in pairwise([(0, 0, Span("")), *places]):
        if then == paragraph:
            gap = [f"p{then}s{missing}" for missing in range(sentence + 1, number)]
        else:
            gap = [f"p{missing}s1" for missing in range(paragraph + 1, then)]
            gap += [f"p{then}s{missing}" for missing in range(1, number)]
        if gap:
            missing = f"claim `{gap[0]}` is" if len(gap) == 1 else f"claims `{gap[0]}` to `{gap[-1]}` are"
            help = f"`p{then}s{number}` is given, and places count from one without gaps"
            problems.append(Problem(f"{missing} missing", span, help))
    return problems


def check_waits(base: RuleBase) -> list[Problem]:
    """Whatever an option waits for is a step that some rule plans."""
    planned = {c.name for rule in base.rules for c in rule.then if isinstance(c, Plan)}
    return [
        Problem(f"rule `{rule.id}` waits for step `{c.name}`, which no rule plans", rule.span)
        for rule in base.rules
        for c in rule.then
        if isinstance(c, Wait) and c.name not in planned
    ]


def check_now(base: RuleBase) -> list[Problem]:
    """No step is called what an option's timing is without one."""
    if NOW not in base.knowledge.steps:
        return []
    file = "kb/vocabulary.yaml"
    node, _ = parse_yaml(base.knowledge.files[file], file)
    steps = next(value for key, value in (node.pairs or ()) if key.text == "steps") if node else None
    span = next(key.span for key, _ in (steps.pairs or ()) if key.text == NOW) if steps else None
    help = "that is the timing of what waits for no step; call the step something else"
    return [Problem(f"no step can be called `{NOW}`", span, help)]


def check_topics(base: RuleBase) -> list[Problem]:
    """At least one topic decides, if there are options to decide on and no number ranks them."""
    if base.knowledge.options and not base.knowledge.deciding_topics and not base.knowledge.rank:
        help = "give `decides: yes` to the topic that says whether an option would do"
        place = next(iter(base.knowledge.options.values())).span
        return [Problem("no topic has `decides: yes`, so no option could get a verdict", place, help)]
    return []


# --- passes that only warn ---------------------------------------------------------------
def warn_unwritten(base: RuleBase) -> list[Problem]:
    """Texts that are still to be written, in the order of the work."""
    users = cited(base)
    problems = [problem(todo, base, users) for todo in todos(base)]
    return [each for each in problems if each]


def warn_uncited(base: RuleBase) -> list[Problem]:
    """Claims that are in words, and that nothing cites yet."""
    problems = []
    for id, users in cited(base).items():
        claim = base.knowledge.claims[id]
        if not users and not claim.context and not is_todo(claim.says):
            help = "cite it in a rule or an option's property, or give `context:` with the reason"
            problems.append(Problem(f"claim `{id}` is cited by nothing yet", claim.span, help))
    return problems


def warn_unused(base: RuleBase) -> list[Problem]:
    """Declared names that no rule concludes or reads."""
    knowledge = base.knowledge
    concluded = {(FINDS.get(c.kind, c.kind), c.name) for rule in base.rules for c in rule.then}
    read = {ref.name for rule in base.rules for ref, _ in reads(rule)}
    problems = []
    for kind, names in (
        ("step", knowledge.steps),
        ("flag", knowledge.flags),
        ("finding", knowledge.findings),
    ):
        for name in names:
            if (kind, name) not in concluded:
                problems.append(Problem(f"{kind} `{name}` is concluded by no rule"))
    for name, term in {**knowledge.questions, **knowledge.properties}.items():
        unread = [part for part in term.parts if part not in read]
        for each in [name] if len(unread) == len(term.parts) else unread:
            problems.append(Problem(f"{term.kind} `{each}` is read by no rule", term.span))
    return problems


def warn_silent(base: RuleBase) -> list[Problem]:
    """Rules that can hold for no option, and options of which no rule says anything that is shown."""
    alive = {instance.rule.id for instance in base.instances}
    problems = [
        Problem(f"rule `{rule.id}` can hold for no option", rule.span)
        for rule in base.rules
        if rule.id not in alive
    ]
    argued = {c.option for i in base.instances for c in i.then if isinstance(c, Argue)}
    shown = shown_findings(base.knowledge) - {*(base.knowledge.cost or ())}
    argued |= {c.option for i in base.instances for c in i.then if c.kind == "finding" and c.name in shown}
    for option in base.knowledge.options.values():
        if option.id not in argued:
            problems.append(Problem(f"no rule argues for or against option `{option.id}`", option.span))
    return problems


def warn_identical(base: RuleBase) -> list[Problem]:
    """Rules with the same conditions and the same conclusions."""
    seen: dict[object, str] = {}
    problems = []
    for rule in base.rules:
        first = seen.setdefault((rule.when, rule.then), rule.id)
        if first != rule.id:
            problems.append(Problem(f"rule `{rule.id}` is the same as `{first}`", rule.span))
    return problems


def warn_several(base: RuleBase) -> list[Problem]:
    """Quantities with a property of which an option has several values: any of them is meant."""
    rules: dict[str, dict[str, None]] = {}  # by property
    for rule in base.rules:
        comparisons = [leaf for leaf in leaves(rule.when) if isinstance(leaf, Compare)]
        mentioned = [ref for comparison in comparisons for ref in compared(comparison)]
        mentioned += [ref for c in rule.then for ref in computed_refs(c)]
        for ref in mentioned:
            if ref.kind == "property":
                rules.setdefault(ref.name, {})[rule.id] = None
    problems = []
    for option in base.knowledge.options.values():
        for name, users in rules.items():
            many = len(option.quantified(name))
            if many > 1:
                named = ", ".join(f"`{id}`" for id in users)
                message = f"`{name}` of `{option.id}` has {many} values, and any of them counts in {named}"
                help = "a comparison holds if it does with one of them; a conclusion is drawn of each"
                problems.append(Problem(message, option.span, help))
    return problems


FINDS = {SCORE: FINDING}  # what else concludes a finding
Pass = Callable[[RuleBase], list[Problem]]

# each pass with the files that have to be right before it can say anything
ERRORS: dict[Pass, tuple[str, ...]] = {
    check_claims: ("kb/claims", "kb/options", "rules/"),
    check_numbering: ("kb/claims",),
    check_waits: ("kb/vocabulary", "rules/"),
    check_topics: ("kb/vocabulary", "kb/options"),
}

# what is refused in files that are written, and not in knowledge that records were made with
NEW_ERRORS: tuple[Pass, ...] = (check_now,)
WARNINGS: tuple[Pass, ...] = (
    warn_uncited,
    warn_unused,
    warn_silent,
    warn_identical,
    warn_unasked,
    warn_prices,
    warn_labels,
    warn_no_answers,
    warn_several,
)


def warnings(base: RuleBase) -> list[Problem]:
    """What is unfinished, and then what is odd, about a knowledge base that can be used."""
    odd = sorted((problem for check in WARNINGS for problem in check(base)), key=place_in_files)
    return warn_unwritten(base) + odd
