"""Imports: what comes in from where, what is told of it, and how a break is got over or a whole import taken back."""

import contextlib
import csv
import json
import os
import re
import subprocess

import engage
from audience import digest
from disks import Room, needs, separated
from programs import Skipped, must, wait_for
from screen import Screen
from setting import AUDIENCE, configured, people
from subjects import planted
from valve import Valve, is_interrupted

ROWS = 400_000
# The sync of the log, counted from the daemon's start, at which it dies: some of the removals are in.
TAKING_OUT = 9
# MiB that an import of many rows may take more than one of a few.
MORE = 24


def _instance(bench, name):
    with bench.client() as client:
        client.call("instance.configure", {**AUDIENCE, "instance": name, "audienceName": name})


def _members(bench, name="acme"):
    with bench.client() as client:
        listed = client.stream("member.list", {"instance": name})
        return {one for reply in listed for one in reply["result"]["members"]}


def _size(bench):
    with bench.client() as client:
        return client.call("instance.show", {"instance": "acme"})["result"]["members"]


def _position(bench):
    with bench.client() as client:
        return client.call("status")["result"]["position"]


def _digests(crowd):
    return {digest(one).hex() for one in crowd}


def _written(bench, name, lines):
    path = bench.folder / name
    path.write_text("".join(line + "\n" for line in lines))
    return str(path)


def _import(bench, *arguments, **options):
    return bench.muster("member", "import", *arguments, **options)


def _id(said):
    return re.search(r"import ([a-z0-9]+) into", said)[1]


def _started(bench, *arguments, **pipes):
    """An import that runs while the scenario goes on."""
    command = [bench.path("muster"), "member", "import", *arguments, "--socket", bench.socket]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "LC_ALL": "C.UTF-8"},
        **{"stdout": subprocess.PIPE, **pipes})


def _ended(bench, process, expect):
    """What an import said until its end."""
    out, err = (said.decode() if said else "" for said in process.communicate(timeout=60))
    bench.said.append(("muster member import", out + err))
    must(process.returncode == expect, f"it ended with {process.returncode}, not {expect}: {out}{err}")
    return out + err


def _open_files(process):
    files = []
    for descriptor in os.scandir(f"/proc/{process.pid}/fd"):
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            files.append(os.readlink(descriptor.path))
    return files


def _on_terminal(bench, *arguments, socket=None):
    return Screen(bench, bench.path("muster"), "member", *arguments, "--socket", socket or bench.socket)


def the_same_people_come_from_lines_csv_objects_events_and_a_pipe(bench):
    bench.credential()
    bench.daemon()
    crowd = people(2500)
    bench.people = {digest(one) for one in crowd}
    events = [json.dumps({
        "type": "track", "event": "Audience Entered", "properties": {engage.AUDIENCE: True},
        "context": {"traits": {"email": one}, "personas": {"computation_key": engage.AUDIENCE}}}) for one in crowd]
    halves = [_written(bench, f"{half}.txt", crowd[half::2]) for half in range(2)]
    ways = {
        "lines": halves,
        "csv": [_written(bench, "a.csv", ["id,e-mail", *(f'7,"{one}"' for one in crowd)]), "--column", "e-mail"],
        "objects": [
            _written(bench, "a.jsonl", [json.dumps({"id": 1.5, "user": {"mail": one}}) for one in crowd]),
            "--column", "user.mail"],
        "events": [_written(bench, "b.ndjson", events)], "pipe": ["-"],
    }
    for name, arguments in ways.items():
        _instance(bench, name)
        feed = "\n".join(crowd).encode() if name == "pipe" else None
        told = json.loads(_import(bench, name, *arguments, "--json", feed=feed).out)
        must((told["added"], told["rejectedCount"], told["members"]) == (2500, 0, 2500), f"{name}: {told}")
        must(_members(bench, name) == _digests(crowd), f"{name}: others are in")
    bench.muster("log", "verify", "--state-directory", str(bench.state))


