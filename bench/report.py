#!/usr/bin/python3
"""RESULTS.md and charts from the results.json that measure.py wrote: report.py DIRECTORY."""
import json
import pathlib
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent

# operation: how many times cheaper than the peer it is to be at least, and what share of the bare
# statements' cost it is to have at most
GOALS = {
    "create": (4, 1.2),
    "create with a door": (None, None),
    "create in a set": (5, None),
    "check granted": (4, 0.8),
    "check refused": (None, None),
    "check unknown": (10, 0.4),
    "request granted": (3.5, 0.7),
    "request refused": (3.5, 0.8),
    "request unknown": (None, None),
    "update of the end": (3, 1.5),
    "update of the code": (3, 1.5),
    "delete": (2, 0.9),
    "user with a group": (None, None),
    "get": (None, None),
    "list of a user": (None, None),
    "list of a system": (None, None),
}
# operation: what it is compared with, and how many times that at most
RELATIVE_GOALS = {
    "JSON of a credential": ("row_to_json", 1.5),
    "request of a get": ("get", 2.5),
}
STORAGE_GOAL, GROWTH_GOAL, WINDOWS_GOAL, IMPORT_GOAL, LIST_GOAL = 0.85, 1.3, 1.2, 1.2, 2000
NAMES = {"acs": "extension", "peer": "peer", "temporal": "peer, temporal key", "bare": "bare statements"}


# ---------- numbers ----------

def median(costs, kind=0):
    """Of [[processor, wall], ...] the processor time, or the wall time."""
    return statistics.median(cost[kind] for cost in costs)


def spread(costs):
    """Median and quartiles of the processor time."""
    times = [cost[0] for cost in costs]
    if len(times) < 2:
        return number(times[0])
    low, middle, high = statistics.quantiles(times, n=4, method="inclusive")
    return f"{number(middle)} ({number(low)}–{number(high)})"


def number(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def ratio(value, at_least=None, at_most=None):
    """A ratio, and if there is a goal, whether it is met."""
    goal = f"≥ {at_least:g}" if at_least else f"≤ {at_most:g}" if at_most else None
    met = (not at_least or value >= at_least) and (not at_most or value <= at_most)
    return f"{value:.2f}", f"{goal}: {'met' if met else '**missed**'}" if goal else ""


def table(*rows):
    lines = ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]) + "\n"


# ---------- parts of RESULTS.md ----------

def about(results):
    facts = results["facts"]
    equal = sum(1 for _, _, equal in results["equality"] if equal)
    return f"""# What calls cost

Written by `bench/run`; [README.md](README.md) says how to read it.

{facts['server']}, extension {facts['extension']}, {facts['architecture']}, {facts['processors']} processors,
{facts['memory']} GB of memory, shared_buffers {facts['shared_buffers']}. Medians of {facts['rounds']} alternating rounds
of {facts['calls']} calls, and quartiles in parentheses. The peer was compared with the extension first:
{equal} of {len(results['equality'])} comparisons were equal.
"""


def operations(results):
    costs = results["operations"]["costs"]
    peers = [variant for variant in ("peer", "temporal") if variant in costs["create"]]
    rows = [["operation", "µs of processor", "wall", *(f"{NAMES[p]} ÷ it" for p in peers), "goal",
             "it ÷ bare", "goal"]]
    for operation, (at_least, at_most) in GOALS.items():
        of = costs[operation]
        mine = median(of["acs"])
        times_peer = [ratio(median(of[peer]) / mine, at_least=at_least) for peer in peers]
        share, share_goal = ratio(mine / median(of["bare"]), at_most=at_most)
        rows.append([operation, spread(of["acs"]), number(median(of["acs"], 1)),
                     *(text for text, _ in times_peer), times_peer[0][1], share, share_goal])
    relative = [["operation", "µs of processor", "wall", "compared with", "ratio", "goal"]]
    for operation, (other, at_most) in RELATIVE_GOALS.items():
        of, base = costs[operation]["acs"], costs[other]["acs"]
        relative.append([operation, spread(of), number(median(of, 1)), f"{other}, {number(median(base))} µs",
                         *ratio(median(of) / median(base), at_most=at_most)])
    absolute = [["µs of processor", *(NAMES[v] for v in [*peers, "bare"])]]
    for operation in GOALS:
        absolute.append([operation, *(spread(costs[operation][v]) for v in [*peers, "bare"])])
    return f"""
## Operations, {results['facts']['rows']:,} credentials

{table(*rows)}
{table(*relative)}
What the others take:

{table(*absolute)}
![Cost by operation](charts/operations.svg)
"""


