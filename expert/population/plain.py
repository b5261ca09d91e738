"""Columns in which every cell is plainly an answer: most are such, and are read as a whole."""

from __future__ import annotations

from expert.backends.frames import pl
from expert.consultation.case import UNKNOWN
from expert.language.model import Knowledge, Term

SURE = 1 << 52  # whole numbers below it, and their quotients by a power of ten, are told apart
PLAIN = 1e-4  # from here on Python writes a fraction without an exponent, as `consult` reads one


def answers_type(term: Term) -> pl.DataType:
    """What a column of answers is of: names of values, or whole numbers, scaled by the decimals."""
    if not term.ordered:
        return pl.Enum(list(term.values))
    return pl.Int64() if max(map(abs, term.bounds)) < 1 << 63 else pl.Int128()


def plain_answers(batch: pl.DataFrame, knowledge: Knowledge) -> dict[str, pl.Series]:
    """The answers of the columns in which every cell is plainly one: most columns are such.

    They are what `columns.checked` would make of them, ten times faster: texts that are all names of
    values or `unknown`; numbers in the range; floating-point numbers that are all exactly what a number
    with the term's decimals is, as dividing whole numbers gives back each of them.
    """
    plain = {}
    for name, term in knowledge.attributes.items():
        column = batch[name] if name in batch.columns else None
        if column is None:
            continue
        plain_ones = _plain_numbers if term.numeric else _plain_days if term.is_date else _plain_names
        answers = plain_ones(column, term)
        if answers is not None:
            plain[name] = answers
    return plain


def _plain_names(column: pl.Series, term: Term) -> pl.Series | None:
    if column.dtype != pl.String:
        return None
    answers = column.cast(pl.Enum(list(term.values)), strict=False)
    others = answers.null_count() - column.null_count()
    return answers if not others or others == (column == UNKNOWN).sum() else None


def _plain_numbers(column: pl.Series, term: Term) -> pl.Series | None:
    scale, (low, high) = 10**term.decimals, term.bounds
    if column.dtype == pl.Float64:
        scaled = (column * scale).round()
        # by a column: Polars divides by one number by multiplying with its reciprocal, which is not exact
        exact = scaled / pl.repeat(float(scale), len(scaled), eager=True)
        plain = (column == 0) | (column.abs() >= PLAIN)
        if not ((exact == column) & plain & (scaled.abs() < SURE)).all():  # nulls aside
            return None
        answers = scaled.cast(pl.Int64)
    elif column.dtype in (pl.Int64, pl.Int32, pl.Int16, pl.Int8) and answers_type(term) == pl.Int64():
        ends = column.min(), column.max()
        if any(isinstance(end, int) and abs(end) * scale >= SURE for end in ends):
            return None
        answers = column.cast(pl.Int64) * scale
    else:
        return None
    inside = all(isinstance(end, int) and low <= end <= high for end in (answers.min(), answers.max()))
    return answers if inside else None


def _plain_days(column: pl.Series, term: Term) -> pl.Series | None:
    if column.dtype != pl.Date:
        return None
    days = column.dt.year().cast(pl.Int64) * 10_000 + column.dt.month().cast(pl.Int64) * 100 + column.dt.day()
    low, high = term.bounds
    if days.null_count() > column.null_count():  # days beyond all years that there are
        return None
    return days if days.is_between(low, high).all() else None  # nulls aside
