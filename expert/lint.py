"""Opening a knowledge base: every pass that checks it, and all problems at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from expert.knowledge import Knowledge, read_files, read_knowledge
from expert.rules import RuleBase, build_rules, reads
from expert.source import KnowledgeError, Problem, Reader, parse_yaml


def load(directory: Path) -> RuleBase:
    """The knowledge base in `directory`. Raises KnowledgeError with every problem found."""
    files, problems = read_files(directory)
    base, found = open_files(files, "" if directory == Path() else f"{directory}/")
    if problems or found:
        raise KnowledgeError([*problems, *found])
    return base


def open_files(files: dict[str, str], prefix: str = "") -> tuple[RuleBase, list[Problem]]:
    """The knowledge base that the texts make up, and what is wrong with it; runs nothing."""
    reader, nodes = Reader(), {}
    for name, text in files.items():
        node, problems = parse_yaml(text, prefix + name)
        reader.problems += problems
        if node is not None:
            nodes[name] = node
    knowledge = read_knowledge(files, nodes, reader)
    # names declared in a file that could not be read would all be reported as unknown
    complete = all(f"kb/{name}.yaml" in nodes for name in ("claims", "vocabulary", "options"))
    base = build_rules(knowledge, nodes if complete else {}, reader)
    problems = sorted(set(reader.problems), key=_place)
    if complete and not problems:
        problems = [problem for check in ERRORS for problem in check(base)]
    return base, sorted(problems, key=_place)


def _place(problem: Problem) -> tuple[str, int, int, str]:
    span = problem.span
    return (span.file, span.line, span.column, problem.message) if span else ("", 0, 0, problem.message)


def cited(base: RuleBase) -> dict[str, list[str]]:
    """For each claim, what cites it: rule ids, and `option.property` of the options."""
    found: dict[str, list[str]] = {id: [] for id in base.knowledge.claims}
    for rule in base.rules:
        for id in rule.claims:
            found[id].append(rule.id)
    for option in base.knowledge.options.values():
        for name, data in option.properties.items():
            for datum in data:
                for id in datum.claims:
                    found[id].append(f"{option.id}.{name}")
    return found


# --- passes that make a knowledge base unusable ------------------------------------------


def check_claims(base: RuleBase) -> list[Problem]:
    """Every claim is cited, or context with the reason; never both."""
    problems = []
    for id, users in cited(base).items():
        claim = base.knowledge.claims[id]
        if not users and not claim.context:
            help = "cite it in a rule or an option's property, or give `context:` with the reason"
            problems.append(Problem(f"claim `{id}` is cited by nothing", claim.span, help))
        if users and claim.context:
            message = f"claim `{id}` is context, yet {', '.join(f'`{user}`' for user in users)} cites it"
            problems.append(Problem(message, claim.span, "drop `context:` or the citation"))
    return problems


def check_numbering(base: RuleBase) -> list[Problem]:
    """Places count from one without gaps."""
    places: dict[int, list[int]] = {}
    for claim in base.knowledge.claims.values():
        places.setdefault(claim.paragraph, []).append(int(claim.id.split("s")[1]))
    problems = []
    for paragraph in range(1, max(places, default=0) + 1):
        given = set(places.get(paragraph, []))
        for sentence in sorted(set(range(1, max(given, default=1) + 1)) - given):
            problems.append(Problem(f"claim `p{paragraph}s{sentence}` is missing"))
    return problems


def check_waits(base: RuleBase) -> list[Problem]:
    """Whatever an option waits for is a step that some rule plans."""
    planned = {c.name for rule in base.rules for c in rule.then if c.kind == "step"}
    return [
        Problem(f"rule `{rule.id}` waits for step `{c.name}`, which no rule plans", rule.span)
        for rule in base.rules
        for c in rule.then
        if c.kind == "wait" and c.name not in planned
    ]


def check_topics(base: RuleBase) -> list[Problem]:
    """At least one topic decides, if there are options to decide on."""
    k = base.knowledge
    if k.options and not any(topic.decides for topic in k.topics.values()):
        return [Problem("no topic has `decides: yes`, so no option could get a verdict")]
    return []


# --- passes that only warn ---------------------------------------------------------------


def warn_unused(base: RuleBase) -> list[Problem]:
    """Declared names that no rule concludes or reads."""
    k = base.knowledge
    concluded = {(c.kind, c.name) for rule in base.rules for c in rule.then}
    read = {ref.name for rule in base.rules for ref, _ in reads(rule)} | set(k.cost or ())
    problems = []
    for kind, names in (("step", k.steps), ("flag", k.flags), ("finding", k.findings)):
        for name in names:
            if (kind, name) not in concluded:
                problems.append(Problem(f"{kind} `{name}` is concluded by no rule"))
    for name, term in {**k.attributes, **k.properties}.items():
        if name not in read:
            problems.append(Problem(f"{term.kind} `{name}` is read by no rule", term.span))
    return problems


def warn_silent(base: RuleBase) -> list[Problem]:
    """Rules that can hold for no option, and options that no rule argues about."""
    alive = {instance.rule.id for instance in base.instances}
    problems = [
        Problem(f"rule `{rule.id}` can hold for no option", rule.span)
        for rule in base.rules
        if rule.id not in alive
    ]
    argued = {c.option for i in base.instances for c in i.then if c.kind == "argument"}
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


Pass = Callable[[RuleBase], list[Problem]]
ERRORS: tuple[Pass, ...] = (check_claims, check_numbering, check_waits, check_topics)
WARNINGS: tuple[Pass, ...] = (warn_unused, warn_silent, warn_identical)


def warnings(base: RuleBase) -> list[Problem]:
    """What is odd about a knowledge base that can be used."""
    return sorted((problem for check in WARNINGS for problem in check(base)), key=_place)