def storage(results):
    sizes = results["operations"]["storage"]
    total = {variant: sum(size for _, size in relations) for variant, relations in sizes.items()}
    rows = [["bytes a credential", *(NAMES[v] for v in sizes)]]
    names = dict.fromkeys(name for relations in sizes.values() for name, size in relations if size >= 1)
    for name in names:
        found = [dict(relations).get(name) for relations in sizes.values()]
        rows.append([f"`{name}`", *("" if size is None else number(size) for size in found)])
    rows.append(["total", *(number(size) for size in total.values())])
    share, goal = ratio(total["acs"] / total["peer"], at_most=STORAGE_GOAL)
    rows.append(["extension ÷ peer", f"{share} ({goal})", *("" for _ in list(sizes)[1:])])
    return f"\n## Storage of a credential\n\n{table(*rows)}"


def grown(results, variant, of):
    """The cost where there are many, that where there are few being 1."""
    small, big = (of[f"{variant} {size}"] for size in results["growth"]["sizes"])
    return median(big) / median(small)


def growth_table(results, title, operations, with_goal):
    small, big = results["growth"]["sizes"]
    rows = [[title, f"{small:,}", f"{big:,}", "ratio", *(["goal"] if with_goal else []), "bare statements"]]
    for operation, of in operations.items():
        times, goal = ratio(grown(results, "acs", of), at_most=GROWTH_GOAL)
        rows.append([operation, spread(of[f"acs {small}"]), spread(of[f"acs {big}"]), times,
                     *([goal] if with_goal else []), f"{grown(results, 'bare', of):.2f}"])
    return table(*rows)


def growth(results):
    _, big = results["growth"]["sizes"]
    operations = {operation: of for operation, of in results["growth"]["costs"].items() if operation in GOALS}
    lists = [["first page", "ms of processor", "goal"]]
    for title, costs in results["growth"]["lists"].items():
        lists.append([title, f"{median(costs) / 1000:.2f}", ratio(median(costs) / 1000, at_most=LIST_GOAL / 1000)[1]])
    return f"""
## Growth, warm

Processor time, µs, where there are few credentials and where there are many; and how much dearer the bare
statements become. Each round reads the same rows again.

{growth_table(results, "operation", operations, True)}
The same where each round takes rows that none before it had, so that most of what is read is in memory
but in no cache of the processor.

{growth_table(results, "other rows", results["growth"]["other rows"], False)}
![Growth](charts/growth.svg)

### Lists at {big:,} credentials

{table(*lists)}"""


def past_windows(results):
    rows = [["past windows of the code", "create", "check", "peer: create", "peer: check"]]
    costs = results["past_windows"]["costs"]
    counts = list(costs["create"])
    columns = [(operation, variant) for variant in ("acs", "peer") for operation in ("create", "check granted")]
    for count in counts:
        rows.append([f"{int(count):,}", *(spread(costs[o][count][v]) for o, v in columns)])
    changes = [median(costs[o][counts[-1]][v]) / median(costs[o][counts[0]][v]) for o, v in columns]
    rows.append(["last ÷ first", *(" ".join(filter(None, (text, f"({goal})" if goal else ""))) for text, goal in (
        ratio(change, at_most=WINDOWS_GOAL if v == "acs" else None) for change, (_, v) in zip(changes, columns)))])
    return f"""
## Past windows of one code

Processor time, µs.

{table(*rows)}
![Past windows](charts/past_windows.svg)
"""


