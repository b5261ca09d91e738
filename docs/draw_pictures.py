"""Draws what the program shows: `docs/pictures/*.svg`, which the README has.

    python docs/draw_pictures.py            writes them
    python docs/draw_pictures.py --check    exits with 1 if one is not current

Each is made from the program itself: a dialogue that is held on a terminal, the report of its record, and
the rules that fired, as the report draws them. What is new each time (the record's id, its time, its hash)
is masked.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import sys
import tempfile
import termios
from collections.abc import Iterator, Sequence
from html import escape
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, NoReturn

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
sys.path.insert(0, str(ROOT))

REPLIES = ["deep", "no", "no", "no", "mild", "no", "no", "12 scars", "800", "no", "no"]
SHOWN_FIRST, SHOWN_LAST = 19, 22  # lines of the dialogue, and of its result
COLUMN, ROW, SIZE, EDGE = 8.43, 18, 14, 14  # of a sign, a line, the letters, around all
BACKGROUND, PLAIN = "#0d1117", "#d0d7de"
COLOURS = {"1": "#ffffff", "2": "#8b949e", "31": "#ff7b72", "32": "#56d364", "33": "#e3b341", "36": "#76e3ea"}
SHADE = re.compile("\x1b\\[([0-9;]*)m")
REPORT_WIDTH, REPORT_HEIGHT = 1000, 980


# --- the program on a terminal -----------------------------------------------------------------------
def held(replies: Sequence[str], ledger: Path) -> str:
    """What a terminal shows of `cicatrix consult`, with these replies typed."""
    modules = import_module("cli"), import_module("expert.commands.dialogue")
    assert all(modules), "so that the copy of this process need not import them"
    child, terminal = pty.fork()
    if child == 0:
        in_the_terminal(ledger)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    shown, typed = "", iter(replies)
    while True:
        try:
            shown += os.read(terminal, 4096).decode()
        except OSError:  # as Linux says that the other end is closed
            break
        if shown.endswith("\n> "):
            reply = next(typed)
            os.write(terminal, f"{reply}\n".encode())
            shown += "\0"  # the prompt has been answered
    assert os.waitpid(child, 0)[1] == 0, shown
    return re.sub("\x1b\\[\\?2004[hl]|[\r\0]", "", shown)


def in_the_terminal(ledger: Path) -> NoReturn:
    """The program, in a copy of this process whose streams are a terminal."""
    code = 1
    try:
        os.environ.update({"TERM": "xterm", "COLUMNS": "80", "LINES": "24", "CICATRIX_LEDGER": str(ledger)})
        os.environ.pop("NO_COLOR", None)
        streams = [os.fdopen(number, mode) for number, mode in enumerate(("r", "w", "w"))]
        sys.stdin, sys.stdout, sys.stderr = streams
        sys.argv = ["cicatrix", "consult"]
        try:
            import_module("cli").main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        sys.stdout.flush()
    finally:
        os._exit(code)


def masked(text: str) -> str:
    """The text without what is new each time."""
    text = re.sub(r"Record [0-9a-z]{5}, [0-9a-f]{64}", "Record ID, HASH", text)
    return re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]{12}Z", "TIME", text)


class Run(NamedTuple):
    """Signs of one line that have the same colour, and where they begin."""

    column: int
    text: str
    shade: str


def runs(line: str) -> Iterator[Run]:
    """The pieces of a line, by their colour."""
    column, shade = 0, ""
    for place, part in enumerate(SHADE.split(line)):
        if place % 2:
            shade = "" if part == "0" else part
        elif part:
            yield Run(column, part, shade)
            column += len(part)


def terminal_picture(lines: Sequence[str], title: str) -> str:
    """Lines with colours as they look on a terminal."""
    rows = []
    for number, line in enumerate(lines):
        y = EDGE + ROW * number + SIZE
        for run in runs(line):
            shades = run.shade.split(";")
            colour = next((COLOURS[shade] for shade in reversed(shades) if shade in COLOURS), PLAIN)
            bold = ' font-weight="bold"' if "1" in shades else ""
            for words in re.finditer(r"\S+(?: \S+)*", run.text):  # spaces are places, whatever the font
                x, length = EDGE + COLUMN * (run.column + words.start()), COLUMN * len(words[0])
                place = f'x="{x:.1f}" y="{y}" textLength="{length:.1f}"'
                rows.append(f'<text {place} fill="{colour}"{bold}>{escape(words[0])}</text>')
    width, height = 2 * EDGE + COLUMN * 80, 2 * EDGE + ROW * len(lines)
    fonts = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
    begin = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" role="img" '
        f'width="{width:.0f}" font-family="{fonts}" font-size="{SIZE}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>',
    ]
    return "\n".join([*begin, *rows, "</svg>\n"])


# --- the report, and the rules that fired ------------------------------------------------------------
def report_of(ledger: Path) -> str:
    """The report of the last record."""
    from expert.ledger.formats import retold
    from expert.ledger.records import base_of, consultation_of
    from expert.ledger.store import Ledger
    from expert.views.report import page

    with Ledger(ledger) as store:
        entry = store.entry("last")
        base = base_of(store, entry)
        text = page(entry, retold(consultation_of(entry), base), base.knowledge, {})
    return masked(text.replace(entry.hash, "HASH").replace(entry.id, "ID"))


def report_picture(page: str) -> str:
    """The beginning of a report, as it looks on a screen."""
    style, body = part(page, "style"), part(page, "body")
    body = re.sub(r"<svg.*?</svg>", "", body, flags=re.S)  # far below, and a picture of its own
    body = re.sub(r"<(br|hr)>", r"<\1/>", body)
    style = on_a_screen(style).replace("body {", ".page {")
    size = f'width="{REPORT_WIDTH}" height="{REPORT_HEIGHT}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {REPORT_WIDTH} {REPORT_HEIGHT}" role="img" '
        f'width="{REPORT_WIDTH}">\n<title>The report of a record</title>\n'
        f'<rect {size} style="fill:#fff;stroke:none"/>\n'
        f'<foreignObject {size}>\n<div xmlns="http://www.w3.org/1999/xhtml" class="page">\n'
        f"<style>{style}</style>\n{body}</div>\n</foreignObject>\n"
        f'<rect x=".5" y=".5" width="{REPORT_WIDTH - 1}" height="{REPORT_HEIGHT - 1}" '
        'style="fill:none;stroke:#d5dbe1"/>\n</svg>\n'
    )


def on_a_screen(style: str) -> str:
    """A report's style without what is for paper, a phone, the dark, all of which stands at its end."""
    return style.partition("@media")[0]


