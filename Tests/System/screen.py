"""A terminal of 24 lines and 80 columns with one program in it, driven by a script."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

from programs import Failure

ROWS, COLUMNS = 24, 80


class Screen:
    """Runs a command in a pseudo-terminal, as a context; what it shows is kept as it came."""

    def __init__(self, bench, *command, columns=COLUMNS, **environment):
        self.bench, self.label = bench, " ".join(os.path.basename(one) for one in command[:3])
        self.seen, self.code = b"", None
        # The most memory that it took, in MiB; known at its end.
        self.peak = None
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            # Before the program looks: from the other side it may come too late.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
            with contextlib.suppress(OSError):
                os.execve(command[0], command, {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm", **environment})
            os._exit(127)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.terminal)
        self.bench.said.append((self.label, self.text))

    @property
    def text(self):
        return self.seen.decode(errors="replace")

    def lines(self):
        """What stands on the screen in the end: a line that was written over is not told."""
        return [re.split(r"\r\x1b\[K|\r", line)[-1] for line in self.text.replace("\r\n", "\n").split("\n")]

    def read(self, seconds):
        """Takes what comes within so many seconds; false at the end of it."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return True
        try:
            piece = os.read(self.terminal, 65536)
        except OSError:  # the program has ended and closed its side
            piece = b""
        self.seen += piece
        return bool(piece)

    def said(self, pattern, seconds=30.0):
        """Waits until the terminal has shown what matches."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := re.search(pattern, self.text):
                return found
            if not self.read(0.1) and not re.search(pattern, self.text):
                break
        raise Failure(f"{self.label} does not show {pattern!r}: {self.text[-1500:]}")

    def type(self, keys):
        os.write(self.terminal, keys)

    def interrupt(self):
        """Ctrl-C."""
        self.type(b"\x03")

    def ended(self, seconds=30.0):
        """Waits for its end; its status, or the negative number of the signal that ended it."""
        end = time.monotonic() + seconds
        while self.read(0.1):
            if time.monotonic() > end:
                raise Failure(f"{self.label} does not end: {self.text[-1500:]}")
        _, status, usage = os.wait4(self.pid, 0)
        self.code, self.peak = os.waitstatus_to_exitcode(status), usage.ru_maxrss // 1024
        return self.code

    def ends(self, code, seconds=30.0):
        """Waits for its end, which is to be this."""
        if self.ended(seconds) != code:
            raise Failure(f"{self.label} ended with {self.code}, not {code}: {self.text[-1500:]}")