def what_is_rejected_is_kept_by_line_and_reason_and_by_itself_only_where_asked(bench):
    bench.credential()
    bench.daemon()
    configured(bench)
    crowd = people(1200)
    lines = list(crowd)
    for place, unfit in ((3, "nobody at all"), (700, "+1 212 555 0100"), (1100, "optout@example.com")):
        lines.insert(place - 1, unfit)
    file, rejects = _written(bench, "people.txt", lines), bench.folder / "rejects.csv"
    done = _import(bench, "acme", file, "--rejects", str(rejects), expect=(11,))
    must("1,200 added, 0 unchanged, 3 rejected" in done.out and "line 700: phone" in done.out, f"{done.out}")
    rows = list(csv.reader(rejects.open()))
    must(
        [rows[0], *sorted(rows[1:], key=lambda row: int(row[1]))] == [
            ["file", "line", "reason"], [file, "3", "notAHash"], [file, "700", "phone"], [file, "1100", "reserved"]],
        f"it has {rows}")
    must(rejects.stat().st_mode & 0o777 == 0o600, "others may read it")
    refused = _import(bench, "acme", file, "--rejects", str(rejects), expect=(2,))
    must("is there already" in refused.err, f"it says {refused.err}")
    _import(bench, "acme", file, "--rejects", str(rejects), "--force", "--rejects-with-addresses", expect=(11,))
    must({row[3] for row in csv.reader(rejects.open())} >= {"member", "+1 212 555 0100", "nobody at all"}, "it is short")
    before = _position(bench)
    more = _written(bench, "more.txt", [*people(1500, 2000), *["x"] * 100])
    stopped = _import(bench, "acme", more, "--max-rejected", "5%", expect=(11,))
    must("100 of 1,600 rows rejected, more than 5%" in stopped.err and "Nothing was sent" in stopped.err, stopped.err)
    _import(bench, "acme", more, "--max-rejected", "99", expect=(11,))
    told = json.loads(_import(bench, "acme", more, "--dry-run", "--json", expect=(11,)).out)
    must((told["come"], told["go"], told["stay"], told["rejectedCount"]) == (1500, 0, 1200, 100), f"{told}")
    must(_position(bench) == before, "something was appended")


def an_import_that_is_broken_off_goes_on_where_it_was_and_counts_everybody_once(bench):
    bench.credential()
    daemon = bench.daemon()
    configured(bench)
    crowd = people(9000)
    with bench.client() as client:
        client.call("member.add", {"instance": "acme", "members": crowd[1000:2000]})
    process = _started(bench, "acme", "-")
    process.stdin.write("".join(line + "\n" for line in crowd[:5500]).encode())
    process.stdin.flush()

    wait_for(lambda: _size(bench) >= 3000, "some of it is taken")
    daemon.kill()
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write("".join(line + "\n" for line in crowd[5500:]).encode())
    process.stdin = process.stdin.close()
    process.wait(60)
    said = _ended(bench, process, process.returncode)
    must(process.returncode in (3, 7), f"it ended with {process.returncode}: {said}")
    must("To go on" in said and "Sent up to line" in said, f"it says {said}")
    number = _id(said)
    bench.daemon()
    whole = "\n".join(crowd).encode()
    other = _import(bench, "acme", "-", "--resume", number, feed=b"\n".join(whole.split()[::-1]), expect=(6,))
    must("not the input" in other.err, f"it says {other.err}")
    told = json.loads(_import(bench, "acme", "-", "--resume", number, "--json", feed=whole).out)
    must((told["added"], told["unchanged"], told["members"]) == (8000, 1000, 9000), f"{told}")
    must(told["replayed"] >= 2000 and told["import"] == number, f"{told}")
    must(_members(bench) == _digests(crowd), "others are in")
    before = _position(bench)
    told = json.loads(_import(bench, "acme", "-", "--resume", number, "--json", feed=whole).out)
    must((told["added"], told["members"]) == (8000, 9000), f"{told}")
    must(_position(bench) == before, "it was taken twice")


