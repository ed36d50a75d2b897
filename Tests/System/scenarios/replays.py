"""A start on a long log tells the service manager how far it is, and asks for time, before it says that it is ready."""

import re
import socket

from ledger import Ledger, seed, stream
from programs import Failure, must
from subjects import Subject

SEGMENTS = 6


def a_long_start_shows_its_progress_and_asks_for_time_before_it_is_ready(bench):
    messages = _start(bench)
    _check(messages)
    print(f"       {len(messages)} messages, the first: {messages[0]!r}", flush=True)


def a_start_that_asks_for_no_time_is_noticed(bench):
    try:
        _check(_start(bench, plant="mute"))
    except Failure as noticed:
        print(f"       mute: red: {noticed}", flush=True)
    else:
        must(False, "the harness did not notice mute")


def _segmented(bench):
    """A log of some segments, and the daemon that wrote them."""
    subject, ledger = Subject(bench), Ledger(seed())
    for _ in range(SEGMENTS):  # each process makes a segment of its own
        subject.must_start()
        stream(bench.socket, ledger, lambda: ledger.mixed(3000), count=20)
        must(subject.end(how=15) == 0, f"the daemon did not end well: {subject.said_last}")
    return subject


def _start(bench, **faults):
    """What a start on a log of some segments sends until it is ready."""
    subject = _segmented(bench)
    path = str(bench.folder / "notify.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        manager.settimeout(20)
        subject.must_start(notify=path, **faults)
        messages = []
        while not messages or "READY=1" not in messages[-1]:
            messages.append(manager.recv(4096).decode())
        subject.end(how=15)
    return messages


def _check(messages):
    *progress, ready = messages
    must("READY=1" in ready.splitlines(), f"the last message is {ready!r}")
    shown = []
    for message in progress:
        lines = dict(line.split("=", 1) for line in message.splitlines())
        must(int(lines.get("EXTEND_TIMEOUT_USEC", 0)) >= 1_000_000, f"{message!r} asks for no time")
        found = re.search(r"segment (\d+) of (\d+)", lines.get("STATUS", ""))
        must(found, f"{message!r} shows no progress")
        shown.append(tuple(map(int, found.groups())))
    expected = [(number, SEGMENTS) for number in range(1, SEGMENTS + 1)]
    must(shown == expected, f"the progress shown was {shown}")
