"""The page about an audience: its figures, its form, and what it takes to make it."""

import os
import subprocess
import threading
import time

from page import Page, agree, number
from programs import failure_of, must
from setting import Wire, configured, fill, people


def _life(bench):
    """An audience that was sent, held, and failed, and lost some of its people."""
    bench.sandbox("--fault", "POST /v3/crmdata/segment/*/*$ 1 400")
    bench.daemon("--query-socket", str(bench.folder / "query.sock"))
    configured(bench, guard={"shrinkMembers": 10, "shrinkPercent": 10}, audienceName='<Spring> & "sale"')
    fill(bench, 120)
    bench.muster("sync", "now", "acme", "--wait", expect=(9,))
    bench.muster("sync", "now", "acme", "--wait", "--again")
    with bench.client() as client:
        client.call("member.remove", {"instance": "acme", "members": people(50)})
    bench.muster("sync", "now", "acme", "--wait", "--again", expect=(6,))


def _report(bench, *options, target=None):
    target = target or bench.folder / "report.html"
    bench.muster("report", "acme", "--output", str(target), *options)
    text = target.read_text()
    bench.said.append(("the page", text))
    return text


def a_report_shows_the_figures_of_the_log_and_is_whole_in_itself(bench):
    _life(bench)
    page = Page(_report(bench, "--socket", str(bench.folder / "query.sock")))
    agree(page)
    sizes, changes = page.rows("size"), page.rows("changes")
    must(number(sizes[-1][1]) == 70, f"the sizes are {sizes}")
    must(sum(number(row[1]) for row in changes) == 120, f"those who came are {changes}")
    must(sum(number(row[2]) for row in changes) == 50, f"those who went are {changes}")
    with bench.client() as client:
        runs = client.call("sync.list", {"instance": "acme"})["result"]["runs"]
        position = client.call("status")["result"]["position"]
    told = [(int(row[0]), row[2]) for row in page.rows("runs")]
    must(told == [(run["run"], run["state"]) for run in runs], f"the runs are {told}")
    must([state for _, state in told] == ["held", "succeeded", "failed"], f"they ended {told}")
    must("shrink: many members are gone" in page.rows("runs")[0][-1], f"{page.rows('runs')[0]}")
    must('<Spring> & "sale"' in page.text, "the name of the audience is another")
    must(f"position {position:,}" in page.text, "it does not say up to where it was made")
    must("Needs attention" in page.text, "it does not tell of the held run")
    must(bench.token not in page.text and "@" not in page.text, "it holds what no page may hold")
    figures = bench.ask("report", "acme")
    must(figures["members"] == 70 and figures["position"] == position, f"the figures are {figures}")
    must([one["run"] for one in figures["runs"]] == [run["run"] for run in runs], "they tell of other runs")
    must(bench.muster("report", "acme", "-o", "-", "--days", "3660").out.endswith("</html>\n"), "it is not whole")


def a_report_replaces_a_file_as_a_whole_and_leaves_none_where_it_fails(bench):
    bench.credential()
    bench.daemon()
    configured(bench)
    target = bench.folder / "report.html"
    agree(Page(_report(bench, target=target)))
    before = target.read_bytes()
    must(target.stat().st_mode & 0o777 == 0o644, f"its mode is {target.stat().st_mode:o}")
    bench.muster("report", "nobody", "-o", str(target), expect=(5,))
    bench.muster("report", "acme", "-o", str(bench.folder / "no" / "report.html"), expect=(2,))
    bench.muster("report", "acme", "-o", "/dev/full", expect=(1,))
    bench.muster("report", "acme", expect=(2,))
    must(target.read_bytes() == before, "a report that failed changed the file")
    must(os.path.exists("/dev/full") and not os.path.isfile("/dev/full"), "the device was replaced")
    left = [path.name for path in bench.folder.iterdir() if "report.html." in path.name]
    must(not left, f"it leaves {left}")


def a_report_of_a_long_log_takes_no_more_memory_and_keeps_nobody_waiting(bench):
    bench.credential()
    bench.daemon()
    configured(bench, instance="short", audienceName="Short")
    configured(bench)
    changes = 15_000
    _change(bench, changes)
    short, _ = _measured(bench, "short")
    slowest, stop = [0.0], threading.Event()

    def ask():
        with bench.client() as client:
            while not stop.is_set():
                begun = time.monotonic()
                client.call("ping")
                slowest[0] = max(slowest[0], time.monotonic() - begun)
    asker = threading.Thread(target=ask)
    asker.start()
    try:
        long, page = _measured(bench, "acme")
    finally:
        stop.set()
        asker.join()
    must(number(page.rows("changes")[-1][1]) == changes // 2, f"it counts {page.rows('changes')}")
    must(number(page.rows("size")[-1][1]) == 0, f"it counts {page.rows('size')}")
    must(long - short < 8 << 10, f"{changes} events take {long} KiB, none {short} KiB")
    must(slowest[0] < 2, f"meanwhile the daemon answered after {slowest[0]:.1f} s")


def _change(bench, count):
    """So many events, by one person who comes and goes."""
    with Wire(bench.socket, timeout=60.0) as wire:
        params = {"instance": "acme", "member": people(1)[0]}
        for start in range(0, count, 500):
            for index in range(start, start + 500):
                method = "member.remove" if index % 2 else "member.add"
                wire.ask({"id": index, "method": method, "params": params})
            for _ in range(500):
                must("error" not in wire.reply(), "somebody could not come or go")


def _measured(bench, instance):
    """The memory that a report takes at most, in KiB, and the page."""
    target = bench.folder / f"{instance}.html"
    process = subprocess.Popen(
        [bench.path("muster"), "report", instance, "-o", str(target), "--socket", bench.socket])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    must(process.returncode == 0, f"muster report ended with {process.returncode}")
    return usage.ru_maxrss, Page(target.read_text())


def the_readers_of_a_report_notice_what_is_wrong_with_it(bench):
    bench.credential()
    bench.daemon()
    configured(bench)
    fill(bench, 3)
    sound = _report(bench)
    agree(Page(sound))
    for old, new in (
            ("<main>", '<main><img src="x"/>'), ("<h2 id=\"runs\">", "<h2 id=\"size\">"), ("</dl>", ""),
            (">3</td>", ">4</td>"), ("<title id=\"size-title\">Size of the audience</title>", ""),
            ("</style>", "body{background:url(x)}</style>"), ("<p>", '<p onclick="x">'), ("size-desc\"", "gone\""),
            ('scope="row"', 'scope="col"'), ('lang="en"', ""), ("<caption", "<b"), ("prefers-color-scheme", "prefers")):
        must(old in sound, f"the page has no {old}")
        wrong = sound.replace(old, new, 1)
        must(failure_of(lambda wrong=wrong: agree(Page(wrong))), f"{new or 'nothing'} in place of {old} is not seen")