def imports(results):
    chunk, costs = results["import"]["chunk"], results["import"]["costs"]
    rows = [["rows", *(NAMES[v] for v in costs)]]
    for i in range(len(costs["acs"])):
        rows.append([f"{i * chunk + 1:,} to {(i + 1) * chunk:,}", *(number(costs[v][i][0]) for v in costs)])
    rows.append(["last ÷ first", *(" ".join(filter(None, ratio(
        costs[v][-1][0] / costs[v][0][0], at_most=IMPORT_GOAL if v == "acs" else None))) for v in costs)])
    return f"""
## Import in one transaction

A user with a code and a door, a row, into tables that were analyzed while they were small. Processor
time, µs. The goal, linear, is taken as a last part that costs no more than {IMPORT_GOAL} times the first.

{table(*rows)}"""


def clients(results):
    rates = results["clients"]["rates"]
    counts = list(next(iter(rates.values()))["acs"])
    rows = [["transactions a second", "", *(f"{count} clients" for count in counts)]]
    for operation, of in rates.items():
        for variant, values in of.items():
            rows.append([operation, NAMES[variant], *(f"{value:,.0f}" for value in values.values())])
        rows.append([operation, "extension ÷ peer", *(f"{of['acs'][c] / of['peer'][c]:.2f}" for c in counts)])
    return f"""
## Clients

Of pgbench on the same machine, which takes its share of the processors.

{table(*rows)}
![Clients](charts/clients.svg)
"""


# ---------- charts ----------

def block(name, rows):
    """A data block of gnuplot."""
    lines = [" ".join(f'"{cell}"' if isinstance(cell, str) else f"{cell:g}" for cell in row) for row in rows]
    return "\n".join([f"${name} << END", *lines, "END", ""])


def chart_data(results):
    """{chart: its data blocks}, for charts/*.gp."""
    charts = {}
    if "operations" in results:
        costs = results["operations"]["costs"]
        charts["operations"] = block("operations", (
            [operation, *(median(costs[operation][v]) for v in ("acs", "peer", "bare"))]
            for operation in GOALS if not operation.startswith("list")))
    if "growth" in results:
        small, big = results["growth"]["sizes"]
        charts["growth"] = f'small = "{small:,}"\nbig = "{big:,}"\n' + block("growth", (
            [operation, grown(results, "acs", of), grown(results, "bare", of)]
            for operation, of in results["growth"]["costs"].items() if operation in GOALS))
    if "past_windows" in results:
        costs = results["past_windows"]["costs"]
        charts["past_windows"] = block("windows", (
            [int(count), *(median(costs[o][count][v]) for o in ("create", "check granted") for v in ("acs", "peer"))]
            for count in costs["create"]))
    if "clients" in results:
        charts["clients"] = "".join(
            block(f"clients{i}", ([int(c), of["acs"][c], of["peer"][c]] for c in of["acs"]))
            for i, of in enumerate(results["clients"]["rates"].values())) + "".join(
            f'title{i} = "{operation}"\n' for i, operation in enumerate(results["clients"]["rates"]))
    return charts


def draw(results, out):
    (out / "charts").mkdir(exist_ok=True)
    common = (HERE / "charts" / "common.gp").read_text()
    for name, data in chart_data(results).items():
        script = f"set output '{out / 'charts' / name}.svg'\n" + common + data + (HERE / "charts" / f"{name}.gp").read_text()
        subprocess.run(["gnuplot"], input=script, text=True, check=True)


PARTS = {"operations": [operations, storage], "growth": [growth], "past_windows": [past_windows],
         "import": [imports], "clients": [clients]}


def write(out):
    """RESULTS.md, and the charts where there is gnuplot."""
    results = json.loads((out / "results.json").read_text())
    text = about(results)
    for part, writers in PARTS.items():
        if part in results:
            text += "".join(writer(results) for writer in writers)
    if (HERE / "missed.md").exists():
        text += "\n" + (HERE / "missed.md").read_text()
    (out / "RESULTS.md").write_text(text)
    if shutil.which("gnuplot") and not results["facts"]["smoke"]:
        draw(results, out)


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]))
