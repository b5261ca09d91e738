"""Commands that are imported when they are called: help and completion list them from a table."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import click
import typer
from typer.core import TyperCommand, TyperGroup

from expert.commands.saying import LEAST_WIDTH, asked_of, problems_shown, said_width, settings
from expert.io.cells import continued
from expert.io.problems import CaseError
from expert.io.program import NAME, program_name


class LazyCommand(click.Command):
    """A command: its name, where its function is in this package (`module:function`), a line of help.

    `example` is shown below the help of the function, where it is about the knowledge that is built in.
    """

    def __init__(self, name: str, place: str, help: str, example: str = "") -> None:
        super().__init__(name, help=help)
        self.place, self.example = place, example

    def imported(self) -> click.Command:
        """The command itself."""
        module, function = self.place.split(":")
        alone = typer.Typer(add_completion=False, **settings)
        alone.command(self.name, cls=OnceCommand)(getattr(import_module(f"{__package__}.{module}"), function))
        command = typer.main.get_command(alone)
        command.params += look_options()
        command.help = with_examples(f"{command.help}\n\n{self.example}".rstrip())
        return command


FOLLOWED = ("--resume",)  # options that a word may follow, or not: it may be joined to them, too


def _apart(arg: str) -> list[str]:
    """A word of a command line; of one that is joined to an option, both."""
    option, equals, word = arg.partition("=")
    return [option, *([word] if word else [])] if equals and option in FOLLOWED else [arg]


class OnceCommand(TyperCommand):
    """A command that refuses two files where it takes one: which is meant, nobody can tell."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments that are left. Raises CaseError."""
        args = [word for arg in args for word in _apart(arg)]
        _, _, order = self.make_parser(ctx).parse_args(args=[*args])
        for option in order:
            one_file = isinstance(option.type, click.Path) and not option.multiple and option.nargs == 1
            if one_file and isinstance(option, click.Option) and order.count(option) > 1:
                raise CaseError(f"`{option.opts[-1]}` is given twice, and this command takes one")
        return super().parse_args(ctx, args)


EXAMPLE = re.compile(rf"^(Examples?: | +){NAME} (?=[a-z])(.*)$", re.M)


def with_examples(help: str) -> str:
    """A text of help whose examples stand one a line, and can be typed as this one was."""

    def typed(example: re.Match[str]) -> str:
        command = f"{program_name()} {example[2]}"
        first, *others = continued(command, said_width() - len(example[1]), "")
        return "\n".join([example[1] + first, *(" " * len(example[1]) + line for line in others)])

    return re.sub(r"^(?=Examples?:)", "\b\n", EXAMPLE.sub(typed, help), flags=re.M)


def look_options(hidden: bool = False) -> list[click.Parameter]:
    """How results are to look, which can be said after the name of a command as well as before it."""

    def option(name: str, help: str, **how: Any) -> click.Option:
        return click.Option(
            [name], help=help, hidden=hidden, expose_value=False, is_eager=True, callback=asked_of, **how
        )

    return [
        option("--width", "Lines at most this wide.", type=click.IntRange(LEAST_WIDTH), metavar="COLUMNS"),
        option("--plain", "Sentences instead of tables.", is_flag=True),
    ]


class LazyGroup(TyperGroup):
    """A group of such commands. What stops one is said on stderr, and ends the program with its code."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.suggest_commands = False  # click does that: typer would do it again

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments begin with, as it is called. `help X` is `X --help`."""
        if args == ["help"]:
            click.echo(ctx.get_help())
            ctx.exit()
        if args[0] == "help":
            args = [*args[1:], "--help"]
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.imported() if isinstance(command, LazyCommand) else command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, each with its line of help: what is longer is folded, and not cut."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help or "") for name, command in self.commands.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with problems_shown():
            return super().invoke(ctx)


def group(name: str, help: str, *commands: click.Command) -> LazyGroup:
    """A group of commands within another."""
    return LazyGroup(
        name=name,
        help=help,
        commands=commands,
        no_args_is_help=True,
        rich_markup_mode=None,
        params=look_options(hidden=True),
    )
