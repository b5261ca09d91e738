"""`name@option`: how a finding, a rule or advice is named where it is about one option."""

from __future__ import annotations

DENIAL = "/no"  # ends the name of the second half of a rule that settles a finding


def with_option(name: str, option: str | None) -> str:
    """The name, and after an `@` the option that it is about, if there is one.

    >>> with_option("fee", "fern"), with_option("dark", "")
    ('fee@fern', 'dark')
    """
    return f"{name}@{option}" if option else name


def name_and_option(key: str) -> tuple[str, str]:
    """The name and the option of what `with_option` makes; the option is empty if there is none."""
    name, _, option = key.partition("@")
    return name, option


APPLIES = "!"  # begins the name under which it is read that an exception applies: that its rule fires


def exception_of(name: str) -> str:
    """The rule whose firing is read under a name; empty if it is an ordinary name.

    >>> exception_of("!when-it-rests"), exception_of("thirsty")
    ('when-it-rests', '')
    """
    return name.removeprefix(APPLIES) if name.startswith(APPLIES) else ""


def written_rule(id: str) -> str:
    """The rule as its author named it: of what settles a finding with `no`, the rule that settles it.

    >>> written_rule("frost-harms/no"), written_rule("frost-harms")
    ('frost-harms', 'frost-harms')
    """
    return id.removesuffix(DENIAL)
