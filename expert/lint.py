"""Opening a knowledge base: every pass that checks it, and all problems at once.

A knowledge base is a directory with `kb/` and `rules/`, or the same files as texts (so that
a ledger can open the very knowledge that made an old record). Loading executes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice, pairwise
from pathlib import Path

from expert.declarations import FILES, read_knowledge
from expert.rules import RuleBase, build_rules, reads
from expert.source import KnowledgeError, Node, Problem, Reader, Span, parse_yaml, read_text, shorten
from expert.todo import is_todo, problem, todos

FILE_LIMIT = 500  # files in rules/
TOTAL_LIMIT = 4_000_000  # characters in all files
# without these nothing can be said of the rules: every name in them would be unknown
SECTIONS = {"kb/claims.yaml": "claims", "kb/vocabulary.yaml": "attributes", "kb/options.yaml": "options"}


def load(directory: Path) -> RuleBase:
    """The knowledge base in `directory`. Raises KnowledgeError with every problem found."""
    files, problems = read_files(directory)
    base, problems = _open(files, str(directory / "_")[:-1], problems)
    if problems:
        raise KnowledgeError(problems)
    return base


def read_files(directory: Path) -> tuple[dict[str, str], list[Problem]]:
    """The knowledge files of a directory, by their path in it, with `\\n` line ends; and problems."""
    shown = shorten(str(directory))
    try:
        names, problems = _file_names(directory)
    except OSError as error:
        return {}, [Problem(f"`{shown}` cannot be read: {error.strerror or error}")]
    if not names:
        return {}, problems
    files: dict[str, str] = {}
    for name in names:
        try:
            text = read_text(directory / name, str(directory / name))
        except KnowledgeError as error:
            problems += error.problems
            continue
        files[name] = text.replace("\r\n", "\n")
        if sum(map(len, files.values())) > TOTAL_LIMIT:
            message = f"the files of `{shown}` are larger than {TOTAL_LIMIT:,} characters together"
            return files, [*problems, Problem(message, Span(str(directory / name)))]
    return files, problems


def _file_names(directory: Path) -> tuple[list[str], list[Problem]]:
    """The names of the knowledge files, none if it is no knowledge base; and problems."""
    shown = shorten(str(directory))
    if not (directory / "kb").is_dir() or not (directory / "rules").is_dir():
        help = "a knowledge base is a directory that holds `kb/` and `rules/`"
        return [], [Problem(f"`{shown}` is not a knowledge base", None, help)]
    found = sorted(entry.name for entry in islice((directory / "rules").iterdir(), FILE_LIMIT + 1))
    if len(found) > FILE_LIMIT:
        return [], [Problem(f"`{shown}/rules` holds more than {FILE_LIMIT} files")]
    problems = []
    for name in found:
        place = Span(f"{directory / 'rules'}/{shorten(name)}")
        if name.lower().endswith((".yml", ".yaml")) and not name.endswith(".yaml"):
            problems.append(Problem(f"rule file `{shorten(name)}` would be ignored", place, "name it .yaml"))
        elif not name.isprintable():
            problems.append(Problem(f"file name `{shorten(name)}` cannot be printed", place))
    rules = [f"rules/{name}" for name in found if name.endswith(".yaml") and name.isprintable()]
    if not rules:
        problems.append(Problem(f"`{directory / 'rules'}` holds no .yaml file", None))
    return [*(f"kb/{name}.yaml" for name in FILES), *rules], problems


def open_files(files: dict[str, str], prefix: str = "") -> tuple[RuleBase, list[Problem]]:
    """The knowledge base that the texts make up, and what is wrong with it; runs nothing."""
    return _open(files, prefix, [])


def _open(files: dict[str, str], prefix: str, before: list[Problem]) -> tuple[RuleBase, list[Problem]]:
    """The same, with the problems there were `before`, in getting at the texts."""
    reader = Reader()
    try:
        base = _read(files, prefix, reader)
    except KnowledgeError as error:  # too many problems to go on
        nothing, problems = Reader(), {*before, *error.problems}
        return build_rules(read_knowledge({}, {}, nothing), {}, nothing), sorted(problems, key=_place)
    problems = {*before, *reader.problems}
    # what follows from another problem is not reported: a check waits for its files to be right
    wrong = {problem.span.file.removeprefix(prefix) for problem in problems if problem.span}
    for check, needed in ERRORS.items():
        if not any(name.startswith(needed) for name in wrong) and set(SECTIONS) <= files.keys():
            problems.update(check(base))
    return base, sorted(problems, key=_place)


def _read(files: dict[str, str], prefix: str, reader: Reader) -> RuleBase:
    nodes = {}
    for name, text in files.items():
        node, problems = parse_yaml(text, prefix + name)
        reader.add(*problems)
        if node is not None:
            nodes[name] = node
    knowledge = read_knowledge(files, nodes, reader)
    complete = all(_declares(nodes.get(name), section) for name, section in SECTIONS.items())
    return build_rules(knowledge, nodes if complete else {}, reader)


def _declares(node: Node | None, section: str) -> bool:
    pairs = node.pairs or () if node else ()
    return any(key.text == section and value.pairs is not None for key, value in pairs)


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
        help = "give `decides: yes` to the topic that says whether an option would do"
        place = next(iter(k.options.values())).span
        return [Problem("no topic has `decides: yes`, so no option could get a verdict", place, help)]
    return []


# --- passes that only warn ---------------------------------------------------------------


def warn_unwritten(base: RuleBase) -> list[Problem]:
    """Texts that are still to be written, in the order of the work."""
    users = cited(base)
    found = [problem(todo, base, users) for todo in todos(base)]
    return [each for each in found if each]


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
    seen: dict[str, str] = {}
    problems = []
    for rule in base.rules:
        first = seen.setdefault(repr((rule.when, rule.then)), rule.id)
        if first != rule.id:
            problems.append(Problem(f"rule `{rule.id}` is the same as `{first}`", rule.span))
    return problems


Pass = Callable[[RuleBase], list[Problem]]
# each pass with the files that have to be right before it can say anything
ERRORS: dict[Pass, tuple[str, ...]] = {
    check_claims: ("kb/claims", "kb/options", "rules/"),
    check_numbering: ("kb/claims",),
    check_waits: ("kb/vocabulary", "rules/"),
    check_topics: ("kb/vocabulary", "kb/options"),
}
WARNINGS: tuple[Pass, ...] = (warn_unused, warn_silent, warn_identical)


def warnings(base: RuleBase) -> list[Problem]:
    """What is unfinished, and then what is odd, about a knowledge base that can be used."""
    odd = sorted((problem for check in WARNINGS for problem in check(base)), key=_place)
    return warn_unwritten(base) + odd
