"""Draws the house from its code: `docs/architecture.svg`, and the tables in `docs/architecture.md`.

    python docs/draw_architecture.py            writes both
    python docs/draw_architecture.py --check    exits with 1 if either is not current

Rooms are the packages of `expert/`, floors those of the import contract in `pyproject.toml`, arrows
the imports between rooms: an arrow is as wide as there are many. Purposes are the first lines of
docstrings.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from html import escape
from pathlib import Path

import grimp

ROOT = Path(__file__).parent.parent
PAGE, PICTURE = ROOT / "docs" / "architecture.md", ROOT / "docs" / "architecture.svg"
BEGIN, END = "<!-- drawn: {} -->\n", "<!-- end of what is drawn -->\n"
WIDTH, ROOM, HEIGHT, GAP = 960, 150, 46, 54  # of the picture, of a room, between floors


def floors() -> list[list[str]]:
    """The rooms on each floor, the highest floor first."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract, *_ = settings["tool"]["importlinter"]["contracts"]
    return [re.findall(r"\w+", floor) for floor in contract["layers"]]


def arrows() -> dict[tuple[str, str], int]:
    """How many imports lead from one room to another."""
    sys.path.insert(0, str(ROOT))
    graph = grimp.build_graph("expert", cache_dir=None)
    found: dict[tuple[str, str], int] = {}
    for module in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(module)):
            ends = room_of(module), room_of(imported)
            if all(ends) and ends[0] != ends[1]:
                found[ends] = found.get(ends, 0) + 1
    return found


def room_of(module: str) -> str:
    """The room that a module is in; none for the package itself."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


OTHERS = {  # what stands in rooms and is not Python; of a folder without any, all that is in it
    "authoring/new": "The files that a knowledge base begins as, to be filled in.",
    "backends/computing.clp": "What CLIPS computes with, so that no number that is too long goes unnoticed.",
    "backends/scoring.clp": "What CLIPS adds up scores with, of which bounds are known.",
    "language/semantics.md": "The rule language, exactly: what every condition and conclusion means.",
    "views/report.css": "How a report looks, on a screen and printed.",
    "views/report.html": "The page that a report is put into.",
}


def purpose(path: Path) -> str:
    """The first line of a module's docstring; of another file, what is said above."""
    if path.suffix != ".py":
        return OTHERS[path.relative_to(ROOT / "expert").as_posix()]
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def modules(room: str) -> list[Path]:
    """The modules and other files of a room; of one that is a module itself, that one."""
    folder = ROOT / "expert" / room
    if not folder.is_dir():
        return [folder.with_suffix(".py")]
    inside = [*folder.glob("*/__init__.py")]  # packages, each above its modules
    files = [*folder.glob("[!_.]*.py"), *folder.glob("*/[!_.]*.py"), *inside]
    packages = {path.parent for path in inside}
    files += [path for path in folder.glob("[!_.]*") if path.suffix != ".py" and path not in packages]
    return sorted(files, key=lambda path: (len(path.parts), path.parent, path.stem != "__init__", path))


def named(path: Path, above: Path) -> str:
    """A module as the tables call it; a package by its folder."""
    name = path.relative_to(above).as_posix()
    return name.removesuffix("__init__.py")


def tables() -> str:
    """A list of the rooms, floor by floor, with the purpose of every module."""
    lines: list[str] = []
    for number, rooms in zip(range(len(floors()), 0, -1), floors(), strict=True):
        for room in rooms:
            folder = ROOT / "expert" / room
            said = purpose(folder / "__init__.py") if folder.is_dir() else purpose(modules(room)[0])
            lines += ["", f"**{room}** (floor {number}). {said}", ""]
            if folder.is_dir():
                lines += ["| module | what it is |", "|---|---|"]
                lines += [f"| `{named(path, folder.parent)}` | {purpose(path)} |" for path in modules(room)]
    return "\n".join(lines[1:]) + "\n"


def picture() -> str:
    """The floors as rows of boxes, and the arrows between them, as SVG."""
    rows = floors()
    places: dict[str, tuple[float, float]] = {}
    for row, rooms in enumerate(rows):
        for column, room in enumerate(rooms):
            places[room] = WIDTH * (column + 1) / (len(rooms) + 1), 10 + row * (HEIGHT + GAP)
    height = 20 + len(rows) * (HEIGHT + GAP) - GAP
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
        '<marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
        'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z" fill="#789"/></marker>',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for (above, below), count in arrows().items():
        (x, y), (to_x, to_y) = places[above], places[below]
        start, end, bend = y + HEIGHT, to_y - 1, GAP * 0.7
        lines.append(
            f'<path d="M{x:.0f} {start:.0f}C{x:.0f} {start + bend:.0f} {to_x:.0f} {end - bend:.0f} '
            f'{to_x:.0f} {end:.0f}" fill="none" stroke="#789" stroke-opacity=".45" '
            f'stroke-width="{min(1 + count / 12, 5):.1f}" marker-end="url(#head)">'
            f"<title>{above} to {below}: {count}</title></path>"
        )
    for room, (x, y) in places.items():
        lines.append(
            f'<rect x="{x - ROOM / 2:.0f}" y="{y:.0f}" width="{ROOM}" height="{HEIGHT}" rx="6" '
            'fill="#eef3f7" stroke="#456"/>'
            f'<text x="{x:.0f}" y="{y + HEIGHT / 2:.0f}" text-anchor="middle" dominant-baseline="central" '
            f'font-size="17">{escape(room)}</text>'
        )
    return "\n".join([*lines, "</svg>"]) + "\n"


def page() -> str:
    """The page, its drawn part made anew."""
    text = PAGE.read_text(encoding="utf-8")
    begin = BEGIN.format("rooms")
    before, _, rest = text.partition(begin)
    return before + begin + tables() + END + rest.partition(END)[2]


def main() -> None:
    """Write both files, or (`--check`) say whether they are current."""
    wanted = {PICTURE: picture(), PAGE: page()}
    if "--check" in sys.argv[1:]:
        stale = [path.name for path, text in wanted.items() if path.read_text(encoding="utf-8") != text]
        sys.exit(f"not current: {', '.join(stale)}; run {Path(__file__).name}" if stale else 0)
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
