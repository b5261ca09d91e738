"""Knowledge bases that commands are given by a word, recorded ones among them."""

from __future__ import annotations

from pathlib import Path

from expert.commands.ledgers import open_ledger
from expert.commands.shared import open_knowledge
from expert.io.problems import CaseError, KnowledgeError, LedgerError, shorten
from expert.knowledge.load import load, open_files
from expert.language.rules import RuleBase


def find_base(name: str, ledger: Path | None, kb: Path | None) -> RuleBase:
    """The knowledge base that a word means: `now`, a directory, or the beginning of a recorded hash."""
    if name == "now":
        return open_knowledge(kb)
    if Path(name).is_dir():
        return load(Path(name))
    if len(name) < 4 or set(name.lower()) - set("0123456789abcdef"):
        help = "a directory, `now`, or four or more digits of a hash that `audit list` shows"
        raise CaseError(f"`{shorten(name)}` is no knowledge base", help)
    with open_ledger(ledger) as store:
        hashes = [hash for hash, _ in store.knowledge_rows() if hash.startswith(name.lower())]
        if len(hashes) != 1:
            how = "several recorded knowledge bases begin" if hashes else "no recorded knowledge base begins"
            raise LedgerError(f"{how} with `{shorten(name)}`", ", ".join(hash[:16] for hash in hashes))
        base, problems = open_files(store.files(hashes[0]), f"{hashes[0][:12]}:")
    if problems:
        raise KnowledgeError(problems)
    return base
