"""Drafts: interrupted dialogues, which wait in the ledger, outside its chain, until they are taken up.

A draft belongs to the knowledge base whose questions it answers, and keeps how they were asked. After
some weeks it is dropped. Those of earlier versions name no knowledge base, and wait for ever.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from expert.io.problems import LedgerError
from expert.language.model import Knowledge
from expert.ledger.store import Ledger, utc_time

DAYS = 30
TEXTS = ("label", "by", "knowledge", "version", "hash", "expires")


class Draft(NamedTuple):
    """What an interrupted dialogue leaves. Answers are `attribute=value` words.

    `asked` are the attributes that were asked for, in order, with the questions as they were put;
    `later` are answers to which the person had not come again after going back.
    """

    answers: Sequence[str]
    given: Sequence[str]
    asked: Mapping[str, str]
    later: Sequence[str] = ()
    label: str = ""
    by: str = ""
    knowledge: str = ""  # the id of the knowledge base
    version: str = ""
    hash: str = ""
    expires: str = ""
    id: str = ""
    time: str = ""

    def belongs_to(self, knowledge: Knowledge) -> bool:
        """Whether it answers questions of this knowledge base, in this version or another."""
        if self.knowledge:
            return self.knowledge == knowledge.id
        return all(word.partition("=")[0] in knowledge.answerable for word in self.answers)


class Waiting(NamedTuple):
    """A draft in the ledger; `damaged` says why it cannot be read, if it cannot."""

    id: str
    time: str
    draft: Draft | None
    damaged: str = ""

    def read(self) -> Draft:
        """The draft. Raises LedgerError if it is damaged."""
        if self.draft is None:
            message = f"the interrupted consultation `{self.id}` cannot be read: {self.damaged}"
            raise LedgerError(message, f"`audit drafts --delete {self.id}` drops it")
        return self.draft


def keep(store: Ledger, knowledge: Knowledge, draft: Draft, instead_of: str = "") -> str:
    """Keep a draft of this knowledge base, in the place of another one if named; its id."""
    body = draft._replace(
        knowledge=knowledge.id,
        version=knowledge.version,
        hash=knowledge.hash,
        expires=utc_time(time.time() + DAYS * 86_400),
    )._asdict()
    del body["id"], body["time"]
    asked = body.pop("asked")
    # two keys, as an earlier program wrote and reads the first
    id = store.save_draft({**body, "asked": [*asked], "questions": [*asked.values()]})
    if instead_of:
        store.drop_draft(instead_of)
    return id


def waiting(store: Ledger) -> list[Waiting]:
    """Every draft that has not expired, the newest first."""
    now, drafts = utc_time(time.time()), []
    for id, when, body in store.draft_rows():
        try:
            draft = _read(id, when, body)
        except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
            drafts.append(Waiting(str(id), str(when), None, str(error)))
            continue
        if not draft.expires or draft.expires > now:
            drafts.append(Waiting(id, when, draft))
    return drafts


def find(store: Ledger, knowledge: Knowledge, id: str = "") -> Draft:
    """The draft with an id, or the newest of this knowledge base. Raises LedgerError."""
    known = waiting(store)
    if id:
        return _named(known, knowledge, id)
    for one in known:
        draft = one.read()
        if draft.belongs_to(knowledge):
            return draft
    help = "`audit drafts` lists those of other knowledge bases" if known else ""
    raise LedgerError("there is no interrupted consultation to resume", help)


def _named(known: Sequence[Waiting], knowledge: Knowledge, id: str) -> Draft:
    """The draft with an id. Raises LedgerError."""
    one = next((one for one in known if one.id == id.lower()), None)
    if one is None:
        help = "`audit drafts` lists those there are"
        raise LedgerError(f"there is no interrupted consultation `{id}`", help)
    draft = one.read()
    if not draft.belongs_to(knowledge):
        owner = f" `{draft.knowledge}`" if draft.knowledge else ""
        message = f"the interrupted consultation `{id}` is of another knowledge base{owner}"
        raise LedgerError(message, "name its folder with --kb")
    return draft


def _read(id: str, when: str, text: str) -> Draft:
    body: dict[str, Any] = json.loads(text)
    asked, questions = _words(body, "asked"), _words(body, "questions")
    if questions and len(questions) != len(asked):
        raise ValueError("its questions are not those that it says were asked")
    answers = _words(body, "answers")
    if not all("=" in word for word in answers):
        raise ValueError("its answers are none")
    texts = {name: str(body.get(name, "")) for name in TEXTS}
    return Draft(
        answers,
        _words(body, "given"),
        dict(zip(asked, questions or [""] * len(asked), strict=True)),
        _words(body, "later"),
        **texts,
        id=str(id),
        time=str(when),
    )


def _words(body: dict[str, Any], name: str) -> list[str]:
    words = body.get(name, [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError(f"its `{name}` is no list of words")
    return list(dict.fromkeys(words)) if name != "questions" else words
