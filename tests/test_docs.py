"""The documents: every console block runs and prints what is shown, commands exist, and the site builds.

RESET_TRANSCRIPTS=1 writes what the commands print into the documents. In a block, `$ ` begins a command,
what it says on stderr is marked `! `, and a code other than 0 stands below. A command whose block has
lines that begin with `> ` is a dialogue: these are the replies, and the block is what the screen shows.
A yaml block whose first line is `# NAME.yaml` is written into that file first. What is new each time is
shown as ID, TIME and HASH. A document has a folder of its own, with the project's knowledge in it.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path

import click
import pytest
import typer.main
from support.shell import PROGRAM, ROOT, cicatrix, within
from support.signing import KEEPER
from support.sizes import MORE

import cli
from expert.commands.lazy import LazyCommand
from expert.io.problems import CicatrixError
from expert.knowledge.load import load
from expert.language.meaning import Evaluation
from expert.language.policy import VERDICTS

DOCS = sorted((ROOT / "docs").glob("*.md"))
OTHERS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
PAGES = [*DOCS, *OTHERS, ROOT / "examples/README.md", ROOT / "expert/language/semantics.md"]
FILE = r"```yaml\n(?P<text># (?P<name>\S+\.yaml)\n.*?)```"
PIECES = re.compile(FILE + r"|```console\n(?P<console>.*?)```", re.S)
COMMAND = re.compile(r"^\$ (?P<line>.+)\n(?P<body>(?:(?!\$ ).*\n)*)", re.M)
HASH = "[0-9a-f]{64}"


def read(path: Path) -> str:
    return path.read_text("utf-8")


# --- what the blocks show --------------------------------------------------------------------------


def told(text: str) -> str:
    """The text without what is new each time; in a table, of the same width."""
    text = re.sub(rf"Record [0-9a-z]{{5}}, {HASH}", "Record ID, HASH", text)
    text = re.sub(rf"Head {HASH}", "Head HASH", text)
    text = re.sub(r"^Record [0-9a-z]{5}, through", "Record ID, through", text, flags=re.M)
    text = re.sub(r"^Evidence of record [0-9a-z]{5},", "Evidence of record ID,", text, flags=re.M)
    text = re.sub(rf"^  hash {HASH}", "  hash HASH", text, flags=re.M)
    row = r"^[0-9a-z]{5}(?P<gap> +)\d{4}-\d\d-\d\d [0-9:]{8}Z"
    return re.sub(row, lambda match: f"ID   {match['gap']}{'TIME':20}", text, flags=re.M)


def run(line: str, folder: Path, replies: list[str]) -> str:
    """What a command shows: stdout, stderr with `! `, and its code; a dialogue as on the screen."""
    words = shlex.split(line)
    alone = words[0] == "cicatrix" and not set(line) & set("|&;<>$*`")
    if alone and not replies:
        environment = {"CICATRIX_LEDGER": str(folder / ".ledger.sqlite")}
        result = within(words[1:], "", folder, environment, name="cicatrix")
        return told(screen(result.stdout, result.stderr, result.code))
    shim = folder / ".bin/cicatrix"
    if not shim.exists():
        shim.parent.mkdir()
        code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from cli import main; main()"
        shim.write_text(f"#!{sys.executable}\n{code}\n")  # as the installed command is
        shim.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "80",
        "CICATRIX_LEDGER": str(folder / ".ledger.sqlite"),
    }
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        input="".join(f"{reply}\n" for reply in replies),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if replies else subprocess.PIPE,
        text=True,
        env=environment,
        timeout=120,
        check=False,
    )
    given = iter(replies)
    shown = (
        re.sub(r"^> ", lambda _: f"> {next(given)}\n", done.stdout, flags=re.M) if replies else done.stdout
    )
    assert next(given, None) is None, f"not every reply was asked for: {line}"
    return told(screen(shown, done.stderr or "", done.returncode))


def screen(stdout: str, stderr: str, code: int) -> str:
    """What is shown of a command: its stdout, its stderr with marks, and a code other than 0."""
    shown = stdout + "".join(f"! {error}\n" for error in stderr.splitlines())
    return shown + (f"[exit {code}]\n" if code else "")


@pytest.mark.parametrize("path", [p for p in DOCS if PIECES.search(read(p))], ids=lambda p: p.stem)
def test_console_blocks(path: Path, tmp_path: Path) -> None:
    for name in ("kb", "rules", "examples"):
        shutil.copytree(ROOT / name, tmp_path / name)  # a document may change them

    def shown(match: re.Match[str]) -> str:
        if match["name"]:
            target = tmp_path / match["name"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(match["text"], "utf-8")
            return match[0]
        runs = []
        for command in COMMAND.finditer(match["console"]):
            replies = re.findall(r"^> (.*)$", command["body"], re.M)
            runs.append(f"$ {command['line']}\n{run(command['line'], tmp_path, replies)}")
        assert runs, match[0]
        return "```console\n" + "\n".join(runs) + "```"

    text = read(path)
    rendered = PIECES.sub(shown, text)
    if os.environ.get("RESET_TRANSCRIPTS"):
        path.write_text(rendered, "utf-8")
    else:
        assert rendered == text


# --- commands that are named -----------------------------------------------------------------------


def tree() -> click.Group:
    """The command line, with every group."""
    found = typer.main.get_command(cli.app)
    assert isinstance(found, click.Group)
    return found


def named_in(text: str) -> Iterator[tuple[str, bool]]:
    """Commands in backticks and in indented lines; and whether the program's name stood before."""
    bare = re.sub(r"```.*?```", "", text, flags=re.S)
    lines = [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", bare)]
    lines += re.findall(
        r"^    ((?:python cli\.py|cicatrix|kb|audit|population|consult|explain) .+)$", bare, re.M
    )
    for line in lines:
        rest = re.sub(r"^(python cli\.py|cicatrix) ", "", line.split("  #")[0])
        yield rest, rest != line


def named() -> Iterator[tuple[str, list[str], bool]]:
    for path in PAGES:
        for line, whole in named_in(read(path)):
            try:
                yield path.name, shlex.split(line), whole
            except ValueError:
                assert not whole, (path.name, line)


def wrong_with(words: list[str], root: click.Group) -> str:
    """What a command that is named has wrong: its name, or an option."""
    command: click.Command = root
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        if words[0] not in command.commands:
            return f"no command {words[0]}"
        command, words = command.commands[words[0]], words[1:]
    command = command.imported() if isinstance(command, LazyCommand) else command
    options = {name for parameter in command.params for name in [*parameter.opts, *parameter.secondary_opts]}
    given = {word.strip("[]()., ").split("=")[0] for word in words if word.strip("[(").startswith("-")}
    # a number below zero, and standard input, are no options
    given = {word for word in given if not re.fullmatch(r"-[0-9.]*", word)}
    return ", ".join(sorted(given - options - {"--help"}))


def test_commands_that_are_named_exist() -> None:
    root, wrong, seen = tree(), [], 0
    for where, words, whole in named():
        if not words or (words[0] not in root.commands and not whole):
            continue
        if not whole and len(words) > 1 and not re.fullmatch("[a-z-]+|[A-Z].*|--?[a-z].*|.*=.*", words[1]):
            continue  # a word that a command is named after, and no command
        seen += 1
        found = wrong_with(words, root)
        wrong += [(where, " ".join(words), found)] if found else []
    assert wrong == []
    assert seen > 100


def test_a_wrong_command_would_be_seen() -> None:
    root = tree()
    assert wrong_with(["kb", "tset"], root) == "no command tset"
    assert wrong_with(["kb", "test", "--mutated"], root) == "--mutated"
    assert wrong_with(["what-if", "last", "scar_count=-1", "--given", "a=1"], root) == ""


def test_every_command_is_named_somewhere() -> None:
    text = "\n".join(map(read, PAGES))

    def leaves(command: click.Command, path: str) -> Iterator[str]:
        if isinstance(command, click.Group):
            for name, inner in command.commands.items():
                yield from leaves(inner, f"{path} {name}".strip())
        else:
            yield path

    assert [path for path in leaves(tree(), "") if not re.search(rf"[`\s/]{path}\b", text)] == []


def test_extras_and_make_targets_that_are_named_exist() -> None:
    extras = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]["optional-dependencies"]
    assert list(extras) == ["prov", "sign", "prove", "population", "spark", "clips", "author", "docs"]
    text = "\n".join(map(read, PAGES))
    asked = {name for names in re.findall(r"(?:cicatrix|\.)\[([a-z,]+)\]", text) for name in names.split(",")}
    assert asked and asked <= set(extras)
    targets = set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.M))
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets


