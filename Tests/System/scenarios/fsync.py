"""A real fdatasync that fails: the disk's own storage runs out below an ext4 or XFS that thinks it has room.

The image lies in a tmpfs and gives back its zeros, as thin storage does; then the tmpfs is filled.
"""

import os

from disks import Disk, needs, needs_disks
from ledger import Ledger, seed, stream
from programs import failure_of, must
from subjects import Subject

ROUNDS, DEEP_ROUNDS = 8, 500


def a_sync_that_really_fails_on_ext4_is_never_acknowledged_nor_tried_again(bench):
    _fail(bench, "ext4")


def a_sync_that_really_fails_on_XFS_is_never_acknowledged_nor_tried_again(bench):
    _fail(bench, "xfs")


for _scenario in (
        a_sync_that_really_fails_on_ext4_is_never_acknowledged_nor_tried_again,
        a_sync_that_really_fails_on_XFS_is_never_acknowledged_nor_tried_again):
    _scenario.seconds = 3600 if os.environ.get("DEEP") else 300


def a_failed_sync_that_is_called_again_and_believed_is_noticed(bench):
    for kind in ("ext4", "xfs"):
        failing = Failing(bench, kind, Ledger(f"{seed()} retry"), plant="retry")
        with failing.disk:
            for number in range(ROUNDS):
                noticed = failure_of(failing.round)
                if noticed and failing.ledger.lost:
                    break
        must(failing.ledger.lost, f"{kind}: the harness did not notice retry")
        print(f"       {kind}, retry: red in round {number + 1}, {failing.ledger.lost} lost; {noticed}", flush=True)


def _fail(bench, kind):
    failing = Failing(bench, kind, Ledger(f"{seed()} {kind}"))
    count = DEEP_ROUNDS if os.environ.get("DEEP") else ROUNDS
    with failing.disk:
        for number in range(count):
            failing.round()
    failing.ledger.judge(f"{kind}, {count} failed syncs, {failing.at_once} recovered while the disk was still full")


class Failing:
    """A disk that runs out, and the daemon on it."""

    def __init__(self, bench, kind, ledger, **faults):
        needs_disks()
        needs("fsfreeze", "fallocate")
        self.bench, self.ledger, self.faults = bench, ledger, faults
        self.disk = Disk(bench.folder, kind, room="160m")
        self.subject = Subject(bench, self.disk.point / "state")
        self.record = bench.folder / "syncs"
        self.at_once = 0

    def round(self):
        """Some commands, then the storage is full, then what is acknowledged before the failure."""
        self.disk.make()
        self.disk.single_pages()
        self.ledger.renew()
        self.record.unlink(missing_ok=True)
        self.subject.must_start(log=self.record, only="fdatasync,fsync,", **self.faults)
        stream(self.bench.socket, self.ledger, lambda: self.ledger.mixed(20), count=30)
        self.disk.dig()
        self.disk.room.fill(leave=4096 * self.ledger.random.randint(0, 12))
        stream(self.bench.socket, self.ledger, self.one, count=1500, window=8)
        code = self.subject.end()
        recovered = not self.faults and self.look()
        self.at_once += bool(recovered)
        self.disk.room.clear()
        self.disk.unmount()
        self.disk.mount()
        must(self.look(), f"the next daemon does not start: {self.subject.said_last}")
        self.disk.unmount()
        lines = [line.split() for line in self.record.read_text().splitlines()]
        failed = [index for index, line in enumerate(lines) if line[0] == "failed"]
        must(code == 74 and failed, f"the daemon ended with {code}, {len(failed)} syncs failed")
        must(failed == [len(lines) - 1], f"after a failed sync came {lines[failed[0] + 1:][:3]}")

    def one(self):
        return self.ledger.members()

    def look(self):
        """Counts what a daemon without faults finds; false where it does not start."""
        started = self.subject.start()
        if started:
            self.subject.count(self.ledger)
        self.subject.end()
        return started
