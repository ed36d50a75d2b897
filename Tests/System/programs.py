"""The built programs in a folder of their own: started, asked, killed, and gone at the end."""

import base64
import contextlib
import itertools
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "proto-docs"))

from client import MusterError  # noqa: E402,F401
from described import Client  # noqa: E402  (the published client is the one the tests use)


class Failure(Exception):
    """Something was not as it must be."""


class Skipped(Exception):
    """The scenario cannot run here, and why."""


def must(condition, sentence):
    if not condition:
        raise Failure(sentence)


def failure_of(body):
    """What `body` finds wrong, for a harness that has to notice something; None where it finds nothing."""
    try:
        body()
    except Failure as noticed:
        return str(noticed)
    return None


def unmount_below(folder):
    """Unmounts whatever is left below a folder, the last first; loop devices go with their mounts."""
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        points = [line.split()[1] for line in mounts]
    for point in reversed(points):
        if point.startswith(f"{folder}/"):
            subprocess.run(["umount", "-l", point], check=False, timeout=60)


def wait_for(question, sentence, seconds=20.0):
    """The first true answer to `question`, asked again and again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = question()
        if answer:
            return answer
        time.sleep(0.01)
    raise Failure(f"waited {seconds:.0f} s in vain: {sentence}")


class Program:
    """A running program whose output goes to two files."""

    def __init__(self, name, command, folder, environment):
        self.name = name
        self.out, self.err = folder / f"{name}.out", folder / f"{name}.err"
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment)
        self.pid = self.process.pid

    def text(self):
        return self.out.read_text(errors="replace") + self.err.read_text(errors="replace")

    def said(self, pattern, seconds=20.0):
        """The match of `pattern` in the output, waited for."""
        def found():
            match = re.search(pattern, self.text())
            if match is None and self.process.poll() is not None:
                raise Failure(f"{self.name} ended: {self.text()[-2000:]}")
            return match
        return wait_for(found, f"{self.name} says {pattern!r}", seconds)

    def kill(self):
        self.process.kill()
        return self.process.wait()

    def stop(self, seconds=20.0):
        """Ends it politely and gives the exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f"{self.name} did not end within {seconds:.0f} s of SIGTERM") from None


