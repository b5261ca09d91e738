"""Records as W3C PROV."""

from __future__ import annotations

import json
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
from support.records import ANSWERS, made, run, shown


def test_prov(path: Path, tmp_path: Path) -> None:
    """W3C PROV-JSON with every firing, what each used and gave."""
    model = pytest.importorskip("prov.model", reason="the extra `prov` is not installed")
    id = made(path, *ANSWERS)
    target = tmp_path / "record.json"
    assert run(path, "audit", "export", "--format", "prov", "--id", id, "-o", str(target)).code == 0
    data = json.loads(target.read_text())
    trace = shown(path, id)["content"]["consultation"]
    for firing in trace["firings"]:
        assert data["activity"][f"firing-{firing['n']}"]["prov:label"] == firing["rule"]
    used = {(u["prov:activity"], u["prov:entity"]) for u in data["used"].values()}
    given = {(g["prov:entity"], g["prov:activity"]) for g in data["wasGeneratedBy"].values()}
    informed = {(i["prov:informed"], i["prov:informant"]) for i in data["wasInformedBy"].values()}
    for firing in trace["firings"]:
        here = f"firing-{firing['n']}"
        assert {(here, f"claim-{claim}") for claim in firing["claims"]} <= used
        for match in firing["matched"]:
            assert {(here, f"claim-{claim}") for claim in match["claims"]} <= used
            assert match["kind"] != "answer" or (here, f"answer-{match['name']}") in used
            assert {(here, f"firing-{n}") for n in match["firings"]} <= informed
        for n in range(1, len(firing["concluded"]) + 1):
            assert (f"conclusion-{firing['n']}-{n}", here) in given
    entities, activities = set(data["entity"]), set(data["activity"])
    assert {entity for _, entity in used} <= entities and {activity for activity, _ in used} <= activities
    document = model.ProvDocument.deserialize(content=target.read_text(), format="json")
    assert len(list(document.get_records(model.ProvActivity))) == len(trace["firings"]) + 1


def exported(path: Path, target: Path, id: str = "last") -> dict[str, Any]:
    pytest.importorskip("prov.model", reason="the extra `prov` is not installed")
    assert run(path, "audit", "export", "--format", "prov", "--id", id, "-o", str(target)).code == 0
    data: dict[str, Any] = json.loads(target.read_text())
    return data


def test_what_it_names(path: Path, tmp_path: Path) -> None:
    """Verdicts, plan and advice with what they were derived from; document, knowledge, claims, questions."""
    asked = ("consult", "scar_depth=deep", "--ask", "--brief", "--by", "Ada", "--label", "first")
    assert run(path, *asked, stdin="unknown\n" * 20).code == 0
    record = shown(path)
    held = record["content"]["consultation"]
    data = exported(path, tmp_path / "record.json")
    entities = data["entity"]
    assert entities["knowledge"]["sha256"] == held["knowledge"]["hash"]
    assert "an article on" in entities["document"]["prov:label"]
    assert entities["record"]["sha256"] == record["hash"] and entities["record"]["prov:label"] == "first"
    assert "scars" in entities["claim-p9s1"]["says"] and entities["claim-p9s1"]["hedge"]
    answers = {answer["attribute"]: answer for answer in record["content"]["answers"]}
    for name, answer in answers.items():
        assert entities[f"answer-{name}"]["prov:value"] == answer["value"]
        if answer["asked"]:
            assert entities[f"question-{name}"]["prov:label"] == answer["asked"]
    assert any(answer["asked"] for answer in answers.values())
    assert entities["answer-scar_depth"]["given"] == "command-line"
    derived = {(d["prov:generatedEntity"], d["prov:usedEntity"]) for d in data["wasDerivedFrom"].values()}
    for r in held["recommendations"]:
        assert entities[f"verdict-{r['option']}"]["verdict"] == r["verdict"]
        for argument in r["arguments"]:
            conclusions = [e for e in entities if e.startswith(f"conclusion-{argument['firing']}-")]
            assert {(f"verdict-{r['option']}", conclusion) for conclusion in conclusions} <= derived
    assert {f"step-{step['step']}" for step in held["plan"]} <= entities.keys()
    assert {f"rule-{firing['rule']}" for firing in held["firings"]} <= entities.keys()


@pytest.mark.parametrize(
    "words",
    [
        ANSWERS,
        ("scar_depth=unknown",),
        *(pytest.param(w, marks=pytest.mark.long) for w in (("scar_depth=shallow",), ("budget=100",))),
    ],
)
def test_it_keeps_the_constraints_of_prov(path: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    """W3C PROV-CONSTRAINTS, as far as they bear on what is there: nothing in it is impossible."""
    made(path, *words)
    target = tmp_path / "record.json"
    data = exported(path, target)
    from prov.model import ProvDocument

    document = ProvDocument.deserialize(content=target.read_text(), format="json")
    assert document == document.unified()  # of what has one name nothing had to be merged, nor could not be
    assert ProvDocument.deserialize(content=document.serialize(format="json"), format="json") == document
    entities, activities, agents = (set(data[kind]) for kind in ("entity", "activity", "agent"))
    assert not entities & activities and not agents & activities  # 55: disjoint
    kinds = dict.fromkeys(("prov:entity", "prov:usedEntity", "prov:generatedEntity"), entities)
    kinds |= dict.fromkeys(("prov:activity", "prov:informed", "prov:informant"), activities)
    kinds |= {"prov:agent": agents, "prov:influencee": entities, "prov:influencer": entities | activities}
    before: dict[str, set[str]] = {}  # 30 and following: what comes before what
    for relation in ("used", "wasGeneratedBy", "wasDerivedFrom", "wasInformedBy", "wasAssociatedWith"):
        for told in data[relation].values():
            for role, names in kinds.items():
                assert told.get(role) is None or told[role] in names, (relation, told)  # 50: typed
    generations = [told["prov:entity"] for told in data["wasGeneratedBy"].values()]
    assert len(generations) == len(set(generations))  # 24: generated once
    for told in data["wasDerivedFrom"].values():
        before.setdefault(told["prov:generatedEntity"], set()).add(told["prov:usedEntity"])
    for told in data["wasGeneratedBy"].values():
        before.setdefault(told["prov:entity"], set()).add(f"start of {told['prov:activity']}")
    for told in data["wasInformedBy"].values():
        later = f"end of {told['prov:informed']}"
        before.setdefault(later, set()).add(f"start of {told['prov:informant']}")
    TopologicalSorter(before).prepare()  # raises CycleError


def test_without_prov(path: Path, tmp_path: Path) -> None:
    made(path, "scar_depth=deep")
    fake = tmp_path / "fake" / "prov"
    fake.mkdir(parents=True)
    (fake / "__init__.py").write_text("raise ImportError('none')\n")
    target = tmp_path / "record.json"
    result = run(path, "audit", "export", "--format", "prov", "-o", str(target), PYTHONPATH=str(fake.parent))
    assert result.code == 5 and "needs the library `prov`" in result.stderr
    assert "pip install" in result.stderr and not target.exists() and not result.stdout
