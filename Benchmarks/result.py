"""What a run found: as the text that stands in README.md, as JSON, and whether all of it is there."""

import math
import time

import beside
import table

PEER_NAMES = {"redisGrowing", "redisEmpty", "redisStarts"}


def rendered(run, about):
    """All tables, under the machine and the command they belong to."""
    found, sizes, quiet = run.found, run.sizes, run.quiet
    minutes = (time.monotonic() - run.begin) / 60
    about_machine = (
        f"{about['processor']}, {about['cores']} cores, {about['memoryGiB']} GiB; Linux {about['kernel']}; "
        f"{about['fileSystem']}.")
    noise = (
        "**Nothing waited for a quiet machine. These figures do not count.**" if not quiet.is_awaited else
        "The machine was quiet before every repetition." if quiet.noisy == 0 else
        f"**Noisy: before {quiet.noisy} of {quiet.repetitions} repetitions the machine was not 85 % idle. These "
        "figures do not count.**")
    parts = [
        f"{about['date']}, commit {about['commit']}. {about_machine} "
        f"Peers: {', '.join(about['peers']) or 'none installed'}.\n\n"
        f"    {about['command']}\n\nIt took {minutes:.1f} minutes. {noise}"]
    if found["adds"]:
        parts.append(
            f"Adds to {sizes.audiences} audiences, repetitions: {len(found['adds'])}, medians [least to greatest]:\n\n"
            + table.adds(found["adds"]))
        if databases := table.databases(found["adds"]):
            parts.append("The same by databases, with a transaction a command:\n\n" + databases)
    if found["growth"]:
        parts.append(
            f"{table.reached(found):,} members in one audience, frames of 1,000, {sizes.growth_depth} in flight, "
            f"repetitions: {len(found['growth'])}. The rule: never more than 20 ms.\n\n"
            + table.pauses(found["growth"], found["limit"]))
    for words, rows in beside.tables(found, sizes):
        parts.append(f"{words}\n\n{rows}")
    if others := table.others(found, sizes.events):
        parts.append(f"What stands alone; {sizes.events:,} single commands:\n\n{others}")
    return "\n\n".join(parts)


def as_json(run, about):
    found = dict(run.found)
    found["adds"] = [
        [{"work": work, "server": name, **value} for (work, name), value in one.items()] for one in found["adds"]]
    sizes = {name: value for name, value in vars(run.sizes).items() if isinstance(value, (int, float))}
    return {"about": about, "sizes": sizes, "noisy": run.quiet.noisy, "waits": run.quiet.repetitions, **found}


# What may rightly be nothing.
OFTEN_NOTHING = {
    "quiet", "snapshots", "wakes", "stolen", "stops", "late", "over20ms", "realtime", "worst", "tls", "steady"}


def missing(run):
    """The names of what was to be measured and has no figure, or none that can be."""
    expected = set(run.found) - PEER_NAMES - {"large"}
    gaps = [name for name in sorted(expected) if not run.found[name]]
    return gaps + [where for name in sorted(expected) for where in unlikely(run.found[name], name)]


def unlikely(value, where):
    """Where a figure is no number, or none where something took time or room."""
    if isinstance(value, dict):
        for name, inner in value.items():
            words = name if isinstance(name, str) else ", ".join(name)
            if words.split(".")[-1] not in OFTEN_NOTHING:
                yield from unlikely(inner, f"{where}.{words}")
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from unlikely(inner, where)
    elif not isinstance(value, (int, float)) or not math.isfinite(value) or value <= 0:
        yield where
