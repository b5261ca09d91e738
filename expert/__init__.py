"""A rule-based expert system shell whose every conclusion can be traced to its document.

For Python programs: `from expert import load, consult, how`, and what else `expert.library` has. It is
imported when the first such name is asked for, so that the command starts no slower.
"""

from typing import TYPE_CHECKING

__all__ = [
    "Advice",
    "Answers",
    "Approval",
    "Argument",
    "Case",
    "CaseError",
    "CicatrixError",
    "Concluded",
    "Consultation",
    "Cost",
    "Decision",
    "Difference",
    "Entry",
    "Failed",
    "Finding",
    "Firing",
    "Flip",
    "Given",
    "KnowledgeError",
    "KnowledgeId",
    "LedgerError",
    "Match",
    "MissingLibrary",
    "NotFired",
    "PlanStep",
    "Problem",
    "Recommendation",
    "Records",
    "Replayed",
    "Reviews",
    "RuleBase",
    "Span",
    "Summary",
    "Tree",
    "Verified",
    "WhyNot",
    "__version__",
    "consult",
    "decider",
    "from_json",
    "how",
    "load",
    "load_reviews",
    "make_case",
    "open_ledger",
    "prepare",
    "to_json",
    "unreviewed",
    "what_if",
    "why_not",
]

if TYPE_CHECKING:
    from expert.io.version import __version__
    from expert.library import (
        Advice,
        Answers,
        Approval,
        Argument,
        Case,
        CaseError,
        CicatrixError,
        Concluded,
        Consultation,
        Cost,
        Decision,
        Difference,
        Entry,
        Failed,
        Finding,
        Firing,
        Flip,
        Given,
        KnowledgeError,
        KnowledgeId,
        LedgerError,
        Match,
        MissingLibrary,
        NotFired,
        PlanStep,
        Problem,
        Recommendation,
        Records,
        Replayed,
        Reviews,
        RuleBase,
        Span,
        Summary,
        Tree,
        Verified,
        WhyNot,
        consult,
        decider,
        from_json,
        how,
        load,
        load_reviews,
        make_case,
        open_ledger,
        prepare,
        to_json,
        unreviewed,
        what_if,
        why_not,
    )
else:

    def __getattr__(name):
        """The version, or a name of the library."""
        if name not in __all__:
            raise AttributeError(f"module `expert` has no `{name}`")
        if name == "__version__":
            from expert.io.version import __version__

            return __version__
        from expert import library

        return getattr(library, name)

    def __dir__():
        return sorted({*globals(), *__all__})
