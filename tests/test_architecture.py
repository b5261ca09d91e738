"""The shape of the house: imports go down its floors, and the shell knows no subject."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import grimp
import pytest
from support.program import LISTED
from support.shell import ROOT

EXPERT = ROOT / "expert"
SHELL = sorted(EXPERT.rglob("*.py"))
PACKAGES = sorted(path.parent for path in EXPERT.glob("*/__init__.py"))
ROOMS = sorted(path.parent for path in EXPERT.rglob("*/__init__.py"))  # with those inside of packages


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def parts(path: Path) -> list[ast.AST]:
    """Everything in a module."""
    return list(ast.walk(parsed(path)))


def test_imports_go_down_the_floors() -> None:
    """The contract that `make lint` checks too."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    done = subprocess.run([*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contract_names_every_package() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    contract, _ = settings["contracts"]
    named = {name for floor in contract["layers"] for name in re.findall(r"\w+", floor)}
    assert named == {path.name for path in PACKAGES} | {"library"}
    assert len(PACKAGES) <= 13 and len(contract["layers"]) <= 8


@pytest.mark.parametrize("package", ROOMS, ids=lambda path: path.name)
def test_a_package_says_what_it_is(package: object) -> None:
    """What it is, what it may import, and where a new thing of its kind goes: a line each."""
    text = (EXPERT / str(package) / "__init__.py").read_text(encoding="utf-8")
    first, empty, *more = (ast.get_docstring(ast.parse(text)) or "").splitlines()
    assert first and not empty and len(more) == 2
    assert "may import" in more[0]