# --- exit codes ------------------------------------------------------------------------------------

ERRORS = sorted(CicatrixError.__subclasses__(), key=lambda error: error.exit_code)
EVERYWHERE = {0: "every command", 2: "every command", 3: "every command that reads one", 6: "every command"}
# for each code that not every command has: a command that the page names, and a line that ends so
ENDS = [
    (1, "kb coverage", "kb coverage --document other.txt"),
    (1, "kb lint --strict", "kb lint --strict --kb odd"),
    (1, "kb test", "kb test --kb odd"),
    (1, "kb prove", "kb prove --kb odd"),
    (1, "kb diff", "kb diff . odd"),
    (1, "kb review", "kb review"),
    (1, "kb fmt --check", "kb fmt --check --kb odd"),
    (1, "audit verify", "audit verify --head 0123456789abcdef0123456789abcdef"),
    (1, "audit list", "audit list --ledger altered.sqlite"),
    (1, "audit replay", "audit replay --all --with-current-rules --kb odd"),
    (1, "audit import", "audit import broken.jsonl --ledger new.sqlite"),
    (1, "population run", "population run list.csv -o out.csv"),
    (1, "population diff", "population diff --kb . --kb odd list.csv --absent-unknown"),
    (2, "", "consult scar_depth=sharp"),
    (2, "", "kb rules no-such-rule"),
    (2, "", "audit verify list.csv"),
    (2, "", "consult --no-such-option"),
    (3, "", "consult --kb examples"),
    (4, "consult", "consult scar_depth=deep --ledger list.csv"),
    (4, "audit", "audit show zzzz2"),
    (4, "explain", "explain how punch zzzz2"),
    (4, "what-if", "what-if zzzz2 active_acne=no"),
    (5, "audit export --format prov", "audit export --format prov"),
    (5, "audit stats --plot", "audit stats --plot out.svg"),
    (5, "audit keygen", "audit keygen clinic.example/ledger -o new.key"),
    (5, "audit sign", "audit sign --key ledger.key"),
    (5, "kb prove", "kb prove"),
    (5, "kb fmt", "kb fmt --check"),
    (5, "kb lint --watch", "kb lint --watch"),
    (5, "population", "population run list.csv -o out.csv"),
    (6, "", "kb rules"),
    (130, "consult", "consult"),
    (130, "audit forget", "audit forget last"),
]


