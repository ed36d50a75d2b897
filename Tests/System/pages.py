"""The commands of a page, followed as a reader would, each in a shell of its own."""

import os
import re
import subprocess

from programs import ROOT, must
from screen import Screen

README = ROOT / "README.md"
# At the beginning of a line in a block: whoever reads is asked to type what follows.
PROMPT = re.compile(r"[$#] ")


def blocks(text):
    """The kinds and the bodies of a text's blocks, without what they are indented by."""
    for indent, kind, body in re.findall(r"^( *)```(\w*)\n(.*?)^ *```$", text, re.M | re.S):
        yield kind, "".join(line.removeprefix(indent) for line in body.splitlines(keepends=True))


def below(text, heading):
    """What stands below a heading, or above the first one where there is no name."""
    parts = re.split(r"^## (.*)\n", text, flags=re.M)
    named = dict(zip(parts[1::2], parts[2::2]))
    must(heading is None or heading in named, f"the page has no section {heading}")
    return parts[0] if heading is None else named[heading]


def commands(text, consoles=False):
    """The commands of a text's blocks: each line of a script, and where asked for what stands behind a console's prompt."""
    found, goes_on = [], False
    for kind, body in blocks(text):
        if kind != "bash" and not consoles:
            continue
        for line in body.splitlines():
            if goes_on:
                found[-1] += "\n" + line
            elif kind == "bash" and line.strip():
                found.append(line)
            elif kind != "bash" and PROMPT.match(line):
                found.append(PROMPT.sub("", line, count=1))
            else:
                continue
            goes_on = line.endswith(("\\", "|"))
    return found


def environment(bench):
    """What the shell of a reader has who has installed the programs; its daemon is the scenario's."""
    return {"PATH": f"{bench.programs}:{os.environ['PATH']}", "MUSTER_SOCKET": bench.socket, "LC_ALL": "C.UTF-8"}


def carry_out(bench, line, allowed=(0,), seconds=60):
    """Runs what stands on a page; gives what it said, and fails where it ended otherwise."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], cwd=bench.folder, env={**os.environ, **environment(bench)},
        capture_output=True, text=True, timeout=seconds, check=False)
    bench.said.append((line, done.stdout + done.stderr))
    must(done.returncode in allowed, f"{line} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def answer(bench, line, allowed=(0,)):
    """Runs what asks, on a terminal, and says yes."""
    command = f"cd {bench.folder} && {line}"
    with Screen(bench, "/bin/bash", "-c", command, **environment(bench)) as screen:
        screen.said(r"\[y/N\] ")
        screen.type(b"y\n")
        must(screen.ended() in allowed, f"{line} ended with {screen.code}: {screen.text}")
        return screen.text


def ends(line):
    """How an operator's command may end: the doctor may see what this host has not, and what is only shown is not done."""
    return (0, 1, 2) if "doctor" in line else (2,) if re.search(r"adopt (?!.*--yes)", line) else (0,)
