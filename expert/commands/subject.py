"""What is asked about, as a command line names it."""

from expert.commands.saying import say
from expert.consultation.subjects import Subject, also_meant, find_subject, spelled
from expert.language.english import listed
from expert.language.rules import RuleBase

MOST_NAMED = 3  # of what a name could mean besides


def subject_named(base: RuleBase, name: str) -> Subject:
    """What a name means; says what else it could. Raises CaseError if it is nothing, or several things."""
    subject = find_subject(base, name)
    others = also_meant(base, name, subject) if subject.kind != "option" else []
    if others:
        named = [f"`{spelled(other)}`" for other in others[:MOST_NAMED]]
        named += [f"{len(others) - MOST_NAMED} more"] if len(others) > MOST_NAMED else []
        say(f"`{name}` is taken for `{spelled(subject)}`; it could also be {listed(named, 'or')}.")
    return subject