# two rules that say the same, against every option, laid out as `kb fmt` would not
ODD = "".join(
    f"- {{because: It is odd., id: {name}, claims: p13s2, basis: added, reason: None.,"
    " then: {argue: {against: effectiveness}}}\n"
    for name in ("odd", "odder")
)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what ENDS needs: odd knowledge, a bundle that was changed, optional libraries missing."""
    folder = tmp_path_factory.mktemp("codes")
    for name in ("kb", "rules"):
        shutil.copytree(ROOT / name, folder / name)
        shutil.copytree(ROOT / name, folder / "odd" / name)
    (folder / "examples").mkdir()
    shutil.copy(ROOT / "examples/list.csv", folder / "list.csv")
    (folder / "other.txt").write_text("Another document.\n")
    (folder / "odd/rules/9.yaml").write_text(ODD)
    (folder / "odd/kb/cases/9.yaml").write_text("- {case: odd, given: {}, not-fired: odd}\n")
    for answer in ("deep", "shallow"):
        assert done(folder, f"consult scar_depth={answer}") == 0
    assert done(folder, "audit export -o bundle.jsonl") == 0
    (folder / "broken.jsonl").write_text(read(folder / "bundle.jsonl").replace("shallow", "hollow"))
    shutil.copy(folder / "ledger.sqlite", folder / "altered.sqlite")
    with closing(sqlite3.connect(folder / "altered.sqlite", isolation_level=None)) as connection:
        connection.execute("UPDATE entries SET content = '{}'")
    (folder / "ledger.key").write_text(KEEPER.text())
    for name in ("prov", "cryptography", "z3", "ruamel", "watchfiles", "polars", "narwhals", "matplotlib"):
        (folder / "without" / name).mkdir(parents=True)
        (folder / "without" / name / "__init__.py").write_text(
            f"raise ImportError({name!r}, name={name!r})\n"
        )
    return folder


def done(folder: Path, line: str, without: bool = False, shown: str = os.devnull) -> int:
    """The code with which a command ends, with nothing to read, and what it shows written to a file."""
    ledger = {"CICATRIX_LEDGER": str(folder / "ledger.sqlite")}
    if not without and shown == os.devnull:
        return cicatrix(*shlex.split(line), cwd=folder, **ledger).code
    environment = {**os.environ, **ledger}
    environment |= {"PYTHONPATH": str(folder / "without")} if without else {}
    with open(shown, "wb") as stream:
        return subprocess.run(
            [*PROGRAM, *shlex.split(line)],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.PIPE,
            timeout=120,
            check=False,
        ).returncode


# what takes a process of its own, or a proof: one of each in the short suite
DEAR = [(code, line) for code, _, line in ENDS if code == 5 and line != "kb prove"]
DEAR += [(1, "kb prove --kb odd"), (1, "kb fmt --check --kb odd")]


@pytest.mark.parametrize(
    ("code", "line"),
    [pytest.param(code, line, marks=MORE if (code, line) in DEAR else []) for code, _, line in ENDS],
)
def test_the_exit_codes_are_these(code: int, line: str, workplace: Path) -> None:
    lacking = code == 5 or line.endswith("prov")
    libraries = {"prove": "z3", "fmt": "ruamel.yaml", "population": "polars"}
    for word, library in libraries.items():
        if word in line and not lacking:
            pytest.importorskip(library, reason="an extra is not installed")
    shown = "/dev/full" if code == 6 else os.devnull
    assert done(workplace, line, without=lacking, shown=shown) == code


def code_rows() -> Iterator[str]:
    """The table of the exit codes, from the errors; and by command, from ENDS."""
    yield "| code | meaning | from |\n|---|---|---|"
    for code, meaning in [(0, "success"), *((error.exit_code, error.meaning) for error in ERRORS)]:
        named = dict.fromkeys(f"`{command}`" for ends, command, _ in ENDS if ends == code and command)
        commands = EVERYWHERE.get(code, ", ".join(named))
        yield f"| {code} | {meaning} | {commands}{', and Ctrl-C anywhere' if code == 130 else ''} |"


def test_the_table_of_exit_codes_is_made_from_the_errors() -> None:
    path, begin, end = (
        ROOT / "docs/exit-codes.md",
        "<!-- exit codes: written by `make reset-transcripts` -->\n",
        "\n\n",
    )
    text = read(path)
    before, rest = text.split(begin)
    after = rest[rest.index(end) :]
    made = before + begin + "\n".join(code_rows()) + after
    if os.environ.get("RESET_TRANSCRIPTS"):
        path.write_text(made, "utf-8")
    else:
        assert made == text


def test_every_error_has_a_code_of_its_own() -> None:
    """They are sisters: none is caught with another."""
    assert [error.exit_code for error in ERRORS] == [1, 2, 3, 4, 5, 6, 130]
    assert all(error.__bases__ == (CicatrixError,) and not error.__subclasses__() for error in ERRORS)
    tried = {code for code, _, _ in ENDS}
    assert tried == {error.exit_code for error in ERRORS}


# --- the rule language -----------------------------------------------------------------------------

LANGUAGE = read(ROOT / "docs/language.md")
STATES = {"holds": "yes", "neither": None, "denied": "no"}


@pytest.fixture
def plants(tmp_path: Path) -> Path:
    """The knowledge base of the page, as its blocks make it up."""
    for match in re.finditer(FILE, LANGUAGE, re.S):
        (tmp_path / match["name"]).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / match["name"]).write_text(match["text"], "utf-8")
    return tmp_path / "plants"


def test_every_block_of_the_language_page_is_in_its_knowledge_base(plants: Path) -> None:
    assert LANGUAGE.count("```yaml") == len(list(plants.rglob("*.yaml")))
    base = load(plants)
    assert len(base.rules) - len(base.knowledge.contradictions) == LANGUAGE.count("- id: ") > 6


def table(head: str) -> list[list[str]]:
    """The rows of the table of the page that begins with a row."""
    body = LANGUAGE.split(head + "\n")[1].split("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in body]


def state(plants: Path, condition: str, answers: dict[str, str | None]) -> str:
    """Whether a condition holds, is denied, or neither."""
    text = (
        f"- id: tried\n  claims: p1s1\n  basis: stated\n  when: {{{condition}}}\n  then: {{plan: water-it}}\n"
    )
    (plants / "rules/9-tried.yaml").write_text(text + "  because: It is tried.\n")
    when, case = load(plants).rule("tried").when, Evaluation(dict(answers))
    return "holds" if case.test(when) else "denied" if case.denies(when) else "neither"


def test_the_table_of_conditions(plants: Path) -> None:
    rows = table("| written | answer `yes` | answer `no` | no answer |")
    assert len(rows) > 4
    for written, *states in rows:
        for answer, wanted in zip(("yes", "no", None), states, strict=True):
            for condition in re.findall("`([^`]+)`", written):
                assert state(plants, condition, {"resting": answer}) == wanted.strip("*"), (condition, answer)


def test_the_table_of_connectives(plants: Path) -> None:
    rows = table("| A | B | `all` of both | `any` of both | `not` A | `unless` A |")
    assert {(a, b) for a, b, *_ in rows} == {
        pair
        for pair in product(STATES, repeat=2)
        if list(STATES).index(pair[0]) <= list(STATES).index(pair[1])
    }
    for a, b, *states in rows:
        answers = {"resting": STATES[a], "draught": STATES[b]}
        for condition, wanted in zip(
            (
                "all: [{resting: yes}, {draught: yes}]",
                "any: [{resting: yes}, {draught: yes}]",
                "not: {resting: yes}",
                "unless: {resting: yes}",
            ),
            states,
            strict=True,
        ):
            assert state(plants, condition, answers) == wanted, (a, b, condition)


def test_the_table_of_verdicts() -> None:
    assert tuple(row[1].split("`")[1] for row in table("| arguments | verdict |")) == VERDICTS


# --- the site and the rest -------------------------------------------------------------------------


def test_links_lead_somewhere() -> None:
    for path in PAGES:
        for target in re.findall(r"\]\((?!http)([^)#]+)", read(path)):
            assert (path.parent / target).exists(), (path.name, target)


def test_every_page_is_in_the_index() -> None:
    trees = re.findall(r"```{toctree}\n(.*?)```", read(ROOT / "docs/index.md"), re.S)
    listed = re.findall(r"^([a-z-]+)$", "".join(trees), re.M)
    assert {path.stem for path in DOCS} == {*listed, "index"}


def test_no_page_names_a_place_of_one_machine() -> None:
    for path in [*PAGES, ROOT / "docs/conf.py"]:
        assert not re.search(r"/work\b|/home/|/Users/|/root/|localhost", read(path)), path.name


def test_the_licences_of_what_is_depended_on_are_named() -> None:
    project = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]
    assert (project["license"], project["license-files"]) == ("Apache-2.0", ["LICENSE"])
    assert "Apache License" in read(ROOT / "LICENSE")
    wanted = [
        *project["dependencies"],
        *(w for extra in project["optional-dependencies"].values() for w in extra),
    ]
    names = {re.split(r"[^A-Za-z0-9_.-]", each)[0].lower() for each in wanted} - {"cicatrix"}
    listed = set(re.findall(r"^\| ([A-Za-z0-9_.-]+)", read(ROOT / "docs/licences.md"), re.M))
    assert names <= {name.lower() for name in listed}


@pytest.mark.long
def test_the_site_builds(tmp_path: Path) -> None:
    """Without a warning, without asking for anything, and to the same pages each time."""
    pytest.importorskip("sphinx", reason="the docs extra is not installed")
    pytest.importorskip("myst_parser")
    for name in ("one", "two"):
        command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", str(ROOT / "docs")]
        command += ["-d", str(tmp_path / f"{name}-trees"), str(tmp_path / name)]
        built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (built.returncode, built.stderr) == (0, "")
    ones, twos = (sorted((tmp_path / name).rglob("*.html")) for name in ("one", "two"))
    assert [read(page) for page in ones] == [read(page) for page in twos]
    assert "Of the option itself nothing is unknown" in read(tmp_path / "one/language.html")  # is included
    for page in ones:
        used = re.findall(r'(?:<link[^>]* href|src)="([^"]+)"', read(page))
        assert not [each for each in used if each.startswith(("http:", "https:", "//"))], page.name
