"""Tables of what was measured, as Markdown that also reads well in a terminal."""

import statistics

BEGIN = "<!-- The table begins here. `make bench` writes it; nobody edits it. -->"
END = "<!-- The table ends here. -->"


def spread(values, write):
    """The median, with the least and the greatest."""
    values = sorted(values)
    return f"{write(statistics.median(values))} [{write(values[0])} to {write(values[-1])}]"


def rate(value):
    if value >= 1e6:
        return f"{value / 1e6:.2f} M"
    return f"{value / 1e3:.1f} k" if value >= 1e3 else f"{value:.0f}"


def plain(digits):
    return lambda value: f"{value:,.{digits}f}"


def whole(value):
    return f"{value:,.0f}"


def milliseconds(microseconds):
    return f"{microseconds / 1e3:.1f}"


def grid(head, rows):
    """A table whose columns are as wide as their cells."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines)


def adds(repetitions):
    """Durable adds: rates and latencies side by side, ratios within each repetition."""
    works = list(dict.fromkeys(work for work, _ in repetitions[0]))
    names = list(dict.fromkeys(name for _, name in repetitions[0]))
    head = ["adds, acknowledged when durable", "C limit, members/s", "Muster, members/s", "Muster / C",
            "Muster p50 / p99, µs", "C p50 / p99, µs"]
    if "redis" in names:
        head += ["Redis, members/s", "Muster / Redis", "Redis p50 / p99, µs"]
    rows = []
    for work in works:
        def values(name, what, work=work):
            return [one[work, name][what] for one in repetitions]

        def ratio(name, work=work):
            return spread(
                [one[work, "muster"]["rate"] / one[work, name]["rate"] for one in repetitions], plain(2))

        def latency(name):
            return " / ".join(whole(statistics.median(values(name, what))) for what in ("p50", "p99"))

        row = [work, spread(values("limit", "rate"), rate), spread(values("muster", "rate"), rate),
               ratio("limit"), latency("muster"), latency("limit")]
        if "redis" in names:
            row += [spread(values("redis", "rate"), rate), ratio("redis"), latency("redis")]
        rows.append(row)
    return grid(head, rows)


def databases(repetitions):
    """The same beside databases, which commit a transaction a connection; the better of them is what counts."""
    names = [name for name in ("postgres", "sqlite") if any(key[1] == name for key in repetitions[0])]
    titles = {"postgres": "PostgreSQL", "sqlite": "SQLite, in process"}
    rows = []
    for work in dict.fromkeys(work for work, name in repetitions[0] if name in names):
        there = [name for name in names if (work, name) in repetitions[0]]
        row = [work, spread([one[work, "muster"]["rate"] for one in repetitions], rate)]
        row += [
            spread([one[work, name]["rate"] for one in repetitions], rate) if name in there else "-" for name in names]
        row.append(spread(
            [one[work, "muster"]["rate"] / max(one[work, name]["rate"] for name in there) for one in repetitions],
            plain(2)))
        rows.append(row)
    head = ["adds, acknowledged when durable", "Muster, members/s"]
    return grid([*head, *(f"{titles[name]}, rows/s" for name in names), "Muster / the better"], rows) if names else ""


def pauses(grown, limits):
    """What the two clients saw that looked for pauses, beside what they saw of the limit."""
    rows = []
    for kind, what in (("ping", "ping"), ("add", "one durable add")):
        for prefix, repetitions, name in (
                ("growth", grown, "Muster"), ("limit", limits, "C limit, which makes no segments and no snapshots")):
            def values(key, prefix=prefix, repetitions=repetitions, kind=kind):
                return [one[f"{prefix}.{kind}.{key}"] for one in repetitions]
            rows.append([
                f"{what} every 2 ms, {name}", spread(values("max"), milliseconds),
                spread(values("p999"), milliseconds), spread(values("p50"), milliseconds),
                f"{sum(values('over20ms')):,} of {sum(values('commands')):,}",
                spread(values("late"), milliseconds)])
    return grid(
        ["while an audience grows", "longest, ms", "p99.9, ms", "p50, ms", "over 20 ms",
         "the client's own lateness, ms"], rows)


def reached(found):
    """The members of the audience that grew, the last time it did; the watching client's adds are among them."""
    return found["growth"][-1]["members"]


def others(found, events):
    """The figures that stand alone."""
    rows = []

    def row(name, repetitions, figure, write):
        if repetitions:
            rows.append([name, spread([figure(one) for one in repetitions], write), str(len(repetitions))])

    row("start to first answer, empty log, ms", found["empty"], lambda one: one["seconds"] * 1e3, plain(1))
    row("resident memory, empty log, MiB", found["empty"], lambda one: one["rss"] / (1 << 20), plain(1))
    row("growth by frames of 1,000, members/s", found["growth"], lambda one: one["growth.rate"], rate)
    row("snapshots written meanwhile", found["growth"], lambda one: one["snapshots"], whole)
    for stop, words in (
            ("frame", "deciding and applying a frame of 1,000"), ("commit", "writing and syncing a commit"),
            ("rotation", "the same, with the beginning of a segment"),
            ("snapshot", "handing the state over to a snapshot")):
        row(f"longest stop of the engine in growth, {words}, ms", found["growth"],
            lambda one, stop=stop: one["stops"][stop] / 1e3, plain(1))
    row("longest stop of threads that only spin, before a growth, ms",
        [one for one in found["growth"] if one["steady"] is not None], lambda one: one["steady"], plain(1))
    row("processor time that the host took away in growth, % of the time used", found["growth"],
        lambda one: one["stolen"], plain(1))
    row("a whole sync of the grown audience, from the command to its end, s", found["streaming"],
        lambda one: one["whole"], plain(2))
    row("commits of 1 MiB by the log's writer alone, MB/s", found["commits"], lambda one: one["log"] / 1e6, whole)
    row("the same bytes only written and synced, MB/s", found["commits"], lambda one: one["plain"] / 1e6, whole)
    row("the first of these two / the second", found["commits"], lambda one: one["ratio"], plain(2))
    row("times that a thread of an idle daemon woke up, a second", found["idle"],
        lambda one: one["wakes"] / one["seconds"], plain(2))
    row("musterd, static and stripped, MB", found["idle"], lambda one: one["program"] / 1e6, plain(1))
    for log, words, count in (
            ("frames", "members/s of a log of frames", found["growing"][-1]["members"] if found["growing"] else 0),
            ("singles", "events/s of a log of single commands", events)):
        for tool, what in (
                ("dump", "log dump, nothing applied"), ("verify", "log verify, nothing applied"),
                ("replay", "log replay, applied")):
            row(f"{what}, {words}", [one[tool] for one in found[log]],
                lambda one, count=count: count / one["seconds"], rate)
    return grid(["", "median [least to greatest]", "repetitions"], rows) if rows else ""


def has_place(path):
    """Whether a file has the two lines that mark the table's place, once each."""
    text = path.read_text() if path.is_file() else ""
    return text.count(BEGIN) == text.count(END) == 1


def insert(path, text):
    """Puts a table between the two lines of a file that mark its place."""
    old = path.read_text()
    before, rest = old.split(BEGIN)
    _, after = rest.split(END)
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
