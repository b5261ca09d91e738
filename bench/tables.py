"""The results of a race as tables in Markdown, and as a plot."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from measure import median, ratio

Results = dict[str, Any]
OURS = ("decide", "consultation", "population")  # the shell's own
START, END = "<!-- results: written by bench/race.py -->", "<!-- end of results -->"


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def figure(value: float) -> str:
    """Three significant digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def times(value: float) -> str:
    return f"{figure(value)} x"


def report(results: Results) -> str:
    """Everything that was measured."""
    parts = [_machine(results)]
    for section in (_aims, _latency, _throughput, _parquet, _narwhals, _startup, _growth):
        parts += section(results)
    return "\n".join(parts)


def _machine(results: Results) -> str:
    about, checked = results["about"], results["checked"]
    rows = [[name, value] for name, value in results["machine"].items()]
    counts = sorted(set(checked.values()))
    loads = ", ".join(f"{load:.1f}" for load in results.get("loads", [])) or "not recorded"
    quick = " A quick run, for trying out." if results["quick"] else ""
    return (
        table(["machine and versions", ""], rows)
        + f"\n{about['rules']} rules, {about['instances']} with each option's counted. "
        + f"Outcomes compared, and identical, on {counts[0]:,} random cases: {', '.join(checked)}. "
        + f"Load average: {about['load']:.1f} at the start, {loads} later.{quick}\n"
    )


# --- the aims --------------------------------------------------------------------------------------


def _aims(results: Results) -> list[str]:
    rows = []

    def aim(text: str, wanted: str, found: str, met: bool) -> None:
        rows.append([text, wanted, found, "met" if met else "**not met**"])

    if "latency" in results:
        of = results["latency"]["times"]
        faster = ratio(of["clipspy"], of["decide"])
        aim("`decide` against clipspy", "at least 20 times faster", f"{faster:.1f} times", faster >= 20)
        slower = ratio(of["consultation (full trace)"], of["clipspy"])
        aim("whole consultation, full trace, against clipspy", "within 5 times", times(slower), slower <= 5)
    if "sparse 4000" in results.get("growth", {}):
        grown = _grown(results, "sparse", "consultation")
        wanted = "at most 3 times"
        aim("one consultation at 4,000 rules against 400 (sparse)", wanted, times(grown), grown <= 3)
    if "throughput" in results:
        size, found = max(results["throughput"]["sizes"].items(), key=lambda pair: int(pair[0]))
        above = _floors(found, "population")
        text = f"population in memory against the copy floor, {int(size):,} cases"
        aim(text, "at most 3 times", times(above), above <= 3)
        loop = median(results["throughput"]["loops"]["clipspy"]["later"])
        more = loop / median(_medians(found["population"]))
        aim(
            "population against a loop of clipspy", "at least 1,000 times", f"{more:,.0f} times", more >= 1000
        )
        parquet = results["throughput"]["parquet"]
        most = max(parquet, key=int)
        rate = int(most) / parquet[most]["seconds"]
        text = f"Parquet to Parquet, {int(most):,} cases, start-up included"
        aim(text, "at least 2 million cases a second", f"{rate / 1e6:.2f} million", rate >= 2e6)
        sizes = sorted((size for size in parquet if int(size) > 1), key=int)
        peaks = [parquet[size]["peak"] for size in sizes]
        shown = ", ".join(
            f"{p:,.0f} MB at {int(s) / 1e6:.0f} million" for p, s in zip(peaks, sizes, strict=True)
        )
        bounded = len(sizes) > 1 and peaks[-1] / peaks[-2] <= 1.25
        text = "memory bounded: its peak at the longest input against the one before"
        aim(text, "at most 1.25 times", shown, bounded)
    return ["## The aims\n", table(["aim", "wanted", "measured", ""], rows)] if rows else []


def _medians(rounds: list[Any]) -> list[float]:
    return [median(one["later"]) for one in rounds]


def _floors(found: Any, engine: str) -> float:
    return ratio(_medians(found[engine]), _medians(found["copy floor"]))


