"""How an audience grows beside a Redis set: time and memory for each member, at several sizes."""

import time

import machine
from servers import Failure, Muster, Redis

FRAME = 1000
# Frames under way, and single commands to Redis.
FRAMES, SINGLES = 8, 1000


def sizes_on_the_way(members, is_large):
    """The sizes that are looked at: a tenth, a half and all, and on a long run up to five times all."""
    parts = (0.1, 0.5, 1, 2.5, 5) if is_large else (0.1, 0.5, 1)
    return [max(FRAME, int(members * part) // FRAME * FRAME) for part in parts]


def growing(place, members, quiet, seconds, folder="grown", is_large=False):
    """Muster grows, as far as the seconds allow, and what it was at each size; the log stays in `folder`."""
    is_quiet = quiet.wait()
    server = Muster(place, place.fresh(folder))
    end = time.monotonic() + seconds
    with server:
        server.configure(1)
        base, _ = machine.memory(server.process.pid)
        steps, have = [], 0
        for size in sizes_on_the_way(members, is_large):
            left = end - time.monotonic()
            if left < 1 and steps:
                break
            found = place.load(server, batch=FRAME, depth=FRAMES, commands=(size - have) // FRAME, seconds=max(1, left))
            before, have = have, server.status()["members"]
            steps.append(step(server, base, have, found["seconds"] / (have - before)))
    return {"steps": steps, "members": have, "quiet": is_quiet}


def step(server, base, members, seconds):
    """What a server is at one size; an empty one's memory is not counted."""
    resident, peak = machine.memory(server.process.pid)
    return {
        "members": members, "seconds": seconds, "rss": (resident - base) / members, "peak": (peak - base) / members}


def redis_growing(place, members, quiet):
    """A Redis set grows to as many by single SADDs; it leaves an append-only file of them, and a file of its state."""
    is_quiet = quiet.wait()
    server = Redis(place, place.fresh("redis-grown"), "log")
    with server:
        base, _ = machine.memory(server.process.pid)
        found = place.load(server, depth=SINGLES, commands=members)
        figures = step(server, base, members, found["seconds"] / members)
        server.ask("SAVE")
        if server.ask("SCARD", "bench-0") != f":{members}":
            raise Failure("the Redis set does not have all members")
    return {**figures, "quiet": is_quiet}