def test_the_page_is_drawn_from_the_code_as_it_is() -> None:
    """`make architecture` draws it anew."""
    command = [sys.executable, str(ROOT / "docs" / "draw_architecture.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_arrows_between_rooms_are_few() -> None:
    graph = grimp.build_graph("expert", cache_dir=None)
    ends = {
        (module.split(".")[1], imported.split(".")[1])
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
        if module.count(".") and imported.count(".")
    }
    assert len({(above, below) for above, below in ends if above != below}) <= 90


def test_the_page_names_what_is_there() -> None:
    """Modules by their path in `expert/`, and functions and classes beside them."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("<!-- drawn")[0]
    for path in re.findall(r"`([\w/]+/\w+\.(?:py|md))`", page):
        assert (EXPERT / path).exists() or (ROOT / path).exists(), path
    assert not {*re.findall(r"`(\w+\.py)`", page)} - {"cli.py", "library.py"}  # others are in a room
    named = re.findall(r"`([\w.]+)`\s\(`([\w/]+/\w+\.py)`\)", page)
    for name, path in named + re.findall(r"`([A-Z_]\w*(?:\.\w+)?|\w+_\w+)` in `([\w/]+/\w+\.py)`", page):
        own = name.split(".")[-1]
        assert re.search(rf"(def|class) {own}\b|\n{own}\b", (EXPERT / path).read_text()), (name, path)


def test_what_shows_a_ledger_to_others_knows_none() -> None:
    graph = grimp.build_graph("expert", cache_dir=None)
    inside = {module for module in graph.modules if module.startswith("expert.ledger.transparency.")}
    imported = {name for module in inside for name in graph.find_modules_directly_imported_by(module)}
    assert inside and all(name in inside or name.startswith("expert.io.") for name in imported)


def test_only_the_engine_imports_experta() -> None:
    users = [path for path in SHELL if re.search(r"^\s*(from|import) experta", path.read_text(), re.M)]
    assert [path.relative_to(ROOT).as_posix() for path in users] == ["expert/consultation/engine.py"]


# names of two types, until one has another: the list only gets shorter
OF_TWO_TYPES = {
    "Finding": "in the working memory, and in a result",
    "Given": "a condition, and what a program may give as an answer: its users import the latter",
    "Row": "of numbers, and of the ledger",
    "Said": "in the working memory, and for an outcome",
    "Test": "of an engine, and of a search",
}


def test_no_two_types_have_one_name() -> None:
    """Classes, and at the top of a module other names of types: `Name = ...`."""
    places: dict[str, list[str]] = {}
    for path in [*SHELL, ROOT / "cli.py"]:
        tree = parsed(path)
        names = [node.name for node in parts(path) if isinstance(node, ast.ClassDef)]
        for node in tree.body:
            if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Call):
                names += [target.id for target in node.targets if isinstance(target, ast.Name)]
        for name in names:
            if re.fullmatch("[A-Z].*[a-z].*", name):
                places.setdefault(name, []).append(path.relative_to(ROOT).as_posix())
    assert {name for name, modules in places.items() if len(modules) > 1} <= OF_TWO_TYPES.keys()


def test_nothing_in_the_shell_looks_like_a_test() -> None:
    for path in SHELL:
        assert not path.name.startswith("test_") and not path.name.endswith("_test.py")
        for node in parts(path):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                assert not re.match("test_|Test", node.name), (path, node.name)


def test_no_code_beside_the_knowledge() -> None:
    for folder in ("kb", "rules"):
        assert {path.suffix for path in (ROOT / folder).rglob("*") if path.is_file()} == {".yaml"}


def words_in(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower()))


def test_no_word_of_the_subject_in_the_shell() -> None:
    clinical = {
        "acne", "scar", "scars", "skin", "dermatologist", "doctor", "patient", "patients", "medical", "laser",
        "punch", "peel", "dermabrasion", "filler", "fillers", "collagen", "pimples", "treatment", "clinical",
        "prescription", "bacteria", "wound", "graft", "sutures", "scarring", "injectable",
    }  # fmt: skip
    knowledge = (ROOT / "kb/options.yaml").read_text() + (ROOT / "kb/vocabulary.yaml").read_text()
    assert len(clinical & words_in(knowledge)) > 15
    for path in SHELL:
        if clinical & words_in(path.read_text("utf-8")):  # in comments they may stand
            assert clinical & words_in(ast.unparse(parsed(path))) == set(), path


# what is imported inside functions, by module, apart from optional libraries and what needs them
LATE = {
    # of commands, each: they start without it
    "expert/commands/record.py": {"expert.ledger.history.unanswered"},  # what could have mattered
    "expert/commands/verify.py": {"expert.commands.evidence"},  # which runs a record again: with the engine
    "expert/commands/listing.py": {"expert.commands.filters"},  # which opens knowledge: few filters name any
    "expert/commands/completion.py": {"expert.ledger.drafts", "expert.ledger.store", "expert.views.terminal"},
    "expert/commands/consult.py": {
        "expert.commands.dialogue", "expert.commands.hint", "expert.commands.recording",
        "expert.commands.showing", "expert.views.screen",
    },
    "expert/commands/opening.py": {"expert.consultation.engine"},  # records are explained without it
    "expert/commands/recording.py": {"expert.ledger.trust.witness"},  # few ledgers have one
    "expert/consultation/wording.py": {"expert.consultation.openness"},  # many cases leave nothing open
    "expert/commands/shared.py": {"expert.views.terminal"},  # formats other than the usual one
    "expert/consultation/openness.py": {"expert.consultation.open_cases"},  # most programs ask of one case
    "expert/knowledge/cache.py": {"expert.knowledge.load"},  # what is kept is opened without reading rules
    "expert/review/approvals.py": {"expert.review.read_approvals"},  # nor approvals, where there are none
    "expert/io/yaml.py": {"yaml"},
    "expert/io/program.py": {"importlib.metadata", "tomllib"},  # where a library is missing
    "expert/io/dates.py": {"zoneinfo"},  # few ask for a zone
    "expert/language/outcome.py": {"expert.language.possibility"},  # nor any argument
    "expert/language/model.py": {"decimal"},  # most bases have whole numbers only
    "expert/io/json.py": {"rfc8785"},  # few records hold what Python's own writer writes otherwise
}  # fmt: skip
OPTIONAL = (
    "cryptography", "narwhals", "openpyxl", "polars", "matplotlib", "pyspark", "z3", "ruamel", "watchfiles",
    "prov",
)  # fmt: skip
NEEDING = ("expert.population", "expert.views.plot", "expert.authoring.format")


def test_annotations_of_commands_are_values() -> None:
    """What Typer reads of a function; as texts they would all be evaluated at every start."""
    modules = {f"expert/commands/{place.partition(':')[0]}.py" for place in LISTED}
    for path in ("cli.py", *modules):
        assert "from __future__ import annotations" not in (ROOT / path).read_text(encoding="utf-8"), path


def imports(tree: ast.AST) -> set[str]:
    """The modules that are imported anywhere in a piece of a program."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def test_imports_stand_at_the_top() -> None:
    late = {}
    for path in SHELL:
        functions = [node for node in parts(path) if isinstance(node, (ast.FunctionDef, ast.Lambda))]
        inside = {name for function in functions for name in imports(function)}
        inside = {name for name in inside if not name.startswith((*OPTIONAL, *NEEDING))}
        if inside:
            late[path.relative_to(ROOT).as_posix()] = inside
    assert late == LATE


def test_an_optional_library_is_imported_in_one_place() -> None:
    places: dict[str, set[str]] = {}
    for path in SHELL:
        text = path.read_text(encoding="utf-8")
        named = imports(parsed(path)) | set(re.findall(r'import_module\(f?"([\w.]+)', text))
        for name in {name.split(".")[0] for name in named} & set(OPTIONAL):
            places.setdefault(name, set()).add(path.relative_to(EXPERT).as_posix())
    assert places == {
        "cryptography": {"ledger/transparency/keys.py"},
        "matplotlib": {"views/plot.py"},
        "narwhals": {"backends/frames.py"},
        "openpyxl": {"population/workbooks.py"},
        "polars": {"backends/frames.py"},
        "prov": {"ledger/exchange/prov.py"},
        "pyspark": {"population/spark.py"},
        "ruamel": {"authoring/format.py"},
        "watchfiles": {"commands/author.py"},
        "z3": {"backends/z3.py"},
    }


def test_nothing_is_kept_in_a_module_and_changed() -> None:
    """No `global`, and no list or the like at the top of a module that a function changes."""
    for path in SHELL:
        tree = parsed(path)
        assert not [node for node in parts(path) if isinstance(node, ast.Global)], path
        assert changed_in(tree) & names_at_the_top(tree) == set(), path


CHANGING = {
    "add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "reverse",
    "setdefault", "sort", "update",
}  # fmt: skip


def names_at_the_top(tree: ast.Module) -> set[str]:
    """The names that a module itself gives to values."""
    assigned = [node for node in tree.body if isinstance(node, (ast.Assign, ast.AnnAssign))]
    stored = {part for node in assigned for part in ast.walk(node) if isinstance(part, ast.Name)}
    return {name.id for name in stored if isinstance(name.ctx, ast.Store)}


def changed_in(tree: ast.Module) -> set[str]:
    """The names of what functions change in place, if they are not the functions' own."""
    changed = set()
    for function in ast.walk(tree):
        if not isinstance(function, (ast.FunctionDef, ast.Lambda)):
            continue
        inside = list(ast.walk(function))
        own = {node.arg for node in inside if isinstance(node, ast.arg)}
        own |= {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        for node in inside:
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
                owner: ast.expr = node.value
            elif isinstance(called, ast.Attribute) and called.attr in CHANGING:
                owner = called.value
            elif isinstance(node, ast.AugAssign):
                owner = node.target
            else:
                continue
            if isinstance(owner, ast.Name) and owner.id not in own:
                changed.add(owner.id)
    return changed


def test_a_change_of_what_a_module_keeps_is_found() -> None:
    kept = "KEPT = {}\nLIST: list[int] = []\n"
    for line in ("KEPT[1] = 2", "del KEPT[1]", "KEPT.setdefault(1, 2)", "LIST.append(1)", "KEPT[1] += 1"):
        tree = ast.parse(f"{kept}def f():\n    {line}\n")
        assert changed_in(tree) & names_at_the_top(tree), line
    for line in ("print(KEPT[1])", "KEPT = {}\n    KEPT[1] = 2", "own = []\n    own.append(1)"):
        tree = ast.parse(f"{kept}def f():\n    {line}\n")
        assert not changed_in(tree) & names_at_the_top(tree), line


def test_no_function_has_more_than_six_parameters() -> None:
    """A command's own options excepted."""
    commands = {"expert/commands/" + place.replace(":", ".py:") for place in LISTED}
    long = []
    for path in SHELL:
        for node in parts(path):
            if isinstance(node, ast.FunctionDef):
                names = {a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
                place = f"{path.relative_to(ROOT).as_posix()}:{node.name}"
                if len(names - {"self"}) > 6 and place not in commands:
                    long.append(place)
    assert long == []


def test_every_module_has_its_test() -> None:
    """`expert/ROOM/MODULE.py` is tested by `tests/ROOM/test_MODULE.py`, in which there are tests."""
    without = []
    for module in SHELL:
        place = module.relative_to(EXPERT)
        test = ROOT / "tests" / place.parent / f"test_{place.name}"
        if module.name != "__init__.py" and not (test.is_file() and "\ndef test_" in test.read_text()):
            without.append(place.as_posix())
    assert without == []
