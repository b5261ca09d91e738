"""The results of a race as tables in Markdown, and as a plot."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from measure import median, ratio
from workers import FULL, NOT_FIRED

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
    for section in (_aims, _latency, _records, _throughput, _parquet, _plans, _startup, _growth, _all_cases):
        parts += section(results)
    return "\n".join(parts)


def _machine(results: Results) -> str:
    about, checked = results["about"], results["check"]
    rows = [[name, value] for name, value in results["machine"].items()]
    counts = sorted(set(checked.values()))
    taken = results["taken"].items()
    loads = ", ".join(f"{name} {one['load']:.1f} ({one['seconds']:.0f} s)" for name, one in taken)
    quick = " A quick run, for trying out." if results["quick"] else ""
    return (
        table(["machine and versions", ""], rows)
        + f"\n{about['rules']} rules, {about['instances']} with each option's counted. "
        + f"Outcomes compared, and identical, on {counts[0]:,} random cases: {', '.join(checked)}. "
        + f"Load average {about['load']:.1f} at the start, and at the end of each part, with the time that "
        + f"it took: {loads}.{quick}\n"
    )


# --- the aims --------------------------------------------------------------------------------------


class Aims:
    """What was to be reached, what was, and what stands in the way of the rest."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.obstacles: list[str] = []

    def add(self, text: str, wanted: str, found: str, met: bool, obstacle: str) -> None:
        self.rows.append([text, wanted, found, "met" if met else "**not met**"])
        if not met:
            self.obstacles.append(f"- *{text}*: {obstacle}")

    def most(self, text: str, found: float, limit: float, obstacle: str) -> None:
        """An aim that is met by a ratio of no more than a limit."""
        self.add(text, f"at most {limit:g} x", times(found), found <= limit, obstacle)

    def blocks(self) -> list[str]:
        blocks = ["## The aims\n", table(["aim", "wanted", "measured", ""], self.rows)]
        if self.obstacles:
            blocks += ["What stands in the way:\n", "\n".join(self.obstacles) + "\n"]
        return blocks if self.rows else []


STARTS = {
    "whole consultation, JSON": "start-up of `consult`, of the bare imports of experta, typer and tabulate",
    "whole consultation, printed and recorded": "the same, with a printed result and a record that is kept",
}
OBSTACLES = {
    "consultation": "each firing goes through experta's own loop, agenda and list of facts, which are "
    "Python; what it rested on is found, in words, by what its condition asks of the case. clipspy gives "
    "back names.",
    "not fired": "of each rule that did not fire it is found, by what its condition asks of the case, which "
    "part failed and why; no peer says that. The record has it: `consult --json` and the ledger write it.",
    "floor": "every operation reads columns that others wrote, and writes one; the floor writes once. Of the "
    "processors' time a fourth goes into reading the answers, a fourth into numbers, a fourth into making "
    "bytes of truths and truths of bytes, an eighth into combining them, and the rest into the names "
    "that are shown.",
    "by hand": "both follow the same steps.",
    "parquet": "every cell is checked (a text that is no answer, a number out of its range) before it is an "
    "answer, and the rules are run; bare Polars copies. Beside that stands the start of the command itself.",
    "flat": "a longer run meets more often a moment at which many rows are read, followed and written.",
    "open rules": "what a case leaves open is computed of all rules, by a function written down once; "
    "where more rules have not fired yet in any case, more records of firings are made for the first time.",
    "compile": "every instance is read twice, as what holds and as what may hold yet, in Python; the work is "
    "ten times that at 400, and the objects no longer fit the processor's caches.",
    "open": "what is kept is made into Python's objects again, one by one.",
    "startup": "the command imports its own modules, opens the knowledge base, says in words why each rule "
    "fired or did not, and writes that down.",
    "other": "see the table.",
}


def _aims(results: Results) -> list[str]:
    aims = Aims()
    for part in (_aims_of_cases, _aims_of_tables, _aims_of_parquet, _aims_of_records, _aims_of_growth):
        part(results, aims)
    return aims.blocks()


