"""How long a start takes until the first answer, beside Redis, and what a daemon costs that has nothing to do."""

import pathlib
import shutil
import subprocess
import time

import machine
from servers import Failure, Muster, Redis

# From where on a running daemon writes a snapshot by itself.
SNAPSHOT_BYTES = 128 << 20


def empty(place, quiet):
    """A daemon on an empty log: start to first answer, resident memory."""
    is_quiet = quiet.wait()
    server = Muster(place, place.fresh("empty"))
    seconds = server.start()
    time.sleep(0.2)
    resident, _ = machine.memory(server.process.pid)
    server.stop()
    return {"seconds": seconds, "rss": resident, "quiet": is_quiet}


def idle(place, quiet, seconds):
    """How often the threads of a daemon wake up that has an audience and nothing to do; the size of its program."""
    stripped = place.folder / "musterd.stripped"
    subprocess.run(["strip", "-o", stripped, place.programs / "musterd"], check=True)
    with Muster(place, place.fresh("empty")) as server:
        server.configure(1)
        # What follows a first commit is over by then.
        time.sleep(min(5, seconds))
        is_quiet = quiet.wait()
        before = switches(server.process.pid)
        time.sleep(seconds)
        after = switches(server.process.pid)
    return {
        "wakes": sum(after.values()) - sum(before.get(thread, 0) for thread in after), "threads": len(after),
        "seconds": seconds, "program": stripped.stat().st_size, "quiet": is_quiet}


def switches(pid):
    """How often each thread of a process has given up its processor to wait."""
    found = {}
    for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for line in (thread / "status").read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches"):
                found[thread.name] = int(line.split()[1])
    return found


def single_events(place, sizes):
    """A log in which every event is a command of its own, and the same for Redis where it is there."""
    server = Muster(place, place.fresh("singles"))
    with server:
        server.configure(sizes.audiences)
        place.load(server, depth=1000, audiences=sizes.audiences, commands=sizes.events)
    if Redis in place.peers:
        with Redis(place, place.fresh("redis-singles"), "log") as redis:
            place.load(redis, depth=1000, audiences=sizes.audiences, commands=sizes.events)
    return server.folder


def starts(place, members, quiet):
    """Start to first answer on the grown log, from the log alone and from the snapshot, and memory at rest."""
    server = Muster(place, place.folder / "grown")
    figures = {}
    shutil.rmtree(server.folder / "snapshots", ignore_errors=True)
    for source in ("log", "snapshot"):
        if source == "snapshot" and not has_snapshot(server):
            raise Failure("the log is too small for a snapshot; give more --members")
        is_quiet = quiet.wait()
        seconds = server.start()
        status = server.status()
        # A long log gets a snapshot soon after a start without one, a short log at the stop; until then the daemon
        # is not at rest.
        end = time.monotonic() + 120
        while status["bytes"] >= SNAPSHOT_BYTES and not has_snapshot(server) and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(0.3)
        resident, peak = machine.memory(server.process.pid)
        figures[source] = {
            "seconds": seconds, "rss": resident, "peak": peak, "members": status["members"], "quiet": is_quiet,
            "stop": server.stop()}
        if status["members"] != members:
            raise Failure(f"the daemon came back with {status['members']} members")
    return figures


def singles_start(place, quiet):
    """The same for the log of single commands, from the log alone."""
    server = Muster(place, place.folder / "singles")
    shutil.rmtree(server.folder / "snapshots", ignore_errors=True)
    is_quiet = quiet.wait()
    seconds = server.start()
    members = server.status()["members"]
    server.stop()
    return {"seconds": seconds, "members": members, "quiet": is_quiet}


def redis_starts(place, members, events, quiet):
    """Redis from the file of its state, from an append-only file of single SADDs, and from a shorter one of them."""
    figures = {}
    for source, folder, keeping, count in (
            ("snapshot", "redis-grown", "snapshot", members), ("log", "redis-grown", "log", members),
            ("singles", "redis-singles", "log", events)):
        server = Redis(place, place.folder / folder, keeping)
        is_quiet = quiet.wait()
        seconds = server.start()
        resident, _ = machine.memory(server.process.pid)
        if source != "singles" and server.ask("SCARD", "bench-0") != f":{count}":
            raise Failure("Redis came back without some members")
        server.stop()
        figures[source] = {"seconds": seconds, "members": count, "rss": resident, "quiet": is_quiet}
    return figures


def redis_empty(place):
    """The resident memory of a Redis that holds nothing."""
    with Redis(place, place.fresh("redis-empty"), "snapshot") as server:
        return machine.memory(server.process.pid)[0]


def has_snapshot(server):
    return any((server.folder / "snapshots").glob("*.state"))
