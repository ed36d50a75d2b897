"""The page for operators: its commands, carried out as they stand, and its tables."""

import re
import subprocess

from pages import carry_out, commands, ends
from programs import ROOT, must, wait_for
from setting import configured

PAGE = ROOT / "proto-docs" / "operations.md"


def every_command_of_the_operations_page_works(bench):
    """In a folder instead of /var/lib and /backup; what systemctl stops and starts is the daemon."""
    bench.sandbox()
    daemons = [bench.daemon()]
    configured(bench, instance="spring", schedule={"dailyAt": "03:00", "timeZone": "UTC"})
    with bench.client() as client:
        client.call("member.add", {"instance": "spring", "members": [f"p{index}@example.org" for index in range(50)]})
    bench.muster("sync", "now", "spring", "--wait")
    for line in _commands():
        if line.startswith("systemctl stop"):
            daemons.pop().stop()
        elif line.startswith("systemctl start"):
            daemons.append(bench.daemon())
        else:
            _carry_out(bench, line)
    wait_for(
        lambda: bench.ask("instance", "show", "spring")["lastSync"]["reason"] == "restored", "the restored list is held")
    must(bench.ask("instance", "show", "spring")["members"] == 50, "somebody is gone in the end")
    must((bench.folder / "spring.html").is_file(), "there is no report")


def _commands():
    """The lines of the blocks that are to be carried out."""
    lines = commands(PAGE.read_text())
    must(len(lines) > 9, f"the page has {len(lines)} commands")
    return [line.removeprefix("sudo ") for line in lines]


def _carry_out(bench, line):
    here = line.replace("/var/lib/musterd", str(bench.state)).replace("/backup", str(bench.folder / "backup"))
    carry_out(bench, here, ends(line))


def the_operations_page_knows_every_exit_code(bench):
    text = PAGE.read_text()
    daemon, client = text.split("## 8.")[1].split("## 9.")
    told = bench.muster("--help").out
    codes = set(re.findall(r"(?:^|; )(\d+) \w", " ".join(told.split("Exit status:")[1].split())))
    must({"0", "11", "130", "141"} <= codes, f"the help tells {codes}")
    missing = {code for code in codes if not re.search(rf"^\| {code} \|", client, re.M)}
    must(not missing, f"the page does not say what to do on {missing} of muster")
    told = " ".join(subprocess.run(
        [bench.path("musterd"), "--help"], capture_output=True, text=True, timeout=60, check=True).stdout.split())
    codes = set(re.findall(r"(\d\d?) \w", told.split("Exit codes:")[1].split(". ")[0]))
    must({"0", "64", "78"} <= codes, f"the daemon's help tells {codes}")
    missing = {code for code in codes if not re.search(rf"^\| {code}\b", daemon, re.M)}
    must(not missing, f"the page does not say what to do on {missing} of musterd")
