"""How fast all members get into a file: the exact upload, beside what the peers' own clients write."""

import json
import subprocess
import time

from servers import Failure, Muster, Postgres, Redis
from starting import has_snapshot

# 44 characters of base64 and a line feed.
ROW = 45


def written(place, name, members, quiet, write):
    """Lets `write` fill a new file, and takes the time; every member must have its row."""
    path = place.folder / f"list-{name}"
    path.unlink(missing_ok=True)
    is_quiet = quiet.wait()
    begin = time.monotonic()
    write(path)
    seconds = time.monotonic() - begin
    if path.stat().st_size != members * ROW:
        raise Failure(f"the list of {name} has {path.stat().st_size} bytes for {members} members")
    return {"seconds": seconds, "rate": members / seconds, "quiet": is_quiet}


def muster_list(place, members, quiet):
    """The command line on the state directory, which has a snapshot, without the daemon."""
    server = Muster(place, place.folder / "grown")
    if not has_snapshot(server):
        with server:
            server.status()

    def write(path):
        done = subprocess.run(
            [place.programs / "muster", "audience", "export", "bench-0", "--state-directory", server.folder,
             "--output", path], capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            raise Failure(f"muster audience export ended with {done.returncode}: {done.stderr[-400:]}")
    return written(place, "muster", members, quiet, write)


def postgres_list(place, members, quiet, source):
    """COPY of a table of one text column, which holds the rows of the file `source`, by its own client."""
    folder = place.folder / "postgres-grown"
    is_new = not folder.exists()
    with Postgres(place, folder) as server:
        if is_new:
            with open(source, "rb") as rows:
                server.psql("CREATE UNLOGGED TABLE people (member text NOT NULL)")
                server.psql("COPY people FROM STDIN", stdin=rows)
            server.psql("VACUUM (FREEZE, ANALYZE) people")

        def write(path):
            with open(path, "wb") as rows:
                server.psql("COPY people TO STDOUT", stdout=rows)
        return written(place, "postgres", members, quiet, write)


def redis_list(place, members, quiet):
    """SSCAN with COUNT 1000 by a small client in C."""
    with Redis(place, place.folder / "redis-grown", "snapshot") as server:
        def write(path):
            done = subprocess.run(
                [place.tools / "scan", server.socket, "bench-0", path], capture_output=True, text=True, timeout=600)
            if done.returncode != 0 or json.loads(done.stdout)["lines"] != members:
                raise Failure(f"SSCAN gave {done.stdout.strip()} for {members} members: {done.stderr.strip()[-400:]}")
        return written(place, "redis", members, quiet, write)


def lists(place, members, quiet, turn):
    """Everybody once, in an order that changes; Muster's file is what PostgreSQL is given."""
    source = place.folder / "list-muster"
    work = [("muster", lambda: muster_list(place, members, quiet))]
    if Postgres in place.peers:
        work.append(("postgres", lambda: postgres_list(place, members, quiet, source)))
    if Redis in place.peers:
        work.append(("redis", lambda: redis_list(place, members, quiet)))
    if source.exists():
        work = work[turn % len(work):] + work[:turn % len(work)]
    return {name: measure() for name, measure in work}
