"""The `cicatrix` command: registers the commands, each of which is imported when it is called.

What a command does is in `expert/commands/`; with which codes it ends, in `expert/io/problems.py`.
"""

import atexit
import gc

# what `signal` is made of, without the milliseconds that it takes to be imported
from _signal import SIG_DFL, SIGINT, default_int_handler, getsignal, signal  # type: ignore[import-not-found]

# while its imports last, an interruption ends the program as it ends others, and shows no traceback of them
STARTING = getsignal(SIGINT) is default_int_handler
if STARTING:
    signal(SIGINT, SIG_DFL)

# a command is one short run: what it makes, from its imports on, is rarely garbage that is worth looking for;
# at its end, when everything goes, Python would look through all of it three times, which takes longer than
# a consultation: what is frozen is not looked through
gc.set_threshold(100_000)
atexit.register(gc.freeze)

import sys
from typing import Annotated, Any

import typer

from expert.commands.lazy import LazyCommand, LazyGroup, group, with_examples
from expert.commands.saying import LEAST_WIDTH, asked_of, problems_shown, settings
from expert.commands.streams import all_written, open_streams
from expert.io.program import NAME, program_name
from expert.io.version import __version__

EXPLAIN = (
    LazyCommand(
        "how",
        "explain:how",
        "How a conclusion was reached: a tree down to your answers and the document's claims.",
        "Examples: cicatrix explain how punch scar_depth=deep active_acne=no\n"
        "          cicatrix explain how punch last",
    ),
    LazyCommand(
        "why-not",
        "why_not:why_not",
        "Why an option is not what one might expect, and the smallest changes that would make it so.",
        "Example: cicatrix explain why-not punch now scar_depth=deep active_acne=yes",
    ),
)

KB = (
    LazyCommand("show", "knowledge:show", "What the knowledge base holds, and its content hash."),
    LazyCommand(
        "claims", "knowledge:claims", "Every claim of the document, in our words, and what rests on it."
    ),
    LazyCommand("rules", "knowledge:rules", "The rules in English."),
    LazyCommand(
        "options",
        "knowledge:options",
        "What can be recommended, and what the document says of each.",
        "Example: cicatrix kb options punch",
    ),
    LazyCommand(
        "questions",
        "knowledge:questions",
        "What a case can say, and how it is asked.",
        "Example: cicatrix kb questions scar_depth",
    ),
    LazyCommand(
        "coverage",
        "knowledge:coverage",
        "Whether every sentence of the document is accounted for; exits with 1 if not.",
    ),
    LazyCommand(
        "new",
        "author:new",
        "Begin a knowledge base for a document: files to fill in, which load as they are.",
    ),
    LazyCommand(
        "lint", "author:lint", "Check the knowledge base; errors exit with 3, warnings are only shown."
    ),
    LazyCommand(
        "fmt",
        "author:fmt",
        "Bring the files into one order and layout: comments stay, and so does all that they mean.",
    ),
    LazyCommand(
        "rebase",
        "rebase:rebase",
        "Where the claims stand in another edition of the document, and --write: carry that into the files.",
    ),
    LazyCommand(
        "test",
        "trial:test",
        "Run the cases of kb/cases, and say what they cover; exits with 1 if one fails or too little is.",
    ),
    LazyCommand(
        "load-bearing",
        "trial:load_bearing",
        "Drop each claim in turn: which verdicts change, are lost, or survive by another route.",
    ),
    LazyCommand(
        "diff",
        "trial:diff",
        "What was edited between two knowledge bases, and for which cases it matters.",
    ),
    LazyCommand(
        "prove",
        "prove:prove",
        "Prove for every case what `kb/invariants.yaml` says, and that the rules are sound.",
    ),
    LazyCommand("export", "export:export", "The knowledge base in another form."),
    LazyCommand(
        "review",
        "review:review",
        "What waits for review: each rule beside the claims that it cites; exits with 1 if anything does.",
    ),
    LazyCommand(
        "approve",
        "review:approve",
        "Record that rules say what the claims they cite say; what has changed since has to be seen again.",
    ),
)

