"""What is measured, one function for each repetition of it; every one gives plain figures by name."""

import contextlib
import json
import shutil
import signal
import statistics
import subprocess
import time

import machine
from servers import Failure, Limit, Muster, report

# Each command of these workloads adds members that were never sent before.
WORKLOADS = {
    "1 client": {"connections": 1},
    "16 clients": {"connections": 16},
    "64 clients": {"connections": 64},
    "1 client, 1,000 deep": {"depth": 1000},
    "16 clients, 100 deep": {"connections": 16, "depth": 100},
    "frames of 1,000, 8 in flight": {"depth": 8, "batch": 1000},
}
FRAME = 1000
PROBE_MICROSECONDS = 2000


def adds(place, sizes, quiet, turn):
    """Durable adds of every workload by every server, the servers taking turns within each workload."""
    servers = [Limit, Muster, *place.peers]
    figures = {}
    with contextlib.ExitStack() as stack:
        started = []
        for kind in servers:
            folder = place.folder / "limit" if kind is Limit else place.fresh(kind.name)
            server = stack.enter_context(kind(place, folder))
            server.configure(sizes.audiences)
            if kind is not Limit:
                place.load(
                    server, batch=FRAME, depth=4, audiences=sizes.audiences,
                    commands=max(1, sizes.preload // FRAME))
            started.append(server)
        for work, shape in WORKLOADS.items():
            for index in range(len(started)):
                server = started[(index + turn) % len(started)]
                if not server.takes(shape):
                    continue
                is_quiet = quiet.wait()
                found = place.load(server, audiences=sizes.audiences, **shape, **extent(sizes, shape))
                figures[work, server.name] = {
                    "rate": found["members"] / found["seconds"], "p50": found["p50"], "p99": found["p99"],
                    "max": found["max"], "quiet": is_quiet}
    for kind in servers:
        if kind is not Limit:
            place.fresh(kind.name)
    return figures


def extent(sizes, shape):
    """How long a workload goes on; for our own run so many commands, which a slow machine finishes too."""
    if not sizes.own:
        return {"seconds": sizes.seconds, "warmup": min(0.3, sizes.seconds / 2)}
    commands = min(10_000, 100 * shape.get("connections", 1) * shape.get("depth", 1))
    return {"commands": commands // 10 if "batch" in shape else commands}


def growth(place, sizes, quiet, seconds):
    """One audience grows from nothing by frames, while two other clients look for pauses.

    It grows to all members, or as far as the seconds allow.
    """
    server = Muster(place, place.fresh("watched"))
    steady = quiet.wait_steady(place.tools)
    is_quiet = quiet.wait()
    with server:
        server.configure(1)
        times = machine.processor_times()
        figures = {"growth." + name: value for name, value in watched(place, server, sizes, seconds).items()}
        figures["rss"], figures["peak"] = machine.memory(server.process.pid)
        # Those at the stop and those still being written are not counted.
        figures["snapshots"] = server.words().count("a snapshot was written")
        status = server.status()
        figures["segments"], figures["members"] = status["segments"], status["members"]
        figures["stops"] = status["longestStops"]
        spent = [now - then for then, now in zip(times, machine.processor_times())]
        # The eighth figure is steal: what the host of a virtual machine took from under it.
        figures["stolen"] = 100.0 * spent[7] / max(1, sum(spent) - spent[3] - spent[4])
    return {**figures, "quiet": is_quiet, "steady": steady}


def growth_limit(place, sizes, quiet, seconds):
    """The same load and the same two clients on the server that only writes."""
    steady = quiet.wait_steady(place.tools)
    is_quiet = quiet.wait()
    with Limit(place, place.folder / "limit") as server:
        figures = {"limit." + name: value for name, value in watched(place, server, sizes, seconds).items()}
    return {**figures, "limit.quiet": is_quiet, "limit.steady": steady}


def watched(place, server, sizes, seconds):
    probes = {
        kind: place.begin_load(server, kind=kind, every=PROBE_MICROSECONDS, realtime=True)
        for kind in ("ping", "add")}
    time.sleep(0.2)
    # A frame at a time, so that a turn is short and a long pause has another cause than the load itself.
    found = place.load(
        server, batch=FRAME, depth=sizes.growth_depth, commands=sizes.members // FRAME, seconds=seconds)
    time.sleep(0.5)
    figures = {"rate": found["members"] / found["seconds"], "frame.max": found["max"], "frame.p50": found["p50"]}
    for kind, probe in probes.items():
        probe.send_signal(signal.SIGTERM)
        seen = report(probe, server)
        for name in ("p50", "p99", "p999", "max", "over20ms", "late", "commands", "worst", "realtime"):
            figures[f"{kind}.{name}"] = seen[name]
    return figures


def commits(place, sizes, quiet):
    """The log's writer alone, beside the same bytes only written and synced; bytes a second of the typical commit."""
    folder = place.fresh("paced")
    folder.mkdir()
    is_quiet = quiet.wait()
    done = subprocess.run(
        [place.programs / "log-pace", folder, "--commits", "20" if sizes.own else "200"],
        capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise Failure(f"log-pace ended with {done.returncode}: {done.stderr[-400:]}")
    found = json.loads(done.stdout)
    rates = {name: found["bytes"] / statistics.median(found[name]) for name in ("log", "plain")}
    place.fresh("paced")
    return {**rates, "ratio": rates["log"] / rates["plain"], "quiet": is_quiet}


TOOLS = {
    # The type is one that this log does not hold.
    "dump": ["log", "dump", "--type", "syncSucceeded"],
    "verify": ["log", "verify"],
    "replay": ["log", "replay"],
}


def replays(place, folder, quiet):
    """The tools that read a whole log, which has no snapshots meanwhile."""
    shutil.rmtree(folder / "snapshots", ignore_errors=True)
    figures = {}
    for name, words in TOOLS.items():
        is_quiet = quiet.wait()
        begin = time.monotonic()
        done = subprocess.run(
            [place.programs / "muster", *words, "--state-directory", folder],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=600)
        if done.returncode != 0:
            raise Failure(f"muster {' '.join(words)} ended with {done.returncode}: {done.stderr[-400:]}")
        figures[name] = {"seconds": time.monotonic() - begin, "quiet": is_quiet}
    return figures
