"""The tutorial, followed word by word as a reader would."""

import json
import random

import audience
import engage
from pages import carry_out, commands
from programs import ROOT, failure_of, must

PAGE = ROOT / "proto-docs" / "tutorial.md"
# What a block's line may end with, where it is not 0: something to look at, rejected rows, a held run.
ENDS = {"muster instance check": (0, 1), "muster member import": (0, 11), "muster sync now": (6,)}


def every_command_of_the_tutorial_leads_where_it_says(bench):
    bench.sandbox("--seed-segment", "demoadv:Spring sale:US:tnlsw2x")
    bench.daemon()
    export = bench.folder / "engage.ndjson"
    engage.generate(export, 9000)
    chance = random.Random(1)
    with export.open("a", encoding="utf-8") as events:  # as many as an audience must have
        for number in range(20_000, 21_500):
            events.write(json.dumps(engage.event(engage.Person(number, chance), f"p{number}@example.com", True, 1)) + "\n")
    inside = audience.fold(export, engage.AUDIENCE).members
    ada = engage.event(engage.Person(0, chance), "Ada.Lovelace@example.com", True, 10_000_000)
    (bench.folder / "today.ndjson").write_text(json.dumps(ada) + "\n")
    run, said = {}, {}
    for line in _commands():
        if "COUNT" in line:
            line = line.replace("COUNT", str(run["count"]))
        said[line] = _carry_out(bench, line.replace("RUN", str(run.get("run"))))
        if line.startswith(("muster sync now", "muster sync approve")):
            run = bench.ask("sync", "list", "spring")["runs"][0]
            bench.said.append(("run", str(run)))
            reason = "firstReplace" if "now" in line else None
            must(run["reason"] == reason, f"after {line} the run is {run}")
    must(run["state"] == "succeeded" and run["count"] == len(inside), f"the run is {run}, of {len(inside)}")
    must((bench.folder / "sent.txt").read_bytes() == audience.rows(inside), "the list that is proven is another")
    must(any("are in spring" in text for line, text in said.items() if " why " in line), "why does not know who came")
    must((bench.folder / "spring.html").is_file(), "there is no report")
    bench.people = inside | {audience.digest("ada.lovelace@example.com")}


def a_word_of_the_tutorial_that_is_wrong_is_noticed(bench):
    bench.sandbox()
    bench.daemon()
    lines = _commands()
    for wrong in (lines[0].replace("--region", "--regions"), lines[2].replace("spring ", "sprin ")):
        noticed = failure_of(lambda: _carry_out(bench, wrong))
        must(noticed and "ended with" in noticed, f"{wrong} is not noticed: {noticed}")


def _commands():
    lines = commands(PAGE.read_text())
    must(len(lines) > 9, f"the page has {len(lines)} commands")
    return lines


def _carry_out(bench, line):
    if "audience export" in line:  # Of the verbs of the page this one alone reads the log.
        line += f" --state-directory {bench.state}"
    return carry_out(bench, line, next((codes for words, codes in ENDS.items() if line.startswith(words)), (0,)))
