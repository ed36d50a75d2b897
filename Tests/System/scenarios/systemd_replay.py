"""Under a real systemd: a start that reads its log for longer than its unit allows gets the time it asks for."""

import shutil

from programs import must
from scenarios.replays import SEGMENTS, _segmented
from subjects import planted

WAITS = True

# Each segment takes so many milliseconds, the unit allows less than all of them take, and more than the first.
SLOW, ALLOWED = 500, "2s"


def a_long_start_gets_the_time_it_asks_for_and_one_that_does_not_ask_is_ended(bench):
    _segmented(bench)
    shutil.rmtree(bench.state / "snapshots", ignore_errors=True)

    def prepared(**faults):
        def prepare(box):
            environment = planted(bench, "/var/lib/musterd", slow=SLOW, **faults)
            box.token()
            box.bind(bench.state, "var/lib/musterd", writable=True)
            box.bind(environment["LD_PRELOAD"], "usr/local/lib/faults.so")
            environment["LD_PRELOAD"] = "/usr/local/lib/faults.so"
            words = " ".join(f"{name}={value}" for name, value in environment.items())
            box.drop_in("musterd.service", f"[Service]\nTimeoutStartSec={ALLOWED}\nRestart=no\nEnvironment={words}\n")
        return prepare
    with bench.box(prepared(plant="mute")) as box:
        box.run("systemctl", "start", "musterd.service", expect=(1,))
        box.is_unit("musterd.service", ActiveState="failed", Result="timeout")
    with bench.box(prepared()) as box:
        box.run("systemctl", "start", "musterd.service")
        box.is_unit("musterd.service", ActiveState="active", Result="success")
        with bench.client() as client:
            segments = client.call("status")["result"]["segments"]
        must(segments >= SEGMENTS, f"it has {segments} segments")
