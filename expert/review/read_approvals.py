"""The file of approvals, read."""

from __future__ import annotations

from expert.io.dates import is_date
from expert.io.problems import KnowledgeError, Span, shorten
from expert.io.yaml import Node, Reader, parse_yaml
from expert.knowledge.files import APPROVAL, HASH
from expert.review.approvals import FILE, KINDS, Approval, Reviews


def read_reviews(text: str, shown: str = FILE) -> Reviews:
    """The approvals that a text holds. Raises KnowledgeError with every problem in it.

    >>> read_reviews("# the only entry was deleted")
    ()
    """
    if all(line.lstrip()[:1] in ("", "#") for line in text.splitlines()):
        return ()
    reader = Reader()
    node, problems = parse_yaml(text, shown)
    reader.add(*problems)
    if node is not None and node.items is None:
        reader.report(node, f"reviews must be a list of approvals, not {node.shape}", "such as `- rule: ...`")
    approvals = tuple(_approval(item, reader) for item in (node.items or () if node else ()))
    if reader.problems:
        raise KnowledgeError(sorted(set(reader.problems), key=lambda p: (p.span or Span(shown), p.message)))
    return approvals


def _approval(node: Node, reader: Reader) -> Approval:
    fields = APPROVAL.read(node, reader)
    kinds = [kind for kind in KINDS if kind in fields or f"{kind}-hash" in fields]
    kind = kinds[0] if kinds else "rule"
    if node.pairs is not None and len(kinds) != 1:
        reader.report(node, "an approval has exactly one of `rule` and `data`", "and the hash of it")
    for name in (kind, f"{kind}-hash") if kinds else ():
        if name not in fields:
            reader.report(node, f"the approval has no `{name}`")
    return Approval(
        kind,
        reader.text(fields.get(kind), f"`{kind}`"),
        reader.text(fields.get("claim"), "`claim`"),
        _hash(fields, f"{kind}-hash", reader),
        _hash(fields, "claim-hash", reader),
        reader.text(fields.get("by"), "`by`"),
        _date(fields.get("on"), reader),
        reader.text(fields.get("note"), "`note`"),
        node.span,
    )


def _hash(fields: dict[str, Node], name: str, reader: Reader) -> str:
    text = reader.text(fields.get(name), f"`{name}`")
    if text and not HASH.fits(text):
        message = f"`{shorten(text)}` is not a hash for `{name}`"
        reader.report(fields[name], message, f"{HASH.words}, as `kb approve` writes them")
    return text


def _date(node: Node | None, reader: Reader) -> str:
    text = reader.text(node, "`on`")
    if node and text and not is_date(text):
        reader.report(node, f"`{shorten(text)}` is not a date for `on`", "such as 2026-01-31")
    return text
