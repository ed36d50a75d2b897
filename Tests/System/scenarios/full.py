"""A disk that is really full: commands are refused before anything is decided, and taken again when there is room."""

import json

from disks import Room, needs, separated
from ledger import Ledger, events, members, seed, stream
from programs import Failure, Skipped, must, wait_for
from subjects import Subject


def a_full_disk_refuses_commands_loses_none_and_takes_them_again_when_there_is_room(bench):
    full = Full(bench)
    full.fill(full.lists, full.short_lists, full.single)
    full.ask()
    full.make_room()
    full.ledger.judge(f"full at {full.size:,} members, {full.refused} commands refused with log.full")


def a_run_under_way_ends_though_the_log_is_full(bench):
    bench.sandbox("--fault", "PUT /upload 1 slow:6")
    full = Full(bench)
    full.fill(full.lists)
    size = members(bench.socket)
    with bench.client() as client:
        run = client.call("sync.now", {"instance": "acme"})["result"]["run"]
        wait_for(lambda: json.loads(bench.inspect())["faults"][0]["used"], "the upload begins")
        full.fill(full.short_lists, full.single)
        full.ask()
        must(not full.end_of(client, run), "the run ended before the log was full")
        shown = wait_for(lambda: full.end_of(client, run), "the run ends")
    must((shown["state"], shown["count"]) == ("succeeded", size), f"the run of {size} members: {shown}")
    full.ask()
    full.make_room()
    full.ledger.judge("full while a run was under way")


def room_that_is_promised_and_not_there_is_noticed(bench):
    full = Full(bench, plant="noRoom")
    try:
        full.fill(full.lists, full.short_lists, full.single)
        full.ask()
    except Failure as noticed:
        print(f"       noRoom: red: {noticed}", flush=True)
    else:
        must(False, "the harness did not notice noRoom")


class Full:
    """A state directory in a tmpfs of 7 MiB: the first two segments fit, the third does not."""

    def __init__(self, bench, **faults):
        needs("mount")
        if not separated():
            raise Skipped("mounts are not allowed here")
        self.bench, self.ledger = bench, Ledger(seed())
        self.room = Room(bench.folder / "small", "7m")
        self.subject = Subject(bench, self.room.point / "state")
        self.refused = 0
        self.subject.must_start(**faults)

    def lists(self):
        return self.ledger.mixed(8000)

    def short_lists(self):
        return self.ledger.members(200)

    def single(self):
        return self.ledger.members()

    def fill(self, *commands):
        """Lists until the first that there is no room for, single members until there is room for none."""
        errors = []
        for command in commands:
            for _ in range(200):
                told = self.send(command, 16)
                errors += told
                enough = len(told) == 16 if command == self.single else told
                if enough or self.subject.program.process.poll() is not None:
                    break
        code = self.subject.program.process.poll()
        must(code is None, f"the daemon ended with {code}: {self.subject.said()}")
        must(set(errors) == {"log.full"}, f"the client was told {set(errors)}")
        self.refused += len(errors)

    def send(self, command, count):
        return stream(self.bench.socket, self.ledger, command, count=count, window=4)

    @staticmethod
    def end_of(client, run):
        """The run, once it has ended."""
        shown = client.call("sync.show", {"run": run})["result"]
        return shown if shown["state"] not in ("requested", "running") else None

    def ask(self):
        """Queries go on, and nothing is decided."""
        self.size = members(self.bench.socket)
        for _ in range(3):
            errors = self.send(self.single, 10)
            must(errors == ["log.full"] * 10, f"the client was told {errors}")
            self.refused += 10
        must(members(self.bench.socket) == self.size, "a refused command changed the audience")

    def make_room(self):
        self.room.resize("64m")
        errors = self.send(self.lists, 30)
        must(errors == [], f"there is room, and the client was told {errors}")
        must(self.subject.end(how=15) == 0, f"the daemon did not end well: {self.subject.said_last}")
        self.subject.must_start()
        found, code = events(self.bench, self.subject.state)
        must(code == 0, f"the log does not read back: exit status {code}")
        # The run's events are the daemon's own.
        self.ledger.compare([one for one in found if "run" not in one and one["type"] != "syncRequested"])
        must(members(self.bench.socket) == self.ledger.size(), "the daemon tells another size")
        self.subject.end(how=15)
