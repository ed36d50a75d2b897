"""One state directory has one daemon: a second ends at once, the first takes no harm, and its death makes room."""

import os
import threading
import time

from ledger import Ledger, events, members, seed, stream
from programs import Failure, must
from subjects import Subject

TRIES, DEEP_TRIES = 100, 1000
BUSY = 75


def a_second_daemon_ends_with_75_and_harms_nothing_however_often(bench):
    count = DEEP_TRIES if os.environ.get("DEEP") else TRIES
    twins = Twins(bench)
    for number in range(1, count + 1):
        twins.intrude()
        if number % 10 == 0:
            twins.succeed()
    twins.end()
    twins.ledger.judge(
        f"{count} second daemons, each refused within {twins.slowest:.2f} s, {count // 10} after a kill of the first")


a_second_daemon_ends_with_75_and_harms_nothing_however_often.seconds = 1200 if os.environ.get("DEEP") else 300


def a_lock_that_locks_nobody_out_is_noticed(bench):
    twins = Twins(bench)
    try:
        twins.intrude(plant="noLock")
    except Failure as noticed:
        print(f"       noLock: red at once: {noticed}", flush=True)
    else:
        must(False, "the harness did not notice noLock")
    finally:
        twins.end()


class Twins:
    """A daemon under load and those that come to its directory."""

    def __init__(self, bench):
        self.bench, self.ledger = bench, Ledger(seed())
        self.first = Subject(bench)
        self.slowest = 0.0
        self.begin()

    def begin(self):
        self.first.must_start()
        self.load = threading.Thread(target=self.send)
        self.load.start()

    def send(self):
        self.running = True
        while self.running:
            before = self.ledger.acknowledged
            stream(self.bench.socket, self.ledger, lambda: self.ledger.mixed(20), count=20)
            if self.ledger.acknowledged < before + 20:
                return
            time.sleep(0.01)  # so that the log stays small

    def intrude(self, **faults):
        """A second daemon with a socket of its own."""
        before = self.ledger.acknowledged
        begun = time.monotonic()
        second = Subject(self.bench)
        started = second.start(socket=self.bench.socket + "2", **faults)
        took = time.monotonic() - begun
        code = second.end()
        must(not started and code == BUSY, f"the second daemon ended with {code}, started: {started}")
        must(took < 1, f"it took {took:.1f} s to refuse")
        self.slowest = max(self.slowest, took)
        end = time.monotonic() + 5
        while self.ledger.acknowledged == before and time.monotonic() < end:
            time.sleep(0.001)
        must(self.ledger.acknowledged > before, "the first daemon no longer answers")

    def succeed(self):
        """Kills the first; the next one starts at once and has everything."""
        self.first.end()
        self.load.join()
        self.first.must_start()
        found, code = events(self.bench, self.first.state)
        must(code == 0, f"the log does not read back: exit status {code}")
        self.ledger.compare(found)
        must(members(self.bench.socket) == self.ledger.size() or self.ledger.lost, "the daemon tells another size")
        self.first.end()
        self.begin()

    def end(self):
        self.running = False
        self.load.join()
        code = self.first.end(how=15)
        must(code == 0, f"the first daemon ended with {code}")
        found, code = events(self.bench, self.first.state)
        must(code == 0, f"the log does not read back: exit status {code}")
        self.ledger.compare(found)
