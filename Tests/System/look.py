#!/usr/bin/env python3
"""Makes a report of three lively months and opens it in a real browser, at two widths, light and dark.

    look.py [--programs DIR] FOLDER

The page and the screenshots go into FOLDER, to be looked at by somebody. The daemon lives each day anew, with a clock
that is so many days behind; the list goes to the stand-in for TTD.
"""

import argparse
import pathlib
import random
import shutil
import subprocess
import sys

from programs import ROOT, Bench, Failure, must, wait_for
from setting import configured, people
from page import Page, agree
from subjects import ahead

DAYS = 60
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = {"phone": 390, "desktop": 1280}
# Headless Chromium makes no window narrower than this; a frame does.
NARROWEST = 500


class Life:
    """Days of an audience, the same ones each time."""

    def __init__(self, bench):
        self.bench, self.dice, self.next, self.inside = bench, random.Random(7), 0, []

    def day(self, number, client):
        come = 6000 if number == 0 else self.dice.randint(40, 320) + 900 * (number % 30 == 11)
        self.send(client, "member.add", people(come, self.next))
        self.inside += people(come, self.next)
        self.next += come
        if number:
            self.dice.shuffle(self.inside)
            go = min(len(self.inside) // 2, self.dice.randint(20, 250) + 2600 * (number == 40))
            self.send(client, "member.remove", self.inside[:go])
            self.inside = self.inside[go:]

    @staticmethod
    def send(client, method, members):
        for start in range(0, len(members), 1000):
            client.call(method, {"instance": "spring", "members": members[start:start + 1000]})


def lived(bench):
    """An audience with a past."""
    life = Life(bench)
    faults = [
        "--fault", "POST /v3/crmdata/segment/*/*$ 1 400", "--fault", "PUT /upload 2 slow:5",
        "--fault", "PUT /upload 1 slow:2"]
    bench.sandbox(*faults)
    bench.credential(f"endpoint {bench.endpoint}", "expires 2027-01-10")
    for number in range(DAYS):
        daemon = ahead(bench, (number - DAYS + 1) * 86_400)
        if number == 0:
            configured(bench, instance="spring", audienceName="Spring sale", minimumMembers=6200)
        with bench.client() as client:
            life.day(number, client)
            run = synced(client)
            if run["state"] == "held":
                synced(client, approve={"run": run["run"], "count": run["count"]})
        daemon.stop()
    bench.daemon()
    configured(
        bench, instance="spring", audienceName="Spring sale",
        schedule={"dailyAt": "03:00", "timeZone": "America/New_York"})


def synced(client, **params):
    """How a run of today ends."""
    run = {"run": client.call("sync.now", {"instance": "spring", "again": True, **params})["result"]["run"]}
    return wait_for(
        lambda: next(filter(lambda one: one["endedAt"], [client.call("sync.show", run)["result"]]), None), "it ends")


def browser():
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    must(found, f"there is none of {', '.join(BROWSERS)}; .ci/setup look installs one")
    return found


def shoot(folder, page, name, width, scheme):
    """One screenshot of the whole page."""
    address = page.as_uri()
    height = 5200 if width < NARROWEST else 2900
    if width < NARROWEST:
        frame = folder / "frame.html"
        frame.write_text(
            f"<!DOCTYPE html><body style='margin:0;background:gray'><iframe src='{page.name}' "
            f"style='border:0;width:{width}px;height:{height}px'></iframe>")
        address = frame.as_uri()
    target = folder / f"{name}-{scheme}.png"
    subprocess.run(
        [browser(), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=2000",
         f"--user-data-dir={folder / 'browser'}", f"--window-size={max(width, NARROWEST)},{height}",
         *(["--force-dark-mode", "--blink-settings=preferredColorScheme=0"] if scheme == "dark" else []),
         f"--screenshot={target}", address],
        check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    must(target.stat().st_size > 20_000, f"{target} shows nothing")
    print(f"wrote {target}", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--programs", default=ROOT / ".build/release", help="the folder of the built programs")
    options.add_argument("folder", type=pathlib.Path, help="where page and screenshots go")
    given = options.parse_args()
    folder = given.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "report.html"
    try:
        browser()
        with Bench(given.programs) as bench:
            lived(bench)
            bench.muster("report", "spring", "--output", str(page))
        text = page.read_text()
        agree(Page(text))
        # Closed in the page, open in the picture: its rows are looked at too.
        opened = folder / "report-opened.html"
        opened.write_text(text.replace("<details>", "<details open>"))
        for name, width in WIDTHS.items():
            for scheme in ("light", "dark"):
                shoot(folder, page, name, width, scheme)
            shoot(folder, opened, f"{name}-tables", width, "light")
    except Failure as failure:
        print(f"look: {failure}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder / "browser", ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
