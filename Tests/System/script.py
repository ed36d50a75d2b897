"""A short life of a daemon, always the same: what is killed or failed at each of its calls."""

import shutil
import signal

from disks import quicken
from ledger import ADDED, Ledger, stream
from subjects import Subject

COMMANDS = 40


class Script:
    """Commands one after another, by default 40 on a new log with lists that make it rotate, and a clean stop."""

    def __init__(self, bench, seed, lists=None):
        quicken(bench.state)
        self.bench, self.subject = bench, Subject(bench, bench.state / "life")
        self.origin, self.before = None, 0
        self.ledger = Ledger(seed)
        self.ledger.creation()
        if lists:
            for count in lists:
                self.ledger.members(count)
        else:
            self.write()
        self.freeze()

    def write(self):
        for number in range(1, COMMANDS):
            # The eighth list of 5,000 no longer fits the first segment.
            count = 5000 if number % 4 == 2 and number < 34 else self.ledger.random.choice([1, 1, 1, 30])
            self.ledger.setting() if number % 13 == 0 else self.ledger.members(count)

    def freeze(self):
        """Writes the frames once for all lives."""
        commands = self.ledger.commands[self.before:]
        for command in commands:
            command.frame = lambda frame=command.frame(): frame
        self.bench.people = {
            bytes.fromhex(one) for command in commands if command.event == ADDED for one in command.content}

    def go_on(self, lists):
        """Lets each further life begin with the directory as it is, and add so many members a command."""
        self.origin = self.bench.state / "origin"
        shutil.copytree(self.subject.state, self.origin)
        for command in self.ledger.commands:
            command.gone = command.position is None  # torn off
        self.before = len(self.ledger.commands)
        for count in lists:
            self.ledger.members(count)
        self.freeze()

    def run(self, stop=True, **faults):
        """One life; gives its exit status and the errors its client was told."""
        shutil.rmtree(self.subject.state, ignore_errors=True)
        if self.origin:
            shutil.copytree(self.origin, self.subject.state)
        else:
            self.subject.state.mkdir(mode=0o700)
        commands, errors = self.ledger.commands[self.before:], []
        for command in commands:
            command.forget()
        if self.subject.start(**faults):
            errors += self.send(commands[:1])
            if errors:  # there was no room; a client asks again
                commands[0].forget()
                errors += self.send(commands[:1])
            errors += self.send(commands[1:])
            if all(one.position is not None or one.gone for one in commands):
                if "log" in faults:
                    self.calls_before_stop = len(calls(faults["log"]))
                if stop:
                    self.subject.terminate()
        return self.subject.end(how=None if stop else signal.SIGKILL), errors

    def send(self, commands):
        left = iter(commands)
        return stream(self.bench.socket, self.ledger, lambda: next(left), count=len(commands), window=1)

    def look(self, what):
        """Starts a daemon without faults and counts."""
        self.subject.must_start()
        self.subject.count(self.ledger, f"{what}: ")
        self.subject.end()


def calls(record):
    """The calls that faults.c recorded: their names and paths."""
    return [tuple(line.split(maxsplit=2)[1:]) for line in record.read_text().splitlines() if line[0].isdigit()]
