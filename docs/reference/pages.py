"""The reference of the files of a knowledge base, a page for each, and of the commands, made from the code.

What the pages say comes from `expert/knowledge/files.py`, and the examples are the files of
`docs/reference/plants`. A test holds the pages to both; `make reset-transcripts` writes them anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

import cli
from expert.commands.lazy import LazyCommand
from expert.knowledge.files import FILES
from expert.knowledge.shapes import (
    ByName,
    ByTerm,
    Either,
    Entries,
    File,
    Key,
    Kind,
    Listing,
    Name,
    RulePart,
    Shape,
    Text,
    Word,
    keys_of,
)

EXAMPLE = Path(__file__).parent / "plants"


LANGUAGE = "../language.md"


CONTEXT = click.Context(click.Command("cicatrix"))
EVERY = ("--width COLUMNS", "--plain")  # the options of every command


LINKS = {  # what a page leads on to
    "claims": "The sentences themselves are never kept ([authoring](../authoring.md)).",
    "rules": f"[The rule language]({LANGUAGE}) has conditions, quantities and the deciding policy.",
    "cases": "[Trying a knowledge base out](../testing.md) has the commands that run them.",
    "invariants": "[Proof](../proof.md) has the terms of the outcome, and what each check finds.",
    "reviews": "[Review](../review.md) has the commands that write and read it.",
}


def pages() -> dict[str, str]:
    """The pages by the names of their files."""
    found = {f"{file.kind}.md": page(file) for file in FILES}
    found["index.md"] = index()
    found["commands.md"] = commands()
    return found


def commands() -> str:
    """The page of the commands: what each is for, its arguments and its options, with their help."""
    lines = ["# Commands", ""]
    lines += [
        "Made from the program. Every command also takes `--width COLUMNS` and `--plain`, which say how its"
    ]
    lines += ["results look, and `-h`; [exit codes](../exit-codes.md) has how each can end.", ""]
    for path, command in all_commands(cli.COMMANDS):
        lines += [f"## {path}", "", command.help or "", ""]
        parameters = [parameter for parameter in full(command).params if spelled(parameter) not in EVERY]
        if parameters:
            lines += ["| | |", "|---|---|"]
            lines += [
                f"| `{spelled(parameter)}` | {in_a_cell(help_of(parameter))} |" for parameter in parameters
            ]
            lines.append("")
    return "\n".join(lines)


def all_commands(commands: Sequence[click.Command], before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command with all of its name, groups left out."""
    for command in commands:
        path = f"{before}{command.name}"
        if isinstance(command, click.Group):
            yield from all_commands([*command.commands.values()], f"{path} ")
        else:
            yield path, command


def full(command: click.Command) -> click.Command:
    """The command itself, with its parameters."""
    return command.imported() if isinstance(command, LazyCommand) else command


def spelled(parameter: click.Parameter) -> str:
    """An argument, or an option with what it takes, as its help has them."""
    if isinstance(parameter, click.Argument):
        return parameter.make_metavar(CONTEXT)
    assert isinstance(parameter, click.Option)
    names = " / ".join([*parameter.opts, *parameter.secondary_opts])
    takes = "" if parameter.is_flag else f" {parameter.make_metavar(CONTEXT)}"
    return f"{names}{takes}"


def help_of(parameter: click.Parameter) -> str:
    said: str = getattr(parameter, "help", None) or ""
    return said


def in_a_cell(text: str) -> str:
    return text.replace("|", "\\|")


def index() -> str:
    """The page that lists the others."""
    lines = ["# The files of a knowledge base", ""]
    lines += ["A page for each file, with all of its keys, made from what the program reads.", ""]
    lines += ["| file | holds |", "|---|---|"]
    lines += [f"| [`{file.path}`]({file.kind}.md) | {file.says} |" for file in FILES]
    lines += ["", "```{toctree}", ":hidden:", "", *(file.kind for file in FILES), "```"]
    return "\n".join(lines) + "\n"


def page(file: File) -> str:
    """The page of a file: what it is for, its mappings with their keys, an example."""
    several = " It is a list." if isinstance(file.holds, Listing) else ""
    parts = [f"# `{file.path}`", file.says + several]
    if file.kind in LINKS:
        parts.append(LINKS[file.kind])
    shapes = list(dict.fromkeys(shape.name for shape, _ in keys_of(file.holds)))
    by_name = {shape.name: shape for shape, _ in keys_of(file.holds)}
    for name in shapes:
        parts.append(section(by_name[name], alone=by_name[name] is file.holds))
    parts.append("## Example")
    parts += [f"```yaml\n{path.read_text('utf-8')}```" for path in sorted(EXAMPLE.glob(file.path))]
    return "\n\n".join(parts) + "\n"


def section(shape: Shape, alone: bool) -> str:
    """A mapping with all of its keys, in the order in which `kb fmt` puts them."""
    lines = [] if alone else [f"## {title(shape)}", ""]
    lines += ["| key | needed | holds | meaning |", "|---|---|---|---|"]
    for key in shape.usable:
        only = f" Only for {key.whose}." if set(key.only) != {shape.name} and key.only else ""
        lines.append(f"| `{key.name}` | {needed(key)} | {words(key.holds)} | {key.says}{only} |")
    if shape.one_of:
        lines += ["", f"Exactly one of {quoted(shape.one_of)} is there."]
    if shape.some_of:
        lines += ["", f"At least one of {quoted(shape.some_of)} is there."]
    return "\n".join(lines)


def title(shape: Shape) -> str:
    """The heading of a mapping."""
    return shape.what[0].upper() + shape.what[1:]


def needed(key: Key) -> str:
    """Whether a key has to be there."""
    return "yes" if key.required else f"for {' and '.join(key.needed_for)}" if key.needed_for else ""


def quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def words(value: Kind) -> str:
    """A kind of value, in words."""
    match value:
        case Text() | RulePart():
            return value.words
        case Word():
            meanings = value.allowed if isinstance(value.allowed, dict) else {}
            return ", ".join(
                f"`{word}`" + (f" ({meanings[word]})" if meanings else "") for word in value.allowed
            )
        case Name():
            return f"the name of {article(value.what)}"
        case Listing():
            return listing(value)
        case Entries():
            return f"a mapping from {'places' if value.by_place else 'names'} to: {words(value.item)}"
        case ByName():
            return f"a mapping from {value.name.what}s to: {words(value.item)}"
        case ByTerm():
            return f"a mapping from {value.what} names to: {words(value.item)}"
        case Either():
            return f"{words(value.text)}, or {words(value.shape)}"
        case Shape():
            return f"[a mapping](#{anchor(title(value))})"


def listing(value: Listing) -> str:
    """A list, in words."""
    if value.alone:
        return f"{words(value.item)}; or a list of such"
    many = f" of {value.least}" if value.least == value.most else ""
    return f"a list{many} of: {words(value.item)}"


def article(what: str) -> str:
    return f"an {what}" if what[0] in "aeio" else f"a {what}"


def anchor(heading: str) -> str:
    """Where the site puts a heading."""
    return re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")
