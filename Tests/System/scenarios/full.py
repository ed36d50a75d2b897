"""A disk that is really full: commands are refused before anything is decided, and taken again when there is room."""

from disks import Room, needs, separated
from ledger import Ledger, events, members, seed, stream
from programs import Failure, Skipped, must
from subjects import Subject


def a_full_disk_refuses_commands_loses_none_and_takes_them_again_when_there_is_room(bench):
    full = Full(bench)
    full.fill()
    full.ask()
    full.make_room()
    full.ledger.judge(f"full at {full.size:,} members, {full.refused} commands refused with log.full")


def room_that_is_promised_and_not_there_is_noticed(bench):
    full = Full(bench, plant="noRoom")
    try:
        full.fill()
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
        self.subject.must_start(**faults)

    def fill(self):
        """Commands until the log is full."""
        ledger = self.ledger
        errors = self.send(ledger.creation, 1)
        # Large lists, smaller ones and single members, each until the first that there is no room for.
        for command in (lambda: ledger.mixed(8000), lambda: ledger.members(200), ledger.members):
            for _ in range(200):
                told = self.send(command, 16)
                errors += told
                if told or self.subject.program.process.poll() is not None:
                    break
        self.must_live()
        must(set(errors) == {"log.full"}, f"the client was told {set(errors)}")
        self.refused = len(errors)

    def send(self, command, count):
        return stream(self.bench.socket, self.ledger, command, count=count, window=4)

    def must_live(self):
        code = self.subject.program.process.poll()
        must(code is None, f"the daemon ended with {code}: {self.subject.said()}")

    def ask(self):
        """Queries go on, and nothing is decided."""
        self.size = members(self.bench.socket)
        for _ in range(3):
            errors = self.send(self.ledger.members, 10)
            must(errors == ["log.full"] * 10, f"the client was told {errors}")
            self.refused += 10
        must(members(self.bench.socket) == self.size, "a refused command changed the audience")

    def make_room(self):
        self.room.resize("64m")
        errors = self.send(lambda: self.ledger.mixed(8000), 30)
        must(errors == [], f"there is room, and the client was told {errors}")
        must(self.subject.end(how=15) == 0, f"the daemon did not end well: {self.subject.said_last}")
        self.subject.must_start()
        found, code = events(self.bench, self.subject.state)
        must(code == 0, f"the log does not read back: exit status {code}")
        self.ledger.compare(found)
        must(members(self.bench.socket) == self.ledger.size(), "the daemon tells another size")
        self.subject.end(how=15)