def a_whole_audience_is_compared_first_and_adds_before_it_removes(bench):
    bench.credential()
    bench.daemon()
    configured(bench)
    with bench.client() as client:
        client.call("member.add", {"instance": "acme", "members": people(3000)})
    crowd = people(3000, 1000)
    file = _written(bench, "all.txt", crowd)
    must("give --yes" in _import(bench, "acme", file, "--as-snapshot", expect=(2,)).err, "it asks nobody")
    nobody = _written(bench, "nobody.txt", ["x"])
    refused = _import(bench, "acme", nobody, "--as-snapshot", "--yes", "--max-rejected", "1", expect=(2,))
    must("not emptied" in refused.err, f"it says {refused.err}")
    wrong = _written(bench, "wrong.txt", [*crowd, *["x"] * 200])
    must("more than 5%" in _import(bench, "acme", wrong, "--as-snapshot", "--yes", expect=(11,)).err, "it goes on")
    with _on_terminal(bench, "import", "acme", file, "--as-snapshot") as screen:
        screen.said(r"1,000 would come, 1,000 go, 2,000 stay; 0 rows rejected\s+Make it so\? \[y/N\]")
        screen.type(b"n\n")
        screen.ends(1)
    must(_members(bench) == _digests(people(3000)), "something was done")
    with _on_terminal(bench, "import", "acme", file, "--as-snapshot") as screen:
        screen.said(r"\[y/N\]")
        screen.type(b"y\n")
        screen.ends(0)
    must("1,000 added, 1,000 removed, 2,000 unchanged, 0 rejected; 3,000 members now" in screen.text, screen.text)
    must(_members(bench) == _digests(crowd), "others are in")
    dump = bench.muster("log", "dump", "--json", "--instance", "acme", "--state-directory", str(bench.state)).out
    kinds = [json.loads(line)["type"] for line in dump.splitlines()]
    must(kinds == ["instanceConfigured", "membersAdded", "membersAdded", "membersRemoved"], f"the log has {kinds}")
    again = _import(bench, "acme", file, "--as-snapshot")
    must("nothing to do" in again.out, f"it says {again.out}")


def a_whole_audience_that_is_broken_off_is_compared_anew_and_is_the_file_in_the_end(bench):
    bench.credential()
    daemon = bench.daemon()
    configured(bench)
    crowd = people(40_000, 20_000) + people(10_000, 10_000)
    with bench.client() as client:
        client.call("member.add", {"instance": "acme", "members": people(20_000)})
    file = _written(bench, "all.txt", crowd)
    # However fast both are, it is in the middle of its commands when the signal comes.
    valve = Valve(str(bench.folder / "valve.sock"), bench.socket, "member.add", 12)
    with _on_terminal(
            bench, "import", "acme", file, "--as-snapshot", "--progress", "always", socket=valve.path) as screen:
        screen.said(r"40,000 would come, 10,000 go, 10,000 stay")
        screen.type(b"y\n")
        screen.said(r"go on with --resume \w+\s+.*rows")
        must(valve.held.wait(60), f"it sends nothing: {screen.text[-800:]}")
        screen.interrupt()
        wait_for(lambda: is_interrupted(screen.pid), "the signal has come")
        valve.open()
        screen.ends(130)
    valve.end()
    must("Sent up to line" in screen.text and "To go on" in screen.text, screen.text[-400:])
    number, came = _id(screen.text), _size(bench) - 20_000
    must(0 < came < 40_000, f"{came:,} have come")
    # Meanwhile three whom the import brought go, and a stranger comes.
    with bench.client() as client:
        client.call("member.remove", {"instance": "acme", "members": crowd[:3]})
        client.call("member.add", {"instance": "acme", "members": people(1, 1_000_000)})
    done = _import(bench, "acme", file, "--as-snapshot", "--resume", number, "--yes")
    must(f"before the break {came:,} were added, 0 removed" in done.err, f"{came:,} had come, and it says {done.err}")
    must(f"{40_003 - came:,} would come, 10,001 go" in done.err, f"{came:,} had come, and it says {done.err}")
    must("0 rejected; 50,000 members now" in done.out and _members(bench) == _digests(crowd), "others are in")
    must("nothing to do" in _import(bench, "acme", file, "--as-snapshot", "--resume", number).out, "it does more")
    _dies_while_it_takes_out(bench, daemon, crowd[:40_000])