AUDIT = (
    LazyCommand("list", "listing:list_records", "The records, oldest first; every filter narrows them."),
    LazyCommand(
        "stats",
        "listing:stats",
        "What the records amount to over time: verdicts, rules, versions of knowledge, erasures.",
    ),
    LazyCommand(
        "show",
        "record:show",
        "A record as it was made: answers, result and trace, with what was noted on it since; or a note.",
    ),
    LazyCommand(
        "note", "entries:note", "Append what a second person says of a record, which stays as it is."
    ),
    LazyCommand(
        "verify",
        "verify:verify",
        "Compute the whole chain again; exits with 1 and names the first record at fault.",
    ),
    LazyCommand(
        "head",
        "verify:show_head",
        "The head hash, to be kept elsewhere: with a witness, it is appended to that.",
    ),
    LazyCommand(
        "sign",
        "sign:sign",
        "Sign the head of the ledger, append that to it, and print it: a checkpoint, to be kept elsewhere.",
    ),
    LazyCommand(
        "cosign",
        "sign:cosign",
        "What a witness is sent to cosign the newest signed head; or, with its answer, append that.",
    ),
    LazyCommand(
        "keygen",
        "sign:keygen",
        "Make a key that signs a ledger: the private one into a file, the public one is printed.",
    ),
    LazyCommand(
        "replay",
        "replay:replay",
        "Run recorded answers again: the same must follow; exits with 1 if it does not.",
    ),
    LazyCommand(
        "forget",
        "entries:forget",
        "Erase a record's answers and all that followed from them; the chain keeps that it was erased.",
    ),
    LazyCommand(
        "drafts",
        "entries:drafts",
        "The interrupted dialogues that `consult --resume` can take up, the newest first.",
    ),
    LazyCommand(
        "export",
        "carry:export",
        "The whole ledger as a bundle of JSON Lines; or one record, as evidence for others or as PROV-JSON.",
    ),
    LazyCommand(
        "import",
        "carry:import_bundle",
        "Make a ledger of a bundle, after verifying it, to read it with every audit command.",
    ),
    LazyCommand("report", "record:report", "One self-contained, printable page about a record."),
)

POPULATION = (
    LazyCommand(
        "run",
        "population:run",
        "Run the rules on every row of some files, one row a case, columns by attribute.",
    ),
    LazyCommand(
        "explain",
        "population:explain",
        "Explain one row of results as `consult` explains a case, with the knowledge that made it.",
    ),
    LazyCommand(
        "summary",
        "population:summary",
        "Verdicts, rules, costs, and the questions that would settle most cases.",
    ),
    LazyCommand("diff", "population:diff", "Whom an edit of the knowledge touches; exits with 1 if anybody."),
)

COMMANDS = (
    LazyCommand(
        "consult",
        "consult:consult",
        "Run a consultation: in questions, or on the answers given.",
        "Example: cicatrix consult scar_depth=deep active_acne=no scar_count=12",
    ),
    LazyCommand(
        "what-if",
        "explain:what_if",
        "What would be different if some answers were.",
        "Examples: cicatrix what-if active_acne=no --given 'scar_depth=deep active_acne=yes'\n"
        "          cicatrix what-if last active_acne=no",
    ),
    group("explain", "How a conclusion was reached, and why another was not.", *EXPLAIN),
    group("kb", "Look into a knowledge base, and check it.", *KB),
    group("audit", "Read, check and carry the record of past consultations.", *AUDIT),
    group("population", "The same knowledge over a whole table of cases.", *POPULATION),
)

HELP = f"""An expert system that can account for every word it says.

Examples: {NAME} consult
          {NAME} consult scar_depth=deep active_acne=no
          {NAME} explain how punch last
          {NAME} help consult
"""


class CommandLine(LazyGroup):
    """The whole command line."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**{**attributes, "commands": COMMANDS, "help": with_examples(HELP)})


app = typer.Typer(cls=CommandLine, **settings)


def print_version(wanted: bool) -> None:
    """What this is, and with which knowledge."""
    if wanted:
        from expert.commands.shared import open_knowledge  # which help needs nothing of

        with problems_shown():
            k = open_knowledge(None).knowledge
        typer.echo(f"cicatrix {__version__} ({k.title} {k.version}, {k.hash[:12]})")
        raise typer.Exit


@app.callback()
def look(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=print_version, help="Print the version.")
    ] = False,
    width: Annotated[
        int | None,
        typer.Option(
            min=LEAST_WIDTH,
            metavar="COLUMNS",
            envvar="CICATRIX_WIDTH",
            is_eager=True,
            callback=asked_of,
            help="Lines at most this wide. [default: 80]",
        ),
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", envvar="CICATRIX_PLAIN", help="Sentences instead of tables.")
    ] = False,
    no_cache: Annotated[
        bool,
        typer.Option("--no-cache", help="Read the knowledge anew, and keep nothing (CICATRIX_CACHE=no)."),
    ] = False,
) -> None:
    """The whole program. What is asked for here is read where it is needed."""


def main() -> None:
    """The entry point of the `cicatrix` command."""
    if STARTING:
        signal(SIGINT, default_int_handler)
    open_streams()
    # a shell completes a command by its name alone
    completing = {"--install-completion", "--show-completion"} & {*sys.argv}
    with all_written():
        app(prog_name=NAME if completing else program_name(), complete_var=f"_{NAME.upper()}_COMPLETE")


if __name__ == "__main__":
    main()
