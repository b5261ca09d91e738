"""Names in filters over records: what they mean in the knowledge that was recorded, if anything."""

from __future__ import annotations

from collections.abc import Sequence

from expert.consultation.case import parse_pairs, plain_answers
from expert.consultation.result import Plain
from expert.consultation.subjects import SubjectKind, find_subject
from expert.io.problems import CaseError, LedgerError
from expert.knowledge.load import open_files
from expert.language.rules import RuleBase
from expert.ledger.store import Ledger


class Recorded:
    """The knowledge bases of ledgers, each opened once; `whole` is whether all of them could be."""

    def __init__(self, *stores: Ledger) -> None:
        self.bases: list[RuleBase] = []
        self.whole = True
        kept = {hash: store for store in stores for hash, _ in store.knowledge_rows()}
        for hash, store in kept.items():
            try:
                base, problems = open_files(store.files(hash))
            except LedgerError:  # damaged, of which `list` and `verify` say more
                self.whole = False
                continue
            if problems:
                self.whole = False
            else:
                self.bases.append(base)

    def resolved(self, name: str, kind: SubjectKind) -> str:
        """The id that a name, a label or its beginning has in the recorded knowledge, as for `explain`.

        A name that none of it knows is refused, unless some of it cannot be opened. Raises CaseError.
        """
        ids: dict[str, None] = {}
        error: CaseError | None = None
        for base in self.bases:
            try:
                ids[find_subject(base, name, (kind,)).id] = None
            except CaseError as unknown:
                error = unknown
        if len(ids) == 1:
            return next(iter(ids))
        if ids:
            message = f"`{name}` means one thing in one knowledge base, and another in another"
            raise CaseError(message, f"one of: {', '.join(ids)}")
        if error and self.whole:
            raise error
        return name

    def answers(self, pairs: Sequence[str]) -> tuple[tuple[str, Plain], ...]:
        """Answers as they stand in records. Raises CaseError for what answers no recorded question."""
        error: CaseError | None = None
        for base in reversed(self.bases):
            try:
                return tuple(plain_answers(parse_pairs([*pairs], base.knowledge), base.knowledge).items())
            except CaseError as unknown:
                error = unknown
        if error:
            raise error
        return tuple((name, value) for name, _, value in (pair.partition("=") for pair in pairs))
