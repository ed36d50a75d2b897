"""A short life of a daemon, always the same: what is killed or failed at each of its calls."""

import shutil

from disks import quicken
from ledger import Ledger, events, members, stream
from programs import must
from subjects import Subject

COMMANDS = 40


class Script:
    """40 commands one after another on a new log, lists that make it rotate among them, and a clean stop."""

    def __init__(self, bench, seed):
        quicken(bench.state)
        self.bench, self.subject = bench, Subject(bench, bench.state / "life")
        self.ledger = Ledger(seed)
        self.ledger.creation()
        for number in range(1, COMMANDS):
            # The eighth list of 5,000 no longer fits the first segment.
            count = 5000 if number % 4 == 2 and number < 34 else self.ledger.random.choice([1, 1, 1, 30])
            self.ledger.setting() if number % 13 == 0 else self.ledger.members(count)
        self.frames = {command.name: command.frame() for command in self.ledger.commands}
        for command in self.ledger.commands:
            command.frame = lambda name=command.name: self.frames[name]

    def run(self, **faults):
        """One life; gives its exit status and the errors its client was told."""
        shutil.rmtree(self.subject.state, ignore_errors=True)
        self.subject.state.mkdir(mode=0o700)
        self.ledger.again()
        errors = []
        if self.subject.start(**faults):
            first, *rest = self.ledger.commands
            errors += self.send([first])
            if errors:  # there was no room; a client asks again
                first.forget()
                errors += self.send([first])
            errors += self.send(rest)
            if all(one.position is not None or one.gone for one in self.ledger.commands):
                if "log" in faults:
                    self.calls_before_stop = len(calls(faults["log"]))
                self.subject.terminate()
        return self.subject.end(how=None), errors

    def send(self, commands):
        left = iter(commands)
        return stream(self.bench.socket, self.ledger, lambda: next(left), count=len(commands), window=1)

    def look(self, what):
        """Starts a daemon without faults and counts."""
        self.subject.must_start()
        found, code = events(self.bench, self.subject.state)
        self.ledger.compare(found)
        must(code == 0, f"{what}: the log does not read back: exit status {code}")
        must(members(self.bench.socket) == self.ledger.size() or self.ledger.lost, f"{what}: the daemon tells another size")
        self.subject.end()


def calls(record):
    """The calls that faults.c recorded: their names and paths."""
    return [tuple(line.split()[1:]) for line in record.read_text().splitlines() if line[0].isdigit()]