class Bench:
    """A temporary folder, the programs working in it, and everything they say."""

    def __init__(self, programs):
        self.programs = pathlib.Path(programs).resolve()
        self.token = "canary-" + secrets.token_hex(16)
        self.started, self.said, self.last_words, self.box_words = [], [], [], []
        self.numbers = itertools.count()

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="muster-"))
        self.state, self.credentials = self.folder / "state", self.folder / "credentials"
        for folder in (self.state, self.credentials, self.folder / "output"):
            folder.mkdir(mode=0o700)
        self.socket = str(self.folder / "command.sock")
        return self

    def __exit__(self, kind, *_):
        for program in reversed(self.started):
            with contextlib.suppress(Failure):
                program.stop(10.0 if kind is None else 2.0)
        left = self.left_running()
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if kind is not None:
            self.last_words = [f"{one.name}: {one.text()[-1200:].strip()}" for one in self.started] + self.box_words
        unmount_below(self.folder)
        shutil.rmtree(self.folder)
        if kind is None:
            must(not left, f"still running at the end: {left}")

    def left_running(self):
        """Processes that name this folder on their command line."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with contextlib.suppress(OSError):
                    if str(self.folder).encode() in (entry / "cmdline").read_bytes():
                        found.append(int(entry.name))
        return found

    def path(self, name):
        path = self.programs / name
        must(os.access(path, os.X_OK), f"{path} is not built")
        return str(path)

    def start(self, name, *command, **environment):
        environment = {**os.environ, "LC_ALL": "C.UTF-8", **environment}
        label = f"{next(self.numbers)}-{name}"
        program = Program(label, list(command), self.folder / "output", environment)
        self.started.append(program)
        return program

    def credential(self, *lines, name="ttd-token"):
        """Writes a credential's file: the token, then what belongs to it."""
        path = self.credentials / name
        path.write_text("\n".join([self.token, *lines]) + "\n")
        path.chmod(0o600)

    def sandbox(self, *options):
        """Starts the stand-in for TTD and lets the credential name it."""
        accepted = self.folder / "sandbox-token"
        accepted.write_text(self.token + "\n")
        program = self.start(
            "ttd-sandbox", self.path("ttd-sandbox"), "--listen", "127.0.0.1:0",
            "--token-file", str(accepted), *options)
        self.endpoint = program.said(r"http://127\.0\.0\.1:\d+/v3").group()
        self.credential(f"endpoint {self.endpoint}")
        return program

    def inspect(self, path=""):
        """What the sandbox shows of itself."""
        address = self.endpoint.removesuffix("/v3") + "/inspect" + path
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.read()

    def daemon_options(self):
        return ["--state-directory", str(self.state), "--credentials-directory", str(self.credentials)]

    def daemon(self, *options, **environment):
        """Starts musterd with a socket of its own and waits until it answers."""
        program = self.start(
            "musterd", self.path("musterd"), "--socket", self.socket, *self.daemon_options(), *options, **environment)
        self.answering(program)
        return program

    def answering(self, program):
        def answers():
            if program.process.poll() is not None:
                raise Failure(f"{program.name} ended: {program.text()[-2000:]}")
            with contextlib.suppress(OSError):
                with Client(self.socket, timeout=5.0) as client:
                    return client.call("ping")
        wait_for(answers, "musterd answers")

    def holder(self, *options, wrap=()):
        """Holds the socket, and starts musterd, by the command `wrap` where there is one, when a client comes."""
        program = self.start(
            "holder", sys.executable, str(HERE / "holder.py"), self.socket, *wrap, self.path("musterd"),
            *self.daemon_options(), *options)
        program.said("listening")
        return program

    def client(self, **options):
        return Client(self.socket, **options)

    def box(self, prepare=None, installed=True):
        """A machine of its own under a real systemd, as a context; `prepare` is given it before it boots."""
        from box import Box  # which itself is written with what stands here
        return Box(self, prepare, installed)

    def muster(self, *arguments, expect=(0,), show=False, feed=None):
        """Runs the command line; its output is kept, and shown as it comes where asked."""
        command = [self.path("muster"), *arguments]
        if "--state-directory" not in arguments:
            command += ["--socket", self.socket]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**os.environ, "LC_ALL": "C.UTF-8"})
        done = Spoken(process, feed, show)
        self.said.append((" ".join(["muster", *arguments[:2]]), done.out + done.err))
        must(
            done.code in expect,
            f"muster {' '.join(arguments[:2])} ended with {done.code}, not {expect}: "
            f"{done.out[-600:]}{done.err[-600:]}")
        return done

    def ask(self, *arguments, **options):
        """The command line's answer as JSON."""
        return json.loads(self.muster(*arguments, "--json", **options).out)

    def all_output(self):
        """Everything every program printed, by the program's name."""
        return [(one.name, one.text()) for one in self.started] + self.said

    def leaks(self, members=()):
        """Places where an address, the token, a signed URL or one of `members` shows in any output."""
        wrong = {
            # The name of a unit that was made from another's name is none.
            "an address": re.compile(r"[\w.+-]+@(?!musterd[\w-]*\.service\b)[\w-]+\.[\w.]+"),
            "the token": re.compile(re.escape(self.token)),
            "a signed URL": re.compile(r"://[^\s\"]*\?|X-Amz-|[?&][Ss]ignature="),
        }
        known = {one.hex() for one in members} | {base64.b64encode(one).decode() for one in members}
        for name, text in self.all_output():
            for what, pattern in wrong.items():
                if pattern.search(text):
                    yield f"{what} in the output of {name}"
            words = re.findall(r"[0-9a-f]{64}|[A-Za-z0-9+/]{43}=", text)
            if known.intersection(words):
                yield f"a member's digest in the output of {name}"


class Spoken:
    """What one run of the command line said, shown as it comes where asked."""

    def __init__(self, process, feed, show):
        pieces = {process.stdout: [], process.stderr: []}
        screens = {process.stdout: sys.stdout, process.stderr: sys.stderr}
        pumps = [
            threading.Thread(target=self.pump, args=(stream, pieces[stream], show and screens[stream]))
            for stream in pieces]
        for pump in pumps:
            pump.start()
        with process.stdin, contextlib.suppress(BrokenPipeError):
            process.stdin.write(feed or b"")
        for pump in pumps:
            pump.join()
        self.code = process.wait(120)
        self.out, self.err = (b"".join(taken).decode(errors="replace") for taken in pieces.values())
        process.stdout.close()
        process.stderr.close()

    @staticmethod
    def pump(stream, taken, screen):
        while piece := os.read(stream.fileno(), 65536):
            taken.append(piece)
            if screen:
                screen.buffer.write(piece)
                screen.flush()