def _aims_of_cases(results: Results, aims: Aims) -> None:
    if "latency" in results:
        of = results["latency"]["times"]
        faster = ratio(of["clipspy"], of["decide"])
        text = "`decide` against clipspy"
        aims.add(text, "at least 20 times faster", f"{faster:.1f} times", faster >= 20, OBSTACLES["other"])
        slower = ratio(of[FULL], of["clipspy"])
        aims.most(
            "a consultation with the trace of all its firings, of clipspy",
            slower,
            4,
            OBSTACLES["consultation"],
        )
        slower = ratio(of[NOT_FIRED], of["clipspy"])
        text = "the same, with why all other rules did not fire, of clipspy"
        aims.most(text, slower, 4, OBSTACLES["not fired"])
    if "startup" in results:
        of = results["startup"]
        bare = of["bare imports: experta, typer, tabulate"]
        for name, text in STARTS.items():
            aims.most(text, ratio(of[name], bare), 1.2, OBSTACLES["startup"])


def _aims_of_tables(results: Results, aims: Aims) -> None:
    if "tables" not in results:
        return
    sizes = results["tables"]["sizes"]
    for size in sorted(sizes, key=int)[:2]:
        fastest = min(
            ("Polars alone", "Polars at its best"), key=lambda name: median(_medians(sizes[size][name]))
        )
        found = ratio(_medians(sizes[size]["population"]), _medians(sizes[size][fastest]))
        text = f"population in memory, {int(size):,} cases, of Polars by hand (the faster of both)"
        aims.most(text, round(found, 2), 1, OBSTACLES["by hand"])
    size, found = max(sizes.items(), key=lambda pair: int(pair[0]))
    text = f"population in memory, {int(size):,} cases, of the copy floor"
    aims.most(text, _floors(found, "population"), 3, OBSTACLES["floor"])
    if "loops" in results:
        more = median(results["loops"]["clipspy"]["later"]) / median(_medians(found["population"]))
        text = "population against a loop of clipspy"
        aims.add(text, "at least 1,000 times", f"{more:,.0f} times", more >= 1000, OBSTACLES["other"])


def _aims_of_parquet(results: Results, aims: Aims) -> None:
    parquet = results.get("parquet", {})
    sizes = sorted((size for size in parquet if int(size) > 1), key=int)
    for size in sizes:
        one = parquet[size]
        found = ratio(one["population run"]["seconds"], one["bare Polars"]["seconds"])
        text = f"Parquet to Parquet, {int(size):,} cases, start-up included, of bare Polars"
        aims.most(text, found, 2, OBSTACLES["parquet"])
    if len(sizes) > 1:
        peaks = [parquet[size]["population run"]["peak"] for size in sizes]
        shown = ", ".join(f"{p:,.0f} MB at {int(s):,}" for p, s in zip(peaks, sizes, strict=True))
        flat = peaks[-1] <= 1.25 * peaks[0]
        aims.add("peak memory flat", "at most 1.25 x the first", shown, flat, OBSTACLES["flat"])


def _aims_of_records(results: Results, aims: Aims) -> None:
    if "records" not in results:
        return
    one = results["records"]
    shown = f"{one['stored']:,.0f} bytes, the longest {one['most']:,}"
    aims.add(
        "the content of a record, on average", "under 6 kB", shown, one["stored"] < 6_000, OBSTACLES["other"]
    )
    again = ratio(one["times"]["again"], one["times"]["once"])
    text = "`audit replay --all`, of running and writing the same consultations once"
    aims.most(text, again, 1.5, OBSTACLES["other"])


