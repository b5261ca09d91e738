"""Cases in JSON: an object a line (JSON Lines), or one array of objects.

A row may also be what `consult --json` prints, a rejected row, or a row of results: its answers are read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from expert.backends.frames import pl
from expert.consultation.case import ANSWERS, UNKNOWN, cell_answer, holder, is_result
from expert.io.interruption import listen
from expert.io.problems import listed, not_among, shorten
from expert.language.model import CHOICES
from expert.population.encodings import text_lines
from expert.population.several import cell_answers
from expert.population.tables import (
    BATCH,
    Attributes,
    ReadAs,
    TableFile,
    TextRow,
    absences,
    columns_of,
    of_result,
    refused,
    text_frame,
    texts,
)

Places = Iterator[tuple[int, str]]  # where a row stands, and its text
DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
SPACE = " \t\r\n"
UNNAMED = "column"  # an object has one without a name at most


class _Record(NamedTuple):
    """A row as an object; `whole` if what it does not say is not known."""

    cells: dict[str, str | None]
    whole: bool = True


def open_json_lines(path: Path, attributes: Attributes, reading: ReadAs) -> TableFile:
    """A file with one object on each line. Raises CaseError."""
    return _opened(path, attributes, reading, lambda: _lines(path, reading.encoding))


def open_json(path: Path, attributes: Attributes, reading: ReadAs) -> TableFile:
    """A file with an array of objects, with one object, or with one on each line. Raises CaseError."""
    text = "".join(text_lines(path, reading.encoding, longest=-1)).strip(SPACE)
    try:
        if not text.startswith("["):
            DECODER.decode(text)
            return _opened(path, attributes, reading, lambda: iter([(1, text)]))
        items = list(_items(text))
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return open_json_lines(path, attributes, reading)
        raise refused(path, f"is not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except RecursionError as error:
        told = str(error) if str(error).startswith("its row") else "it is nested too deeply"
        raise refused(path, f"is not JSON that can be read: {told}") from None
    return _opened(path, attributes, reading, lambda: iter(items))


def _lines(path: Path, encoding: str) -> Places:
    with closing(text_lines(path, encoding)) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield number, line.rstrip("\r\n")


def _items(text: str) -> Places:
    """The items of an array, by their places in it. Raises JSONDecodeError, RecursionError (saying where)."""
    place, end = 0, _after_space(text, 1)
    while text[end : end + 1] != "]" or place:
        listen()
        start = end
        place += 1
        try:
            _, end = DECODER.raw_decode(text, start)
        except RecursionError:
            raise RecursionError(f"its row {place} is nested too deeply") from None
        yield place, text[start:end]
        end = _after_space(text, end)
        if text[end : end + 1] == "]":
            break
        if text[end : end + 1] != ",":
            raise json.JSONDecodeError("Expecting ',' delimiter", text, end)
        end = _after_space(text, end + 1)
    if text[end + 1 :].strip(SPACE):
        raise json.JSONDecodeError("Something follows the array", text, end + 1)


def _after_space(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in SPACE:
        at += 1
    return at


def _opened(path: Path, attributes: Attributes, reading: ReadAs, places: Callable[[], Places]) -> TableFile:
    names = _columns(path, attributes, reading, places())
    return TableFile(path, texts(names), None, lambda: _batches(names, attributes, reading, places()))


def _columns(path: Path, attributes: Attributes, reading: ReadAs, places: Places) -> list[str]:
    """The columns: those of the first row that is one, and all attributes. Raises CaseError."""
    reason, where = "", 0
    for number, text in places:
        try:
            record = _record(text, attributes)
        except ValueError as error:
            reason, where = reason or str(error), where or number
            continue
        first = [name for name in record.cells if record.whole or name in attributes]
        if record.whole:
            columns_of(path, first, attributes, reading)
        return [*dict.fromkeys([*first, *_others(first, attributes)])]
    if reason:
        raise refused(path, f"has no row that can be read: line {where}: {reason}")
    return _others((), attributes)


def _others(columns: Collection[str], attributes: Attributes) -> list[str]:
    """The attributes beside columns; several answers have one for each value, if they have none together."""
    others = []
    for name, term in attributes.items():
        if term.type != CHOICES and term.among not in columns:
            others.append(name)
    return others


def _batches(
    names: list[str], attributes: Attributes, reading: ReadAs, places: Places
) -> Iterator[pl.DataFrame]:
    several = {name: term for name, term in attributes.items() if term.type == CHOICES}
    while batch := list(islice(places, BATCH)):
        rows = [_row(place, names, several, attributes, reading) for place in batch]
        yield text_frame(names, rows)


def _row(
    place: tuple[int, str], names: list[str], several: Attributes, attributes: Attributes, reading: ReadAs
) -> TextRow:
    number, text = place
    try:
        record = _record(text, attributes)
        _tell_as_columns(record.cells, names, several, attributes)
    except ValueError as error:
        return TextRow(number, [], text, str(error))
    extra = [name for name in record.cells if name not in names]
    if extra and not record.whole:
        return TextRow(
            number, [], text, str(not_among("attribute", extra[0], attributes)).replace("\n ", ";")
        )
    if extra:
        told = listed([shorten(name) for name in extra])
        return TextRow(number, [], text, f"unexpected column {told}: the first row does not have it")
    if record.whole:
        optional = attributes if reading.absent else ()
        missing = [name for name in names if name not in record.cells and name not in optional]
        if missing:
            absent = absences(record.cells, attributes)
            absent += [f"there is no column `{shorten(name)}`" for name in missing if name not in attributes]
            return TextRow(number, [], text, "; ".join(absent))
    return TextRow(number, [record.cells.get(name) for name in names], text)


def _tell_as_columns(
    cells: dict[str, str | None], names: list[str], several: Attributes, attributes: Attributes
) -> None:
    """Several answers together, or each by itself, as the columns have them. Raises ValueError."""
    for name, term in several.items():
        apart = [part for part in term.parts if part in cells]
        if name in cells and apart:
            raise ValueError(f"`{name}` and `{apart[0]}` both answer `{name}`")
        if name in cells and name not in names:
            for part, answer in cell_answers(cells.pop(name), term).items():
                cells[part] = UNKNOWN if answer is None else str(answer)
        elif apart and name in names:
            answers = {part: cell_answer(cells.pop(part), attributes[part]) for part in apart}
            cells[name] = json.dumps({attributes[part].value: answer for part, answer in answers.items()})


# --- one object ----------------------------------------------------------------------------------
def _record(text: str, attributes: Attributes) -> _Record:
    """A text as an object, its numbers as they are written. Raises ValueError."""
    data = _loaded(text)
    key = holder(data)
    if isinstance(data.get(key), dict):
        text = _written(text)[key]
        data = data[key]
    nested = any(isinstance(value, (dict, list)) for value in data.values())
    written = _written(text) if nested else data
    results = is_result(data)
    cells = {}
    for name, value in data.items():
        if name in attributes or not (results and of_result(name)):
            cells[name or UNNAMED] = written[name] if isinstance(value, (dict, list)) else _cell(value)
    return _Record(cells, key != ANSWERS)


def _cell(value: str | bool | None) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _loaded(text: str) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(pairs) != len(dict(pairs)):
            raise ValueError("a name is given twice")
        return dict(pairs)

    try:
        data = json.loads(text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} (column {error.colno})") from None
    except RecursionError:
        raise ValueError("nested too deeply to be a row") from None
    if not isinstance(data, dict):
        raise ValueError("not a JSON object")
    if not data:
        raise ValueError('an object with nothing in it; `{"answers": {}}` says that nothing is known')
    return data


def _written(text: str) -> dict[str, str]:
    """The members of an object that is JSON, each value as it stands there."""
    members = {}
    at = _after_space(text, 0) + 1
    while text[(at := _after_space(text, at))] != "}":
        name, at = DECODER.raw_decode(text, at)
        start = _after_space(text, _after_space(text, at) + 1)
        _, at = DECODER.raw_decode(text, start)
        members[name] = text[start:at]
        at = _after_space(text, at)
        at += text[at] == ","
    return members