def _grown(results: Results, kind: str, what: str) -> float:
    growth = results["growth"]
    value: float = growth[f"{kind} 4000"][what] / growth[f"{kind} 400"][what]
    return value


# --- sections --------------------------------------------------------------------------------------


def _latency(results: Results) -> list[str]:
    if "latency" not in results:
        return []
    of, leak = results["latency"]["times"], results["latency"]["leak"]
    rows = [
        [name, figure(median(taken)), figure(min(taken)), times(ratio(taken, of["clipspy"]))]
        for name, taken in sorted(of.items(), key=lambda pair: median(pair[1]))
    ]
    leaks = [[name, *(f"{figure(value)}" for value in values)] for name, values in leak.items()]
    count = len(leak["patched"])
    return [
        "## One consultation, warm\n",
        table(["engine", "µs (median)", "µs (least)", "of clipspy"], rows),
        "clipspy with Fact objects, µs a case by blocks of cases, one block after another:\n",
        table(["Fact.__del__", *(f"block {n}" for n in range(1, count + 1))], leaks),
    ]


def _throughput(results: Results) -> list[str]:
    if "throughput" not in results:
        return []
    found, loops = results["throughput"], results["throughput"]["loops"]
    sizes = sorted(found["sizes"], key=int)
    head = ["engine", *(f"{int(size):,}" for size in sizes), *(f"of the floor, {int(s):,}" for s in sizes)]
    head += ["first run", "peak MB"]
    largest = found["sizes"][sizes[-1]]
    rows = []
    for engine in largest:
        of = [found["sizes"][size] for size in sizes]
        kind = f" ({largest[engine][0]['kind']})" if "kind" in largest[engine][0] else ""
        cells = [figure(median(_medians(one[engine]))) for one in of]
        cells += [times(_floors(one, engine)) for one in of]
        first = figure(median(one["first"] for one in largest[engine]))
        rows.append([engine + kind, *cells, first, figure(max(one["peak"] for one in largest[engine]))])
    floor = median(_medians(largest["copy floor"]))
    for engine, one in sorted(loops.items(), key=lambda pair: median(pair[1]["later"])):
        cost = median(one["later"])
        blanks = ["-"] * (len(sizes) - 1)
        name = f"{engine}, {'batches of 1,000' if engine == 'seine-rs' else 'loop'} *"
        rows.append([name, *blanks, figure(cost), *blanks, times(cost / floor), "-", figure(one["peak"])])
    counts = ", ".join(f"{name} {one['scaled']:,}" for name, one in loops.items())
    note = f"\\* scaled from fewer cases ({counts}); none of their results are kept.\n"
    size = f"A case has {found['bytes']:.1f} bytes of results. "
    size += f"First run and peak memory are those at {int(sizes[-1]):,} cases.\n"
    return ["## Throughput: ns a case, tables resident in memory\n", table(head, rows), size, note]


def _parquet(results: Results) -> list[str]:
    parquet = results.get("throughput", {}).get("parquet")
    if not parquet:
        return []
    start = parquet["1"]["seconds"]
    rows = []
    for size in sorted((size for size in parquet if int(size) > 1), key=int):
        one, count = parquet[size], int(size)
        with_start = f"{count / one['seconds'] / 1e6:.2f} million"
        without = f"{count / (one['seconds'] - start) / 1e6:.2f} million"
        cells = [
            f"{one['seconds']:.2f}",
            with_start,
            without,
            figure(one["peak"]),
            figure(one["bytes"] / 1e6),
        ]
        rows.append([f"{count:,}", *cells])
    head = ["cases", "seconds", "cases a second", "without start-up", "peak MB", "MB written"]
    return [
        "## Parquet to Parquet: the command `population run`\n",
        table(head, rows),
        f"Start-up is the same command on one case: {start:.2f} s.\n",
    ]


def _narwhals(results: Results) -> list[str]:
    if "throughput" not in results:
        return []
    rows = [[name, figure(taken)] for name, taken in results["throughput"]["plans"].items()]
    return ["## The plan for one table\n", table(["made", "ms"], rows)]


