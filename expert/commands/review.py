"""The commands `kb review` and `kb approve`: what waits for a reviewer, and the reviewer's word."""

from datetime import date
from typing import Annotated

import typer

from expert.commands import completion
from expert.commands.documents import read_quotes
from expert.commands.options import Document, Json, Kb
from expert.commands.shared import directory_of, open_knowledge, open_reviews, print_json
from expert.commands.showing import emit
from expert.io.dates import is_date
from expert.io.problems import CaseError, CheckFailed, Problem, not_among, shorten
from expert.language.english import Phrases
from expert.language.model import Quotes
from expert.language.rules import RuleBase
from expert.review.append import append
from expert.review.approvals import Approval, Pair, Reviews, standing, strays
from expert.views.knowledge import claim_words
from expert.views.reviews import approved_blocks, english, review_blocks
from expert.views.terminal import flat


# --- kb review -----------------------------------------------------------------------------------
def review(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[RULE | CLAIM]",
            help="Only this rule (or OPTION.PROPERTY), or claim.",
            show_default=False,
            autocompletion=completion.rules_or_claims,
        ),
    ] = None,
    document: Document = None,
    json: Json = False,
    kb: Kb = None,
) -> None:
    """What waits for review: each rule beside the claims that it cites; exits with 1 if anything does.

    Example: cicatrix kb review p7s1
    """
    base, reviews = open_knowledge(kb), open_reviews(kb)
    quotes = read_quotes(document, base)
    pairs = about(base, standing(base, reviews), name)
    left = strays(base, reviews) if name is None else []
    if json:
        print_json(_json(base, pairs, left, quotes))
    else:
        emit(*review_blocks(base, pairs, left, quotes))
    if any(pair.waits for pair in pairs):
        raise CheckFailed


def about(base: RuleBase, pairs: list[Pair], name: str | None) -> list[Pair]:
    """The pairs that a name is about: those of a rule, of a property of an option, or of a claim."""
    citing = list(dict.fromkeys(pair.citing for pair in pairs))
    if name is None or name in citing:
        return [pair for pair in pairs if name in (None, pair.citing)]
    if name not in base.knowledge.claims:
        raise CaseError([not_among("rule or claim", name, [*citing, *base.knowledge.claims])])
    return [pair for pair in pairs if pair.claim == name]


def _sentence(claim: str, quotes: Quotes) -> str | None:
    """The claim's own sentence; none where the document does not have it."""
    quote = quotes.get(claim)
    return quote.text if quote and quote.encoded else None


def _json(base: RuleBase, pairs: list[Pair], left: list[Problem], quotes: Quotes) -> object:
    phrases = Phrases(base.knowledge)
    waiting = []
    for pair in (pair for pair in pairs if pair.waits):
        approval = pair.approval
        waiting.append(
            {
                **pair._asdict(),
                "changed": list(pair.changed),
                "approval": approval and {"by": approval.by, "on": approval.on, "note": approval.note},
                "says": english(pair, base, phrases),
                "claim_says": flat(claim_words(base.knowledge.claims[pair.claim], base.knowledge)),
                "sentence": _sentence(pair.claim, quotes),
            }
        )
    return {"waiting": waiting, "pairs": len(pairs), "warnings": [str(problem) for problem in left]}


# --- kb approve ----------------------------------------------------------------------------------
def approve(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RULE...",
            help="Rules (or OPTION.PROPERTY).",
            show_default=False,
            autocompletion=completion.rules,
        ),
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who approves.", show_default=False)] = "",
    claim: Annotated[
        list[str] | None,
        typer.Option(
            "--claim",
            metavar="CLAIM",
            help="Against this claim only (may be repeated).",
            autocompletion=completion.claims,
        ),
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="A remark to keep.")] = "",
    on: Annotated[
        str, typer.Option("--on", metavar="DATE", help="The day, such as 2026-01-31; today if none.")
    ] = "",
    all: Annotated[bool, typer.Option("--all", help="Everything that waits.")] = False,
    kb: Kb = None,
) -> None:
    """Record that rules say what the claims they cite say; what has changed since has to be seen again.

    Example: cicatrix kb approve over-the-budget --by "A. Reviewer"
    """
    base, reviews = open_knowledge(kb), open_reviews(kb)
    by, note, on = signature(by, note, on)
    pairs = standing(base, reviews)
    chosen = [p for p in choose(base, pairs, names, claim, all) if _new(p, by, reviews)]
    approvals = [Approval(*pair[:5], by, on, note) for pair in chosen]
    if approvals:
        append(directory_of(kb), approvals)
    emit(*approved_blocks(approvals, pairs, by, on))


def signature(by: str, note: str, on: str) -> tuple[str, str, str]:
    """Who, remark and date, as they are kept. Raises CaseError."""
    by, note = " ".join(by.split()), " ".join(note.split())
    problems = [] if by else [Problem("nobody approves", None, "say who with --by NAME")]
    for name, text in (("--by", by), ("--note", note)):
        if not text.isprintable():
            problems.append(Problem(f"`{shorten(text)}` cannot be printed, so it is nothing for {name}"))
    if on and not is_date(on):
        problems.append(Problem(f"`{shorten(on)}` is not a date for --on", None, "such as 2026-01-31"))
    if problems:
        raise CaseError(problems)
    return by, note, on or date.today().isoformat()


def choose(
    base: RuleBase, pairs: list[Pair], names: list[str] | None, claims: list[str] | None, all: bool
) -> list[Pair]:
    """The pairs that are meant: all that wait, or those of some rules. Raises CaseError."""
    if bool(names) == all:
        help = "`kb review` lists what waits"
        message = "--all and the names of rules exclude each other" if all else "no rule is named, nor --all"
        raise CaseError(message, help)
    citing = list(dict.fromkeys(pair.citing for pair in pairs))
    problems = [not_among("rule", name, citing) for name in names or () if name not in citing]
    chosen = [pair for pair in pairs if pair.citing in (names or ()) or (all and pair.waits)]
    cited = list(dict.fromkeys(pair.claim for pair in (pairs if all else chosen)))
    for id in claims or ():
        if id not in base.knowledge.claims:
            problems.append(not_among("claim", id, cited))
        elif id not in cited and not problems:
            message = f"claim `{id}` is cited by none of `{', '.join(names or ['all'])}`"
            problems.append(Problem(message, None, f"they cite {', '.join(cited)}"))
    if problems:
        raise CaseError(problems)
    return [pair for pair in chosen if not claims or pair.claim in claims]


def _new(pair: Pair, by: str, reviews: Reviews) -> bool:
    """Whether nobody of that name has approved the pair as it is now."""
    return not any(a[:5] == pair[:5] and a.by == by for a in reviews)
