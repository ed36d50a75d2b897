"""A musterd that is killed, failed and started again, with or without faults planted in its file calls."""

import os
import pathlib
import shutil
import signal
import subprocess
import time

from ledger import events, listening, members
from programs import HERE, Failure, Skipped, must


def library(bench, source="faults.c"):
    """A built library to be preloaded."""
    built = bench.folder / source.replace(".c", ".so")
    if not built.exists():
        compiler = shutil.which("cc") or shutil.which("clang")
        if compiler is None:
            raise Skipped("there is no C compiler")
        done = subprocess.run(
            [compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", str(built), str(HERE / source),
             "-ldl"], capture_output=True, text=True, timeout=60)
        must(done.returncode == 0, f"{source} does not compile: {done.stderr}")
    return str(built)


def planted(bench, root, **faults):
    """The environment that lets a program meet faults below `root`; `faults` are those of faults.c, in small letters and
    without their first word."""
    named = {f"FAULTS_{name.upper()}": str(value) for name, value in faults.items()}
    return {**named, "LD_PRELOAD": library(bench), "FAULTS_ROOT": str(root)} if faults else {}


def ahead(bench, seconds, *options):
    """A daemon whose time of day is so many seconds ahead."""
    return bench.daemon(*options, LD_PRELOAD=library(bench, "ahead.c"), CLOCK_AHEAD=str(seconds))


class Subject:
    """One state directory, and the daemons that follow one another on it."""

    def __init__(self, bench, state=None):
        self.bench, self.state = bench, pathlib.Path(state or bench.state)
        self.program, self.said_last = None, ""
        if not bench.credentials.joinpath("ttd-token").exists():
            bench.credential()

    def start(self, wrap=(), socket=None, notify=None, **faults):
        """Starts a daemon with faults planted; true once it listens, false where it ended before."""
        socket = socket or self.bench.socket
        environment = planted(self.bench, self.state, **faults)
        if notify:
            environment["NOTIFY_SOCKET"] = notify
        self.program = self.bench.start(
            "musterd", *wrap, self.bench.path("musterd"), "--socket", socket,
            "--state-directory", str(self.state), "--credentials-directory", str(self.bench.credentials),
            **environment)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if self.program.process.poll() is not None:
                return False
            if listening(socket):
                return True
            time.sleep(0.002)
        raise Failure("the daemon did not listen within 20 s")

    def must_start(self, **faults):
        must(self.start(**faults), f"the daemon ended with {self.program.process.returncode}: {self.said()}")

    def said(self):
        return self.program.text()[-1500:]

    def count(self, ledger, what=""):
        """Compares what the log and the daemon tell with what was sent; `what` begins what is found wrong."""
        found, code = events(self.bench, self.state)
        ledger.compare(found)
        must(code == 0, f"{what}the log does not read back: exit status {code}")
        told, expected = members(self.bench.socket), ledger.size()
        must(told == expected or ledger.lost, f"{what}the daemon tells {told} members, its log {expected}")

    def terminate(self):
        self.program.process.terminate()

    def end(self, how=signal.SIGKILL):
        """Ends the daemon where it has not ended, and gives its status; its words are kept for the search for leaks."""
        process = self.program.process
        if process.poll() is None and how is not None:
            os.kill(process.pid, how)
        try:
            code = process.wait(20)
        except subprocess.TimeoutExpired:
            raise Failure("the daemon did not end within 20 s") from None
        said = (self.program.name, self.program.text())
        self.said_last = said[1][-1500:]
        if said[1] not in {text for _, text in self.bench.said[-50:]}:
            self.bench.said.append(said)
        self.bench.started.remove(self.program)
        for path in (self.program.out, self.program.err):
            path.unlink()
        return code