def _dies_while_it_takes_out(bench, daemon, crowd):
    """The daemon is killed when some are out, and the file is another when it goes on: it is compared like any."""
    file = _written(bench, "fewer.txt", crowd)
    daemon.kill()
    daemon = bench.daemon(**planted(bench, bench.state, only="fdatasync,", at=TAKING_OUT, do="kill"))
    process = _started(bench, "acme", file, "--as-snapshot", "--yes")
    said = _ended(bench, process, 7)
    found = re.search(r"Everybody in the input is in; ([\d,]+) of 10,000 who are to go are out", said)
    must(found and "To go on" in said, f"it says {said}")
    bench.daemon()
    number, left = _id(said), _size(bench) - 40_000
    must(0 < left < 10_000 and 10_000 - left >= int(found[1].replace(",", "")), f"{left:,} are left, and it says {said}")
    _written(bench, "fewer.txt", crowd[1:])
    done = _import(bench, "acme", file, "--as-snapshot", "--resume", number, "--yes")
    must(f"0 were added, {10_000 - left:,} removed" in done.err, done.err)
    must(f"0 would come, {left + 1:,} go, 39,999 stay" in done.err, f"{left:,} are left, and it says {done.err}")
    must(f"{left + 1:,} removed, 39,999 unchanged, 0 rejected; 39,999 members now" in done.out, f"it says {done.out}")
    must(_members(bench) == _digests(crowd[1:]), "the audience is not the file")


def an_import_is_taken_back_as_far_as_it_is_still_its_own(bench):
    bench.credential()
    bench.daemon()
    configured(bench)
    with bench.client() as client:
        client.call("member.add", {"instance": "acme", "members": people(500)})
    number = _id(_import(bench, "acme", _written(bench, "more.txt", people(2000))).err)
    with bench.client() as client:
        client.call("member.remove", {"instance": "acme", "members": people(20, 1000)})
        client.call("member.add", {"instance": "acme", "members": people(10, 1000)})
    done = bench.muster("member", "undo", "acme", "--import", number, "--dry-run")
    must("added 1,500, of whom 1,480 are in by it still" in done.out, f"it says {done.out}")
    bench.muster("member", "undo", "acme", "--import", number, expect=(2,))
    must(len(_members(bench)) == 1990, "something was done")
    told = bench.ask("member", "undo", "acme", "--import", number, "--yes")
    must((told["added"], told["stillIn"], told["removed"], told["members"]) == (1500, 1480, 1480, 510), f"{told}")
    must(_members(bench) == _digests(people(500) + people(10, 1000)), "others are in")
    must(bench.ask("member", "undo", "acme", "--import", number, "--yes")["stillIn"] == 0, "somebody is left")
    unknown = bench.muster("member", "undo", "acme", "--import", "nothing", expect=(5,))
    must("has nothing of import nothing" in unknown.err, f"it says {unknown.err}")


