"""The shape of the house: imports point one way, rooms are small, the shell knows no subject."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHELL = sorted((ROOT / "expert").glob("*.py"))
ORDER = [
    "source",
    "knowledge",
    "declarations",
    "conditions",
    "scope",
    "strata",
    "rules",
    "todo",
    "lint",
    "case",
    "logic",
    "policy",
    "words",
    "trace",
    "json_text",
    "coverage",
    "memory",
    "outcome",
    "inference",
    "reach",
    "explain",
    "dialogue",
    "chain",
    "review",
    "signing",
    "ledger",
    "record",
    "bundle",
    "tables",
    "report",
    "page",
    "completion",
    "terminal",
    "audit",
    "review_command",
    "program",
    "decide",
    "columns",
    "sources",
    "population",
    "spark",
    "results",
    "symbolic",
    "invariants",
    "proof",
    "certificate",
    "structure",
    "cases",
    "exercise",
    "guidance",
    "unchanged",
    "layout",
    "shapes",
    "expectations",
    "schemas",
    "skeleton",
    "author_command",
    "prove_command",
    "mutation",
    "ablation",
    "difference",
    "summary",
    "plot",
    "affected",
    "test_commands",
    "population_command",
    "clips_text",
    "graphs",
    "review_sheet",
    "export_command",
    "library",
]


def imports(path: Path) -> set[str]:
    """The modules of the shell that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("expert."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "expert":
            found |= {alias.name for alias in node.names if alias.name != "__version__"}
    return found


@pytest.mark.parametrize("path", SHELL, ids=lambda path: path.stem)
def test_imports_point_up_the_list(path: Path) -> None:
    if path.stem == "__init__":
        return
    assert path.stem in ORDER
    later = {name for name in imports(path) if ORDER.index(name) >= ORDER.index(path.stem)}
    assert not later


@pytest.mark.parametrize("path", [*SHELL, ROOT / "cli.py"], ids=lambda path: path.stem)
def test_rooms_are_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= (400 if path.stem != "cli" else 700)


def test_only_inference_imports_experta() -> None:
    users = [path.stem for path in SHELL if re.search(r"^\s*(from|import) experta", path.read_text(), re.M)]
    assert users == ["inference"]


def test_no_code_beside_the_knowledge() -> None:
    for folder in ("kb", "rules"):
        assert {path.suffix for path in (ROOT / folder).rglob("*") if path.is_file()} == {".yaml"}


def test_no_word_of_the_subject_in_the_shell() -> None:
    generic = set(
        re.findall(r"[a-z]+", " ".join(ast.unparse(ast.parse(p.read_text())) for p in SHELL).lower())
    )
    clinical = {
        "acne", "scar", "scars", "skin", "dermatologist", "doctor", "patient", "patients", "medical", "laser",
        "punch", "peel", "dermabrasion", "filler", "fillers", "collagen", "pimples", "treatment", "clinical",
        "prescription", "bacteria", "wound", "graft", "sutures", "scarring", "injectable",
    }  # fmt: skip
    knowledge = (ROOT / "kb/options.yaml").read_text() + (ROOT / "kb/vocabulary.yaml").read_text()
    assert len(clinical & set(re.findall(r"[a-z]+", knowledge.lower()))) > 15
    assert clinical & generic == set()
