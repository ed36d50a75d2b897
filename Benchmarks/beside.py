"""Tables of starts, memory, growth, lists and streams, each beside its peer; a ratio is taken within a repetition."""

import statistics

from table import grid, plain, rate, spread, whole

MEGA = 1e6


def tables(found, sizes):
    """Each table that something was measured for, with the words over it."""
    for words, make in (
            (starts_words, starts), (memory_words, memory), (growth_words, growth), (lists_words, lists),
            (streams_words, streams)):
        if rows := make(found):
            yield words(found, sizes), rows


def repetitions(found, name):
    return f"repetitions: {len(found[name])}"


def starts_words(found, sizes):
    return (
        f"From the start of the process to the first answer, {found['starts'][-1]['log']['members']:,} members in one "
        f"audience, {repetitions(found, 'starts')}"
        + ("; the last column compares members a second:" if found["redisStarts"] else ":"))


def starts(found):
    rows = []
    ours = [{**one, "singles": single} for one, single in zip(found["starts"], found["singlesStart"])]
    for source, words, peer in (
            ("snapshot", "from the snapshot", "RDB file"),
            ("log", "from the log alone, frames of 1,000", "AOF of single SADDs"),
            ("singles", "from a log of single commands alone", "AOF of as many single SADDs")):
        def members_a_second(repetitions, source=source):
            return [one[source]["members"] / one[source]["seconds"] for one in repetitions]

        if not ours:
            continue
        row = [words, spread([one[source]["seconds"] for one in ours], plain(2)),
               spread(members_a_second(ours), rate)]
        if theirs := found["redisStarts"]:
            row += [
                peer, spread([one[source]["seconds"] for one in theirs], plain(2)),
                spread([mine / its for mine, its in zip(members_a_second(ours), members_a_second(theirs))], plain(1))]
        rows.append(row)
    head = ["start", "Muster, s", "Muster, members/s"]
    if found["redisStarts"]:
        head += ["Redis from", "Redis, s", "Muster / Redis"]
    return grid(head, rows) if rows else ""


def memory_words(found, sizes):
    return (
        f"Resident memory for each of {found['growing'][-1]['members']:,} members, bytes, less that of an empty "
        f"server; {repetitions(found, 'growing')}:")


def memory(found):
    rows = []
    grown = [one["steps"][-1] for one in found["growing"]]
    for what, words in (("rss", "when grown"), ("peak", "at the peak of growth")):
        if grown:
            rows.append(memory_row(
                words, [one[what] for one in grown], [one[what] for one in found["redisGrowing"]]))
    if found["starts"] and found["empty"]:
        base = statistics.median(one["rss"] for one in found["empty"])
        theirs = found["redisEmpty"][0]["rss"] if found["redisEmpty"] else 0
        for source, words in (
                ("snapshot", "at rest, started from the snapshot"), ("log", "at rest, started from the log")):
            rows.append(memory_row(
                words, [(one[source]["rss"] - base) / one[source]["members"] for one in found["starts"]],
                [(one[source]["rss"] - theirs) / one[source]["members"] for one in found["redisStarts"]]))
    head = ["memory, bytes a member", "Muster"]
    if found["redisGrowing"]:
        head += ["Redis set", "Muster / Redis"]
    return grid(head, rows) if grown else ""


def memory_row(words, ours, theirs):
    row = [words, spread(ours, plain(1))]
    if theirs:
        row += [spread(theirs, plain(1)), spread([mine / its for mine, its in zip(ours, theirs)], plain(2))]
    return row


def growth_words(found, sizes):
    grown = found["large"] or found["growing"]
    return (
        f"Growth of one audience by frames of 1,000, 8 in flight, repetitions: {len(grown)}; time is from the size "
        "before:")


def growth(found):
    """Time and bytes for each member at each size, and how even they are."""
    grown = found["large"] or found["growing"]
    if not grown:
        return ""
    count = min(len(one["steps"]) for one in grown)
    columns = [("seconds", lambda value: f"{value * 1e6:.2f}"), ("rss", plain(1)), ("peak", plain(1))]
    rows = []
    for index in range(count):
        steps = [one["steps"][index] for one in grown]
        rows.append(
            [whole(statistics.median(step["members"] for step in steps))]
            + [spread([step[name] for step in steps], write) for name, write in columns])
    uneven = ["greatest / least of these"]
    for name, _ in columns:
        uneven.append(spread(
            [max(step[name] for step in one["steps"][:count]) / min(step[name] for step in one["steps"][:count])
             for one in grown], plain(2)))
    return grid(
        ["members", "time, µs a member", "memory, bytes a member", "at the peak so far, bytes a member"],
        [*rows, uneven])


def lists_words(found, sizes):
    return (
        f"All {found['growing'][-1]['members']:,} members written to a file, 45 bytes each, "
        f"{repetitions(found, 'lists')}, members/s:")


def lists(found):
    if not found["lists"]:
        return ""
    titles = {"muster": "muster audience export", "postgres": "psql COPY", "redis": "Redis SSCAN"}
    names = [name for name in titles if name in found["lists"][0]]
    row = [spread([one[name]["rate"] for one in found["lists"]], rate) for name in names]
    head = [titles[name] for name in names]
    if len(names) > 1:
        head.append("Muster / the better")
        row.append(spread(
            [one["muster"]["rate"] / max(one[name]["rate"] for name in names[1:]) for one in found["lists"]], plain(2)))
    return grid(head, [row])


def streams_words(found, sizes):
    return (
        f"The same list, {found['streaming'][-1]['bytes'] / MEGA:,.0f} MB, streamed {over(found)} to a server that "
        f"discards it; commands are single adds by 63 clients to another audience; {repetitions(found, 'streaming')}:")


def over(found):
    return "over TLS" if all(one["tls"] for one in found["streaming"]) else "over plain HTTP on the loopback interface"


def streams(found):
    measured = found["streaming"]
    if not measured:
        return ""
    rows = []
    alone = [one["commands"]["alone"] for one in measured]
    for name, words in (("muster", "Muster's sync"), ("curl", "curl -T")):
        if name not in measured[0]["alone"]:
            continue
        commands = [one["commands"][name] for one in measured]
        rows.append([
            words, spread([one["alone"][name] / MEGA for one in measured], whole),
            spread([one["beside"][name] / MEGA for one in measured], whole), spread(commands, rate),
            spread([with_it / without for with_it, without in zip(commands, alone)], plain(2))])
    if len(rows) == 2:
        rows.append([
            "Muster / curl", spread([one["alone"]["muster"] / one["alone"]["curl"] for one in measured], plain(2)),
            spread([one["beside"]["muster"] / one["beside"]["curl"] for one in measured], plain(2)), "", ""])
    rows.append(["nothing is streamed", "", "", spread(alone, rate), ""])
    return grid(
        ["stream", "alone, MB/s", "beside commands, MB/s", "commands meanwhile, members/s", "of their rate alone"],
        rows)