def rules_picture(page: str) -> str:
    """The drawing in a report: from the answers through the rules that fired to the conclusions."""
    found = re.search(r"<svg[^>]*viewBox=\"([^\"]+)\".*?</svg>", page, re.S)
    assert found, "a report has a drawing"
    width, height = (float(number) + 16 for number in found[1].split()[2:])
    svg = found[0].replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    svg = svg.replace(f'viewBox="{found[1]}"', f'viewBox="-8 -8 {width:.0f} {height:.0f}"')
    style = re.findall(r"^[^{}@\n]+\{[^}]*\}", on_a_screen(part(page, "style")), re.M)
    kept = "".join(rule for rule in style if about_drawing(rule))
    back = '<rect x="-8" y="-8" width="100%" height="100%" style="fill:#fff;stroke:none"/>'
    return re.sub(r"(<svg[^>]*>)", rf"\1\n<style>{kept}</style>\n{back}\n", svg, count=1) + "\n"


def about_drawing(rule: str) -> bool:
    """Whether a rule of a report's style is about its drawing."""
    names = r"\b(root|svg|rect|path|text|head|stated|inferred|added|silent|verdict|answer)\b"
    return re.search(names, rule.split("{")[0]) is not None and "basis" not in rule.split("{")[0]


def part(page: str, name: str) -> str:
    """What stands in an element of a page, of which there is one."""
    found = re.search(rf"<{name}>(.*)</{name}>", page, re.S)
    assert found, name
    return found[1]


# --- all of them -------------------------------------------------------------------------------------
def pictures() -> dict[str, str]:
    """The pictures by the names of their files."""
    with tempfile.TemporaryDirectory() as place:
        ledger = Path(place) / "ledger.sqlite"
        lines = masked(held(REPLIES, ledger)).rstrip("\n").split("\n")
        page = report_of(ledger)
    left = len(lines) - SHOWN_FIRST - SHOWN_LAST
    said = f"    ... {left} lines: the other questions, and the rules that fired ..."
    between = ["", f"\x1b[2m{said}\x1b[0m", ""]
    lines = ["$ cicatrix consult", *lines[:SHOWN_FIRST], *between, *lines[-SHOWN_LAST:]]
    return {
        "consult.svg": terminal_picture(lines, "A dialogue on a terminal, and its result"),
        "report.svg": report_picture(page),
        "rules.svg": rules_picture(page),
    }


def main() -> None:
    stale = []
    for name, text in pictures().items():
        path = PICTURES / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                PICTURES.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.exit(f"not current: {', '.join(stale)}; run draw_pictures.py")


if __name__ == "__main__":
    main()