def _aims_of_growth(results: Results, aims: Aims) -> None:
    growth = results.get("growth", {})
    if "sparse 4000" not in growth:
        return
    grown = _grown(results, "sparse", "consultation")
    aims.most("one consultation at 4,000 rules, of 400 (sparse)", grown, 3, OBSTACLES["open rules"])
    for kind in ("sparse", "dense"):
        one = growth[f"{kind} 4000"]
        for text, what, limit, obstacle in (
            (f"a first `decide` at 4,000 rules ({kind})", "compile", 300, "compile"),
            (f"4,000 rules opened the second time ({kind})", "again", 200, "open"),
        ):
            found = f"{one[what]:,.0f} ms"
            aims.add(text, f"under {limit} ms", found, one[what] < limit, OBSTACLES[obstacle])
        grown = _grown(results, kind, "compile")
        aims.most(f"a first `decide` at 4,000 rules, of 400 ({kind})", grown, 12, OBSTACLES["compile"])


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
    if "tables" not in results:
        return []
    found, loops = results["tables"], results.get("loops", {})
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
    parquet = results.get("parquet")
    if not parquet:
        return []
    rows = []
    for size in sorted(parquet, key=int):
        ours, bare = parquet[size]["population run"], parquet[size]["bare Polars"]
        took = median(ours["seconds"])
        rate = f"{int(size) / took / 1e6:.2f} million" if int(size) > 1 else "-"
        beside = times(ratio(ours["seconds"], bare["seconds"]))
        cells = [
            f"{took:.2f}",
            f"{median(bare['seconds']):.2f}",
            beside,
            rate,
            figure(ours["peak"]),
            figure(bare["peak"]),
        ]
        rows.append([f"{int(size):,}", *cells, figure(parquet[size]["bytes"] / 1e6)])
    head = [
        "cases",
        "seconds",
        "bare Polars",
        "ratio",
        "cases a second",
        "peak MB",
        "of bare Polars",
        "MB written",
    ]
    return [
        "## Parquet to Parquet: the command `population run`\n",
        table(head, rows),
        "Bare Polars is a fresh process that imports Polars, reads every cell of the cases, and copies a "
        "file of the same results. One case is what starting costs.\n",
    ]


def _plans(results: Results) -> list[str]:
    if "tables" not in results:
        return []
    rows = [[name, figure(taken)] for name, taken in results["tables"]["plans"].items()]
    return ["## Making the plan\n", table(["plan", "ms"], rows)]


def _records(results: Results) -> list[str]:
    if "records" not in results:
        return []
    one = results["records"]
    rows = [
        ["content as text, bytes", f"{one['text']:,.0f}"],
        ["content as stored, bytes", f"{one['stored']:,.0f}"],
        ["the longest, bytes", f"{one['most']:,}"],
        ["of the file, header and index included, bytes", f"{one['file']:,.0f}"],
        ["running it once and writing it as JSON, ms", figure(median(one["times"]["once"]))],
        ["`audit replay --all` on all processors, ms", figure(median(one["times"]["again"]))],
    ]
    return ["## A record\n", table(["a consultation of random answers", ""], rows)]


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
        "twenty": "first twenty decisions, compiled meanwhile, ms",
        "again": "opened the second time, by another process, ms",
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
        if any(key not in one for one in growth.values()):
            continue  # kept results may be from before it was measured
        cells = [figure(one[key]) for one in growth.values()]
        rows.append([name, *cells, *(times(_grown(results, kind, key)) for kind, _ in last)])
    return ["## Growth with the number of rules\n", table(head, rows)]


def _all_cases(results: Results) -> list[str]:
    if "all_cases" not in results:
        return []
    rows = [[name, *cells, *[""] * (5 - len(cells))] for name, cells in results["all_cases"].items()]
    head = ["knowledge base", "first question", "all questions", "why not", "diff", "load"]
    note = (
        "Seconds of processor time; ! marks what misses its aim: 0.3 s for a first question and for why not, "
    )
    return [
        "## What is said of all cases\n",
        table(head, rows),
        note + "1 s for the diff of the heating base.\n",
    ]


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
    if tables := results.get("tables"):
        size, found = max(tables["sizes"].items(), key=lambda pair: int(pair[0]))
        rows = [(name, median(_medians(rounds))) for name, rounds in found.items()]
        loops = results.get("loops", {})
        rows += [(f"{name} *", median(one["later"])) for name, one in loops.items()]
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
