"""What was acknowledged survives a power cut, on real file systems, wherever the cut falls.

Through the ioctl FS_IOC_SHUTDOWN a file system forgets at once what it has not written to its disk. The disk itself
keeps what it was given: a missing flush of the disk's own cache is not seen here.
"""

import contextlib
import os
import threading
import time

from disks import Disk, needs_disks
from ledger import Ledger, events, members, seed, stream
from programs import must
from subjects import Subject

CUTS, DEEP_CUTS = 50, 10_000
# Which way the power goes, one after another: see the functions below.
WAYS = """first small aimed rotation small stop aimed first small aimed rotation mark
    small aimed stop first small aimed rotation snapshot""".split()
# The commands of an aimed cut, and about how many calls they make.
SCRIPT, CALLS = 40, 160


def everything_acknowledged_before_a_power_cut_on_ext4_is_there_after_it(bench):
    _cuts(bench, "ext4")


def everything_acknowledged_before_a_power_cut_on_XFS_is_there_after_it(bench):
    _cuts(bench, "xfs")


for _scenario in (
        everything_acknowledged_before_a_power_cut_on_ext4_is_there_after_it,
        everything_acknowledged_before_a_power_cut_on_XFS_is_there_after_it):
    _scenario.seconds = 4 * 3600 if os.environ.get("DEEP") else 600


def the_power_cuts_notice_a_sync_that_does_nothing(bench):
    _noticed(bench, "lying", ["small", "first", "rotation"])


def the_power_cuts_notice_a_reply_that_leaves_before_the_sync(bench):
    _noticed(bench, "late", ["small", "rotation"])


def the_power_cuts_notice_a_name_whose_directory_is_not_synced(bench):
    _noticed(bench, "noDirectorySync", ["first", "rotation"])


def _cuts(bench, kind):
    needs_disks()
    count = DEEP_CUTS if os.environ.get("DEEP") else CUTS
    ledger = Ledger(f"{seed()} {kind}")
    with Disk(bench.folder, kind) as disk:
        power = Power(bench, disk, ledger)
        for number in range(count):
            power.round(WAYS[number % len(WAYS)])
            must(not power.refused, f"cut {number + 1}: {power.refused}")
            if ledger.lost or ledger.phantom:
                break
    ledger.judge(f"{kind}, {number + 1:,} cuts")


def _noticed(bench, plant, ways, limit=30):
    """The same harness with a bug planted in the daemon must count something lost, on both file systems."""
    needs_disks()
    for kind in ("ext4", "xfs"):
        ledger = Ledger(f"{seed()} {plant}")
        with Disk(bench.folder, kind) as disk:
            power = Power(bench, disk, ledger, plant=plant)
            for number in range(limit):
                power.round(ways[number % len(ways)])
                if ledger.lost + ledger.phantom:
                    break
                if power.refused:
                    power.fresh = True
        must(ledger.lost + ledger.phantom, f"{kind}: the harness did not notice {plant} in {limit} cuts")
        print(
            f"       {kind}, {plant}: red at cut {number + 1}, {ledger.lost} of {ledger.acknowledged} lost, "
            f"{ledger.phantom} phantom", flush=True)


class Power:
    """One disk, the daemons on it, and their power."""

    def __init__(self, bench, disk, ledger, **faults):
        self.bench, self.disk, self.ledger, self.faults = bench, disk, ledger, faults
        self.subject = Subject(bench, disk.point / "state")
        self.fresh, self.refused = True, None
        bench.people = set()

    def round(self, way):
        """Load, a cut that falls in the way `way`, and what is there afterwards."""
        if self.fresh or way in ("first", "aimed", "snapshot"):
            self.disk.make()
            self.ledger.renew()
        faults = dict(self.faults)
        if way == "aimed":
            faults.update(do="cut", at=self.ledger.random.randint(1, CALLS), mount=self.disk.point)
        if self.subject.start(**faults):
            getattr(self, way)()
        else:
            must(way == "aimed", f"the daemon does not start: {self.subject.said()}")
        with contextlib.suppress(OSError):  # the power may be gone already
            self.disk.cut()
        code = self.subject.end()
        must(code in (0, 74, -9) or way == "aimed", f"the daemon ended with {code}")
        self.disk.unmount()
        self.disk.mount()
        self.look()
        self.disk.unmount()
        self.disk.mount()

    def look(self):
        """Starts a daemon without faults on what is left, and counts."""
        self.refused = None
        started = self.subject.start()
        if not started:
            self.refused = f"the daemon ended with {self.subject.program.process.returncode}: {self.subject.said()}"
        found, code = events(self.bench, self.subject.state)
        if started and code != 0:
            self.refused = f"the log does not read back: exit status {code}"
        self.ledger.compare(found)
        # A few of each log, for the search of all output.
        self.bench.people |= {bytes.fromhex(one) for event in found[-5:] for one in event.get("identities", ())[:5]}
        if started and not self.ledger.lost:
            told, expected = members(self.bench.socket), self.ledger.size()
            must(told == expected, f"the daemon tells {told} members, its log {expected}")
        self.subject.end()
        self.fresh = sum(len(event.get("identities", ())) for event in found) > 60_000 or bool(self.refused)

    def load(self, crowd, least, most, window=64):
        """Commands without end until the power goes, so many seconds after it begins."""
        timer = threading.Timer(self.ledger.random.uniform(least, most), self.cut_now)
        timer.start()
        try:
            self.send(lambda: self.ledger.mixed(crowd), window=window)
        finally:
            timer.join()

    def send(self, command, **options):
        errors = stream(self.bench.socket, self.ledger, command, **options)
        must(not errors, f"the client was told {errors[:3]}")

    def cut_now(self):
        self.disk.cut()
        os.kill(self.subject.program.pid, 9)

    def first(self):
        self.load(20, 0.0, 0.025)

    def small(self):
        self.send(lambda: self.ledger.mixed(20), count=1)
        self.load(20, 0.002, 0.08)

    def rotation(self):
        self.send(lambda: self.ledger.mixed(20), count=1)
        self.load(8000, 0.01, 0.25, window=8)

    def mark(self):
        """After a second of appending, MARK is written."""
        self.send(lambda: self.ledger.mixed(20), count=5)
        time.sleep(0.9)
        self.load(20, 0.05, 0.2)

    def aimed(self):
        """The cut falls at one call of a script with a rotation and a clean stop; faults.c does it."""
        ledger = self.ledger
        script = iter([ledger.creation()] + [
            ledger.members(4500 if number % 5 == 2 else 1) for number in range(SCRIPT)])
        self.send(lambda: next(script), count=SCRIPT, window=1)
        self.subject.terminate()
        self.subject.program.process.wait(20)

    def stop(self):
        self.send(lambda: self.ledger.mixed(2000), count=30)
        self.subject.terminate()
        time.sleep(self.ledger.random.uniform(0, 0.02))

    def snapshot(self):
        """A stop that writes a snapshot, which it does from 4 MiB of log on."""
        lists = iter([self.ledger.creation()] + [self.ledger.members(28_000) for _ in range(5)])
        self.send(lambda: next(lists), count=6, window=2)
        self.subject.terminate()
        time.sleep(self.ledger.random.uniform(0, 0.1))
