"""A picture of a population: verdicts by option, and what would settle most. Imports matplotlib."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from expert.io.files import write_whole
from expert.io.problems import not_installed
from expert.language.english import count
from expert.language.model import Knowledge
from expert.language.policy import VERDICTS
from expert.population.summary import PopulationSummary

try:
    import matplotlib
    from matplotlib.figure import Figure
except ImportError:
    raise not_installed("population summary --plot", "matplotlib", "population") from None

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
    matplotlib.rcParams["svg.hashsalt"] = "population"  # the same file every time
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
    metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
    drawn = BytesIO()
    figure.savefig(drawn, format=path.suffix.removeprefix("."), dpi=144, metadata=metadata)
    write_whole(path, drawn.getvalue())
