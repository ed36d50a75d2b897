"""The commands of the first page, followed word by word as a reader would; those of Install are in package_life.py."""

import datetime
import json
import random
import shutil
import socket
import zoneinfo

import engage
from audience import digest, fold, rows
from pages import README, answer, below, carry_out, commands, ends
from programs import failure_of, must
from setting import configured, people
from subjects import ahead

HOUR = 3600


def _commands(heading, count):
    found = commands(below(README.read_text(), heading), consoles=True)
    must(len(found) == count, f"{heading or 'the beginning'} has {len(found)} commands: {found}")
    return found


def _clock():
    """How far the clock is to be ahead, so that the schedule of the page starts no run meanwhile."""
    is_near = datetime.datetime.now(zoneinfo.ZoneInfo("America/New_York")).hour in (1, 2, 3, 4)
    return 5 * HOUR if is_near else 0


def _events(bench):
    """A file of events, of more people than an audience must have; who is in afterwards."""
    export, chance = bench.folder / "engage.ndjson", random.Random(1)
    with export.open("w", encoding="utf-8") as events:
        for number in range(1700):
            person = engage.Person(number, chance)
            events.write(json.dumps(engage.event(person, f"p{number}@example.com", number % 17 > 0, number)) + "\n")
    return fold(export, engage.AUDIENCE).members


def _reading(bench, line):
    """The verbs about the past read the log; here it is in another place than an installation's."""
    command, _, _ = line.partition(" # ")
    return f"{command} --state-directory {bench.state}" if " audience " in line else line


def the_first_page_sends_a_list_and_imports_asks_and_goes_back(bench):
    bench.sandbox()
    now = _clock()
    # More than an hour lies between what is sent first and what is sent again.
    daemon = ahead(bench, now - 70 * 60)
    inside = _events(bench)
    first = _commands(None, 6)
    must([line.split()[0] for line in first] == ["muster"] * 4 + ["make"] * 2, f"it begins with {first}")
    wrong = first[0].replace("--region", "--regions")
    must("ended with 2" in (failure_of(lambda: carry_out(bench, wrong)) or ""), f"{wrong} is not noticed")
    for line in first[:4]:
        carry_out(bench, line)
    run = bench.ask("sync", "list", "spring")["runs"][0]
    must((run["state"], run["count"]) == ("succeeded", len(inside)), f"the run is {run}, of {len(inside)}")
    daemon.stop()
    ahead(bench, now)

    whole = people(300, 5000) + people(1500, 7000)
    (bench.folder / "crm.csv").write_text(
        "".join(f"{number},{one}\n" for number, one in [("id", "email"), *enumerate(people(400, 5000)), (9, "nobody")]))
    (bench.folder / "all.txt").write_text("".join(f"{one}\n" for one in whole))
    (bench.folder / "address.txt").write_text("p1@example.com\n")
    said = {}
    for line in _commands("Import, ask, go back", 6):
        verb = " ".join(line.split()[1:3])
        line = line.replace("4711", str(run["run"])).replace("2026-11-24T18:00:00Z", run["endedAt"])
        asks = "asks" in line
        line = _reading(bench, line)
        said[verb] = (answer if asks else carry_out)(bench, line, (11,) if "crm.csv" in line else (0,))
        if "all.txt" in line:
            must(_members(bench) == {digest(one).hex() for one in whole}, "the file is not the whole audience")
    must((bench.folder / "bad.csv").read_text().count("\n") == 2, "what was rejected is not kept")
    must("not in spring" in said["why spring"], f"why says {said['why spring']}")
    must("came" in said["audience diff"] and "proven" in said["audience export"], f"{said}")
    must((bench.folder / "sent.txt").read_bytes() == rows(inside), "the list of the run is another")
    must(_members(bench) == {one.hex() for one in inside}, "the audience did not go back")
    again = bench.ask("sync", "list", "spring")["runs"][0]
    must(again["digest"] == run["digest"] and again["run"] > run["run"], f"what was sent is {again}")
    bench.people = inside | {digest(one) for one in whole}


def _members(bench):
    with bench.client() as client:
        return {
            one for reply in client.stream("member.list", {"instance": "spring"}) for one in reply["result"]["members"]}


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return str(one.getsockname()[1])


def the_first_session_by_hand_goes_as_it_stands(bench):
    """In one shell, but for the building; what waits a second there waits here until both listen."""
    port = _free_port()
    lines = [line.replace("8090", port) for line in _commands("A first session by hand", 19)]
    must(lines[0] == "make setup && swift build" and lines[1].startswith("export PATH="), f"it begins with {lines[:2]}")
    wait = next(index for index, line in enumerate(lines) if line.startswith("sleep 1 "))
    lines[wait] = f"until [ -S $MUSTER_SOCKET ] && curl -s http://127.0.0.1:{port}/inspect; do sleep 0.05; done"
    (bench.folder / ".build").mkdir()
    (bench.folder / ".build/debug").symlink_to(bench.programs)
    script = "\n".join(["set -e; trap 'kill $(jobs -p)' ERR", f"export TMPDIR={bench.folder}", *_listed(lines[1:]), "wait"])
    said = carry_out(bench, script, seconds=100)
    for words in ("2 added", "1 rejected", '"accepted"', "succeeded"):
        must(words in said, f"it does not say {words}: {said}")


def _listed(lines):
    """What ends with 11, because one is rejected, does not end the script."""
    return [f"{{ {line}\n}} || [ $? = 11 ]" if "muster member add" in line else line for line in lines]


def a_person_is_erased_and_a_backup_put_back_with_the_commands_of_the_first_page(bench):
    bench.sandbox()
    daemons = [bench.daemon()]
    configured(bench, instance="spring")
    with bench.client() as client:
        client.call("member.add", {"instance": "spring", "members": [*people(20), "jane.doe@example.com"]})
    bench.muster("sync", "now", "spring", "--wait")
    backup = bench.folder / "backup"
    shutil.copytree(bench.state, backup / "musterd")
    erasing, restoring = _commands("Erase a person", 3), _commands("Back up and restore", 5)
    for line in [*erasing, *_commands("Watch it", 1), *restoring]:
        here = line.replace("sudo ", "").replace("/var/lib/musterd", str(bench.state)).replace("/backup", str(backup))
        if here.startswith("systemctl stop"):
            daemons.pop().stop()
        elif here.startswith("systemctl start"):
            daemons.append(bench.daemon())
        else:
            carry_out(bench, here, ends(here))
        if line == erasing[-1]:
            must(bench.ask("instance", "show", "spring")["members"] == 20, "she is there still")
    must(json.loads((bench.folder / "erased.json").read_text()), "nothing says that she was erased")
    bench.muster("sync", "now", "spring", "--wait", "--again", expect=(6,))
    must(bench.ask("sync", "list", "spring")["runs"][0]["reason"] == "restored", "an old list was sent")
    must(bench.ask("instance", "show", "spring")["members"] == 21, "the backup is not what is there")