def _startup(results: Results) -> list[str]:
    if "startup" not in results:
        return []
    found = results["startup"]
    alone = found["interpreter alone"]
    rows = []
    for name, taken in sorted(found.items(), key=lambda pair: median(pair[1])):
        added = 1e3 * median(a - b for a, b in zip(taken, alone, strict=True))
        five = times(ratio(taken, found["five rules on plain experta"]))
        rows.append([name, figure(1e3 * median(taken)), figure(added) if taken != alone else "-", five])
    head = ["process", "ms", "over the interpreter", "of the five rules"]
    return ["## Start-up: whole processes\n", table(head, rows)]


def _growth(results: Results) -> list[str]:
    growth = results.get("growth")
    if not growth:
        return []
    names = {
        "load": "load, ms",
        "lint": "lint, ms",
        "prepare": "first consultation, ms",
        "compile": "first decision, ms",
        "fired": "rules that fire",
        "consultation": "one consultation, ms",
        "decide": "`decide`, ms",
        "clipspy": "clipspy, ms",
        "experta": "plain experta, ms",
        "population": f"{'100 thousand' if results['quick'] else '1 million'} cases, ms",
        "peak": "peak MB",
    }
    head = ["", *(key.replace("4000", "4,000") for key in growth)]
    last = [(kind, f"{kind} 4000") for kind in ("sparse", "dense") if f"{kind} 4000" in growth]
    head += [f"{kind}, 4,000 / 400" for kind, _ in last]
    rows = []
    for key, name in names.items():
        cells = [figure(one[key]) for one in growth.values()]
        rows.append([name, *cells, *(times(_grown(results, kind, key)) for kind, _ in last)])
    return ["## Growth with the number of rules\n", table(head, rows)]


# --- into the document -----------------------------------------------------------------------------


def write(path: Path, text: str) -> None:
    """Put the results between their marks in a document."""
    before, _, rest = path.read_text("utf-8").partition(START)
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{START}\n\n{text}\n{END}{after}", "utf-8")


def draw(path: Path, results: Results) -> None:
    """A plot of latency and of throughput, on logarithmic axes."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({"svg.hashsalt": "race", "font.size": 9, "svg.fonttype": "none"})
    panels: list[tuple[list[tuple[str, float]], str, str]] = []
    if latency := results.get("latency"):
        rows = [(name, median(taken)) for name, taken in latency["times"].items()]
        panels.append((rows, "µs", "One consultation, warm"))
    if throughput := results.get("throughput"):
        size, found = max(throughput["sizes"].items(), key=lambda pair: int(pair[0]))
        rows = [(name, median(_medians(rounds))) for name, rounds in found.items()]
        rows += [(f"{name} *", median(one["later"])) for name, one in throughput["loops"].items()]
        panels.append((rows, "ns a case", f"{int(size):,} cases in memory (* loops, scaled)"))
    if not panels:
        return
    figure_, axes = plt.subplots(
        1, len(panels), figsize=(5.5 * len(panels), 4.2), layout="constrained", squeeze=False
    )
    for (rows, unit, title), place in zip(panels, axes[0], strict=True):
        _bars(place, sorted(rows, key=lambda pair: -pair[1]), unit, title)
    figure_.savefig(path, metadata={"Date": None})
    plt.close(figure_)


def _bars(axes: Any, rows: list[tuple[str, float]], unit: str, title: str) -> None:
    colours = ["#1f77b4" if name.startswith(OURS) else "#b0b0b0" for name, _ in rows]
    bars = axes.barh([name for name, _ in rows], [value for _, value in rows], color=colours)
    axes.bar_label(bars, [figure(value) for _, value in rows], padding=3)
    axes.set(xscale="log", xlabel=unit, title=title)
    axes.set_xlim(min(value for _, value in rows) / 2, max(value for _, value in rows) * 6)
    axes.spines[["top", "right"]].set_visible(False)
