"""What somebody sees who watches: the events as they come, a run that is waited for, and the state on one screen."""

import json
import re

from programs import must, wait_for
from screen import COLUMNS, ROWS, Screen
from setting import AUDIENCE, configured, fill, people

# What differs from run to run: positions and times stay in their columns.
CHANGING = [
    (r"^ *\d+  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "POSITION  TIME"), (r"\[uid \d+, pid \d+\]", "[WHO]"),
    (r"run \d+", "run N"), (r"\d{4}-\d\d-\d\d", "DATE"), (r"segment \S+,", "segment ID,")]

# Audiences that need attention: more than a screen has lines for.
COUNT = 12

LINES = """\
POSITION  TIME  acme  made: advertiserId cxpowqgj, audienceName Acme customers, region US, piiType hashedEmail, \
endpoint ENDPOINT, minimumMembers 0 [WHO]
POSITION  TIME  acme  100 members came [WHO]
POSITION  TIME  acme  run N was requested: manual, for DATE [WHO]
POSITION  TIME  acme  run N fixed its list: 100 members, 4 KiB; 100 came and 0 went since the last success
POSITION  TIME  acme  run N is about to make the segment
POSITION  TIME  acme  run N knows the segment ID, created
POSITION  TIME  acme  run N was given a place to upload to
POSITION  TIME  acme  run N began upload 1
POSITION  TIME  acme  run N uploaded 4 KiB, HTTP status 200
POSITION  TIME  acme  run N succeeded
POSITION  TIME  acme  2 members went, 1 was not in [WHO]
"""


def _plain(bench, text):
    for pattern, words in CHANGING:
        text = re.sub(pattern, words, text, flags=re.M)
    return text.replace(bench.endpoint, "ENDPOINT")


def _screen(bench, *arguments):
    return Screen(bench, bench.path("muster"), *arguments, "--socket", bench.socket)


def a_tail_tells_what_happened_and_goes_on_over_a_restart(bench):
    bench.sandbox()
    daemon = bench.daemon("--query-socket", str(bench.folder / "query.sock"))
    configured(bench)
    fill(bench, 100)
    bench.muster("sync", "now", "acme", "--wait")
    with bench.client() as client:
        client.call("member.remove", {"instance": "acme", "members": people(2) + people(1, 5000)})
    said = bench.muster("tail", "--number", "50").out
    must(_plain(bench, said) == LINES, f"it tells {_plain(bench, said)}")
    _filters(bench, said.splitlines())
    with _screen(bench, "tail", "-f", "-n", "1", "--instance", "acme") as screen:
        screen.said("2 members went")
        with bench.client() as client:
            client.call("member.add", {"instance": "acme", "members": people(2)})
        screen.said("2 members came")
        must("100 members came" not in screen.text, "it begins with more than was asked for")
        daemon.stop()
        bench.daemon()
        screen.said("the daemon ended the stream; going on at position")
        with bench.client() as client:
            client.call("member.add", {"instance": "acme", "members": people(3, 200)})
        screen.said("3 members came")
        must(screen.text.count("2 members came") == 1, "it tells something twice")
        screen.interrupt()
        screen.ends(-2)


def _filters(bench, lines):
    def tail(*options):
        return bench.muster("tail", *options).out.splitlines()
    must(tail("--from", "2", "--type", "membersAdded", "--type", "membersRemoved") == [lines[1], lines[-1]], "--type")
    must(tail() == lines[-10:], "it does not begin with the last ten")
    must(tail("-n", "2", "--instance", "acme") == lines[-2:], "-n")
    must(tail("-n", "1", "--type", "membersAdded") == [lines[1]], "-n with --type")
    must(tail("--since", "2020-01-01") == lines and tail("--since", "2200-01-01") == [], "--since")
    query = ["--socket", str(bench.folder / "query.sock")]
    events = [json.loads(line) for line in tail("--from", "1", "--json", *query)]
    with bench.client() as client:
        must(events == client.call("log.tail", {"from": 1})["result"]["events"], f"--json tells {events}")
    bench.muster("tail", "--instance", "nobody", expect=(5,))
    bench.muster("tail", "--from", str(len(lines) + 2), expect=(2,))


def a_sync_that_is_waited_for_shows_its_steps_and_a_bar_on_a_terminal(bench):
    bench.sandbox("--fault", "PUT /upload 1 slow:2")
    bench.daemon()
    configured(bench)
    source = bench.folder / "people.txt"
    source.write_text("".join(f"{one}\n" for one in people(30_000)))
    bench.muster("member", "add", "acme", "--file", str(source))
    # The first upload is slow, so that there is a run to be interrupted at.
    with _screen(bench, "sync", "now", "acme", "--wait") as screen:
        run = screen.said(r"run (\d+) running \(upload\)")[1]
        screen.interrupt()
        screen.said(f"no longer waiting: run {run} goes on, and muster sync show {run} says how it fares")
        screen.ends(130)
    wait_for(lambda: bench.ask("sync", "show", run)["state"] == "succeeded", "the run goes on")
    with _screen(bench, "sync", "now", "acme", "--wait", "--again") as screen:
        screen.ends(0)
        bars = re.findall(r"\r\x1b\[K\[([#.]{24})\] (\d+) %  ([^\r]*)", screen.text)
        must(bars and bars[-1] == ("#" * 24, "100", "1,318 KiB of 1,318 KiB"), f"the bars are {bars}")
        must(len(bars) > 1 and int(bars[0][1]) < 100, f"the bars are {bars}")
        left = [line for line in screen.lines() if line]
        must(all(line.startswith("run ") for line in left), f"on the screen is left {left}")
        must([re.search(r"\((\w+)\)|succeeded", line)[0] for line in left][-1] == "succeeded", f"{left}")
    plain = bench.muster("sync", "now", "acme", "--wait", "--again")
    must("\x1b" not in plain.out + plain.err and "[#" not in plain.out, "without a terminal there is a bar")
    must(plain.out.splitlines()[-1].endswith("succeeded: 30,000 members, 1,318 KiB"), f"it says {plain.out}")


def the_status_of_many_audiences_fits_one_screen(bench):
    bench.credential()
    bench.daemon()
    with bench.client() as client:
        for index in range(COUNT):
            name = f"audience-{index:02}"
            schedule = {"dailyAt": "03:00", "timeZone": "UTC"} if index % 2 else None
            client.call("instance.configure", {
                **AUDIENCE, "instance": name, "audienceName": name, "minimumMembers": 10, "schedule": schedule})
            client.call("sync.now", {"instance": name})
        wait_for(lambda: len(client.call("status")["result"]["attention"]) >= COUNT, "all are skipped")
    with _screen(bench, "status") as screen:
        screen.ends(0)
        lines = screen.text.splitlines()
        must(len(lines) < ROWS, f"it has {len(lines)} lines")
        must(all(len(line) <= COLUMNS for line in lines), f"a line is too long: {lines}")
        must("\x1b" not in screen.text, "it steers the terminal")
    must("needs attention" in lines and "next" in lines, f"it tells {lines}")
    must(any(re.fullmatch(r"  and \d+ more: muster status --all", line) for line in lines), f"it tells {lines}")
    whole = bench.muster("status", "--all").out
    must(all(f"audience-{index:02}" in whole for index in range(COUNT)), "--all leaves something out")
