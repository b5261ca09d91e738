"""Pictures: of a population (verdicts by option, what would settle most), of records over time.

Imports matplotlib.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expert.io.files import write_whole
from expert.io.problems import not_installed, shorten
from expert.language.english import count
from expert.language.model import Knowledge
from expert.language.policy import VERDICTS
from expert.language.words import VERDICT_WORDS
from expert.ledger.history.statistics import Series, Statistics

if TYPE_CHECKING:
    from expert.population.summary import PopulationSummary  # which imports what tables need

try:
    import matplotlib
    from matplotlib.figure import Figure
except ImportError:
    raise not_installed("--plot", "matplotlib", "population") from None

# told apart by the colour-blind too
COLOURS = (
    "#1b7837",
    "#7fbf7b",
    "#fee08b",
    "#92c5de",
    "#d6604d",
    "#bdbdbd",
)  # told apart by the colour-blind too

QUESTIONS = 8


def plot(summary: PopulationSummary, knowledge: Knowledge, path: Path) -> None:
    """Draw the summary as PNG or SVG, by the name of the file. Raises CaseError if it cannot be written."""
    matplotlib.use("agg")
    asked = [question for question in summary.questions if question.unknown][:QUESTIONS]
    options = list(knowledge.options)
    height = 1.6 + 0.38 * (len(options) + len(asked))
    figure = Figure(figsize=(8, height), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=[len(options) + 2, len(asked) + 2])
    left = dict.fromkeys(options, 0.0)
    words = knowledge.words.verdicts
    for verdict, colour in zip(VERDICTS, COLOURS, strict=True):
        cases = {share.name: share.cases for share in summary.verdicts if share.value == verdict}
        widths = [100 * cases.get(option, 0) / max(summary.cases, 1) for option in options]
        labels = [knowledge.options[option].label for option in options]
        above.barh(labels, widths, left=list(left.values()), color=colour, label=words[verdict])
        left = {option: left[option] + width for option, width in zip(options, widths, strict=True)}
    above.set(title=f"Verdicts on {count(summary.cases, 'case')}", xlabel="% of cases", xlim=(0, 100))
    above.invert_yaxis()
    under = {"loc": "upper center", "bbox_to_anchor": (0.45, -0.32), "frameon": False}
    above.legend(ncols=len(VERDICTS), fontsize="small", **under)
    labels = [knowledge.attributes[question.attribute].label for question in asked]
    below.barh(labels, [question.unknown for question in asked], color="#d0d0d0", label="answer not known")
    below.barh(labels, [question.settles for question in asked], color="#2166ac", label="would settle it")
    below.set(title="Questions", xlabel="cases")
    below.invert_yaxis()
    below.legend(loc="lower right", fontsize="small")
    _write(figure, path)


def _write(figure: Figure, path: Path, private: bool = False) -> None:
    """The figure as PNG or SVG, by the name of the file: the same bytes every time."""
    matplotlib.rcParams["svg.hashsalt"] = "cicatrix"
    metadata = {"Date": None} if path.suffix.lower() == ".svg" else {"Software": None}
    drawn = BytesIO()
    figure.savefig(drawn, format=path.suffix.lower().removeprefix("."), dpi=144, metadata=metadata)
    write_whole(path, drawn.getvalue(), private=private)


# --- records over time ---------------------------------------------------------------------------
MOST = 8  # rules and versions that are told apart
OTHERS = ("#5e3c99", "#b2abd2", "#e66101", "#fdb863", "#018571", "#80cdc1", "#a6611a", "#dfc27d")


def history(found: Statistics, path: Path) -> None:
    """Draw what was recorded in each period: by version of the knowledge, verdicts, rules, erasures."""
    matplotlib.use("agg")
    verdicts = {s.value: [0] * len(found.periods) for s in found.of("verdict")}
    for s in found.of("verdict"):
        verdicts[s.value] = [n + more for n, more in zip(verdicts[s.value], s.counts, strict=True)]
    drawn: list[tuple[str, dict[str, Sequence[int]], Sequence[str]]] = [
        ("Consultations, by version of the knowledge", _by_name(found.of("version")), OTHERS),
        (
            "Verdicts on options",
            {VERDICT_WORDS.get(v, v): verdicts[v] for v in VERDICTS if v in verdicts},
            [colour for v, colour in zip(VERDICTS, COLOURS, strict=True) if v in verdicts],
        ),
        ("Rules that fired in most consultations", _by_name(found.of("rule")[:MOST]), OTHERS),
        ("Erasures", _by_name(found.of("erasure")), OTHERS),
    ]
    shown = [one for one in drawn if one[1]]
    figure = Figure(figsize=(9, 2.6 * max(len(shown), 1)), layout="constrained")
    for axes, (title, series, colours) in zip(_column(figure, len(shown)), shown, strict=True):
        _stacked(axes, found.periods, series, colours)
        axes.set_title(title, fontsize="medium", loc="left")
    _write(figure, path, private=True)


def _column(figure: Figure, number: int) -> list[Any]:
    """So many pictures, one below the other."""
    return [*figure.subplots(number, 1, squeeze=False, sharex=True)[:, 0]] if number else []


def _by_name(series: Sequence[Series]) -> dict[str, Sequence[int]]:
    """The counts of series by what each is called; those beyond the most frequent are one."""
    named: dict[str, Sequence[int]] = {}
    for s in series[: MOST - 1] if len(series) > MOST else series:
        named[_called(s)] = s.counts
    if len(series) > MOST:
        rest = series[MOST - 1 :]
        named[f"{len(rest)} others"] = [sum(counts) for counts in zip(*(s.counts for s in rest), strict=True)]
    return named


def _called(s: Series) -> str:
    if s.kind == "version":
        return f"{s.knowledge} {s.name} ({s.value[:8]})"
    return shorten(s.name, 40) or "no reason given"


def _stacked(
    axes: Any, periods: Sequence[str], series: dict[str, Sequence[int]], colours: Sequence[str]
) -> None:
    """Bars for each period, a part of each for each series."""
    below = [0] * len(periods)
    for (name, counts), colour in zip(series.items(), colours, strict=False):
        # what is drawn is no text of the library's own: `$` begins a formula there, `_` hides a label
        label = name.replace("$", r"\$")
        axes.bar(range(len(periods)), counts, bottom=below, color=colour, label=f"\u200b{label}", width=0.8)
        below = [n + more for n, more in zip(below, counts, strict=True)]
    every = -(-len(periods) // 12)
    axes.set_xticks(
        range(0, len(periods), every), periods[::every], rotation=30, ha="right", fontsize="small"
    )
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.legend(fontsize="small", frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