def a_wrong_input_is_told_of_with_what_was_sent(bench):
    bench.credential()
    bench.daemon()
    configured(bench)
    table = _written(bench, "a.csv", ["id,email", *(f"1,{one}" for one in people(10))])
    noise = bench.folder / "noise.txt"
    noise.write_bytes(bytes(range(256)) * 10)
    quoted = _written(bench, "quoted.csv", ["email", *people(2500), 'a"b'])
    for arguments, status, words in (
            (["/no/such/file"], 2, "there is no file"), ([str(bench.folder)], 2, "is a directory"),
            ([table, "--column", "mail"], 2, "has 2 columns, and none is called"), ([str(noise)], 2, "no text"),
            ([quoted, "--column", "email"], 2, "line 2,502: a quotation mark"),
            ([table, "--column", "email", "--rejects", "/dev/full"], 1, "/dev/full cannot be written"),
            ([table, "--column", "email", "--rejects", "/no/such/file"], 2, "cannot be written"),
            ([table, "--column", "email", "--resume", "Not-An-Id"], 2, "made of a-z and 0-9")):
        done = _import(bench, "acme", *arguments, expect=(status,))
        must(words in done.err, f"{arguments[1:]} says {done.err}")
    must(not _members(bench), "somebody came in")
    process = _started(bench, "acme", _written(bench, "growing.txt", people(3000)), "-")
    process.stdin.write("".join(line + "\n" for line in people(1000, 3000)).encode())
    process.stdin.flush()
    wait_for(lambda: len(_members(bench)) >= 3000, "the file is taken")
    process.stdin.close()
    process.stdin = None
    _ended(bench, process, 0)
    growing = bench.folder / "growing.fifo"
    os.mkfifo(growing)
    process = _started(bench, "acme", str(growing), table, "--format", "lines")
    with growing.open("w") as pipe:
        wait_for(lambda: str(table) in _open_files(process), "both are open")
        with open(table, "a", encoding="utf-8") as changed:
            changed.write("\n")
        pipe.write("".join(line + "\n" for line in people(1500, 5000)))
    said = _ended(bench, process, 6)
    must("changed while it was read" in said and "To go on" in said and "1,000 added" in said, f"it says {said}")
    reading, writing = os.pipe()
    os.close(reading)
    process = _started(bench, "acme", "-", stdout=writing)
    os.close(writing)
    process.stdin.write("".join(line + "\n" for line in people(10, 9000)).encode())
    process.stdin.close()
    process.stdin = None
    must("the import is done" in _ended(bench, process, 141), "it does not say that it is done")
    must(_digests(people(10, 9000)) <= _members(bench), "they are not in")


def an_import_without_room_for_what_it_rejects_stops_and_says_what_was_sent(bench):
    needs("mount")
    if not separated():
        raise Skipped("mounts are not allowed here")
    room = Room(bench.folder / "small", "128k")
    bench.credential()
    bench.daemon()
    configured(bench)
    file = _written(bench, "people.txt", [*people(15_000), *["nobody"] * 60_000])
    rejects = room.point / "rejects.csv"
    done = _import(bench, "acme", file, "--rejects", str(rejects), expect=(1,))
    must("cannot be written: there is no room" in done.err and "To go on" in done.err, f"it says {done.err}")
    must(re.search(r"Sent up to line ([\d,]+): \1 added", done.err), f"it says {done.err}")
    room.resize("8m")
    done = _import(bench, "acme", file, "--rejects", str(rejects), "--resume", _id(done.err), expect=(11,))
    must("15,000 added" in done.out and rejects.read_text().count("\n") == 60_001, f"it says {done.out}")


def on_a_terminal_a_bar_goes_on_until_ctrl_c_and_the_rest_follows_in_little_memory(bench):
    bench.credential()
    bench.daemon()
    configured(bench)
    few = _written(bench, "few.txt", people(5000, 10_000_000))
    with _on_terminal(bench, "import", "acme", few) as screen:
        screen.ends(0)
    small = screen.peak
    many = bench.folder / "many.txt"
    with many.open("w") as file:
        for start in range(0, ROWS, 50_000):
            file.writelines(f"someone{number}@example.org\n" for number in range(start, start + 50_000))
    with _on_terminal(
            bench, "import", "acme", str(many), "--progress", "always", "--max-rejected", "5%") as screen:
        screen.said(r"\[#*\.+\] \d+ %  [\d,]+ rows  [\d,]+ a second .* [KM]iB")
        screen.interrupt()
        screen.ends(130)
    must("interrupted" in screen.text and "To go on" in screen.text, f"it says {screen.text[-800:]}")
    part = _size(bench)
    must(5000 < part < ROWS, f"{part} are in")
    must(f"{part - 5000:,} added" in screen.text, f"{part} are in, and it says {screen.text[-800:]}")
    with _on_terminal(
            bench, "import", "acme", str(many), "--resume", _id(screen.text), "--progress", "always") as screen:
        screen.ends(0, 120)
    large = screen.peak
    must(f"{ROWS:,} added" in screen.text and f"{ROWS + 5000:,} members now" in screen.text, screen.text[-400:])
    print(f"       MiB: {small} for 5,000 rows, {large} for {ROWS:,}", flush=True)
    must(large < small + MORE, f"{large} MiB for {ROWS} rows, {small} for a few")
