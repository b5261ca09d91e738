"""Steps as Python: a straight line as the assignments of a function."""

from __future__ import annotations

from expert.language.steps import Step

DEEPEST = 20  # brackets inside one another: Python's own parser takes no more than some hundred


class Assignments:
    """Steps as assignments; a step that is used once stands where it is used, if that is not too deep."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[int, str] = {}
        self.depth: dict[int, int] = {}
        self.answers: dict[str, str] = {}

    def name(self, step: Step) -> str:
        """The expression of a step that was taken."""
        return self.names[step.n]

    def take(self, step: Step, uses: int) -> None:
        """Write a step down, those that it follows from being written."""
        written = self._written(step)
        depth = 1 + max((self.depth[part.n] for part in step.inputs), default=0)
        if step.inputs and (uses > 1 or depth > DEEPEST):
            self.lines.append(f"s{step.n} = {written}")
            self.names[step.n] = f"s{step.n}"
            self.depth[step.n] = 0
        else:
            self.depth[step.n] = depth
            self.names[step.n] = f"({written})" if step.inputs else written

    def _written(self, step: Step) -> str:
        inside = [self.names[part.n] for part in step.inputs]
        if step.op in ("true", "false"):
            return step.op.capitalize()
        if step.op == "constant":
            return repr(step.args[0])
        if step.op == "~":
            return f"not {inside[0]}"
        if step.op == "choose":
            return f"{inside[1]} if {inside[0]} else {inside[2]}"
        if step.inputs:
            return f" {PYTHON.get(step.op, step.op)} ".join(inside)
        answer = self._answer(str(step.args[0]))
        if step.op == "number":
            return f"({answer} or 0)"
        return f"({answer} is not None)" if step.op == "known" else f"({answer} == {step.args[1]!r})"

    def _answer(self, attribute: str) -> str:
        if attribute not in self.answers:
            self.answers[attribute] = f"a{len(self.answers)}"
            self.lines.append(f"{self.answers[attribute]} = get({attribute!r})")
        return self.answers[attribute]


PYTHON = {"&": "and", "|": "or", "union": "|"}
