"""The page for operators: its commands, carried out as they stand, and its tables."""

import os
import re
import subprocess

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
    blocks = re.findall(r"^ *```bash\n(.*?)^ *```$", PAGE.read_text(), re.M | re.S)
    must(len(blocks) > 4, f"the page has {len(blocks)} blocks")
    return [line.strip().removeprefix("sudo ") for block in blocks for line in block.splitlines() if line.strip()]


def _carry_out(bench, line):
    here = line.replace("/var/lib/musterd", str(bench.state)).replace("/backup", str(bench.folder / "backup"))
    environment = {
        **os.environ, "PATH": f"{bench.programs}:{os.environ['PATH']}", "MUSTER_SOCKET": bench.socket,
        "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["bash", "-c", here], cwd=bench.folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    bench.said.append((line, done.stdout + done.stderr))
    # The doctor may see what this host has not; what is only shown is not done, and ends with 2.
    allowed = (0, 1, 2) if "doctor" in line else (2,) if re.search(r"adopt (?!.*--yes)", line) else (0,)
    must(done.returncode in allowed, f"{line} ended with {done.returncode}: {done.stdout}{done.stderr}")


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
