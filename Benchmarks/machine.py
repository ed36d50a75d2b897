"""The machine that is measured on: what it is, and whether it is quiet."""

import contextlib
import datetime
import os
import pathlib
import platform
import subprocess
import time

MEMORY_FILE_SYSTEMS = {"tmpfs", "ramfs"}
# How long threads spin, which is longer than a kernel waits before it offers freed memory to its host, and the stop of
# one of them that other programs do not explain.
STEADY_SECONDS, STEADY_MILLISECONDS = 3, 10.0


class Quiet:
    """Waits until the machine is idle before each repetition, and keeps count of when it was not."""

    def __init__(self, least, patience, total):
        self.least, self.patience, self.left = least, patience, total
        self.left_unsteady = total
        self.is_awaited = total > 0
        self.repetitions = self.noisy = 0

    def wait(self):
        """Whether the machine was quiet when a repetition began."""
        if not self.is_awaited:
            return False
        self.repetitions += 1
        end = time.monotonic() + min(self.patience, self.left)
        while True:
            before = time.monotonic()
            if idle_share(0.5) >= self.least:
                return True
            now = time.monotonic()
            self.left = max(0.0, self.left - (now - before))
            if now >= end:
                self.noisy += 1
                return False

    def wait_steady(self, tools):
        """Waits until threads that only spin are not stopped for long; the longest of their stops, in ms, in the end.

        A host that takes back what memory was freed before, some seconds later, may stop the whole machine for it.
        """
        if not self.is_awaited:
            return None
        while True:
            longest = float(subprocess.run(
                [tools / "spin", str(STEADY_SECONDS)], capture_output=True, text=True, check=True).stdout)
            if longest < STEADY_MILLISECONDS or self.left_unsteady <= 0:
                return longest
            self.left_unsteady -= STEADY_SECONDS


def idle_share(seconds):
    """The percentage of all processors' time that was idle, over so many seconds."""
    before = processor_times()
    time.sleep(seconds)
    spent = [now - then for then, now in zip(before, processor_times())]
    return 100.0 * spent[3] / max(1, sum(spent))


def processor_times():
    return [int(word) for word in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]


def file_system(folder):
    """The type of the file system that holds a folder, and its options."""
    found = ("", "unknown", "")
    path = os.path.realpath(folder)
    for line in pathlib.Path("/proc/self/mounts").read_text().splitlines():
        _, point, kind, options = line.split()[:4]
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(found[0]):
            found = (point, kind, options)
    return found[1], found[2]


def description(folder, root, command):
    """What a figure means nothing without."""
    info = pathlib.Path("/proc/cpuinfo").read_text()
    models = [line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    kind, options = file_system(folder)
    return {
        "processor": models[0] if models else platform.machine(), "cores": os.cpu_count(),
        "memoryGiB": round(memory / (1 << 30), 1), "kernel": platform.release(),
        "fileSystem": f"{kind} ({options})", "date": datetime.date.today().isoformat(),
        "commit": said(["git", "-C", str(root), "describe", "--always", "--dirty"]),
        "peers": [one for one in (
            said(["redis-server", "--version"]), said(["psql", "--version"]), said(["sqlite3", "--version"])) if one],
        "command": command,
    }


def said(command):
    """The first line a program prints; None where it is not there or fails."""
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.strip().split("\n")[0]
    return None


def memory(pid):
    """A process's resident memory now and at its peak, in bytes."""
    fields = dict(
        line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    return tuple(int(fields[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))
