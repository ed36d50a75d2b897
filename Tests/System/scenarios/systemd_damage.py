"""Under a real systemd: a damaged log stops the start once, and an operator finds out why and puts it right."""

from programs import must
from scenarios.systemd_activation import started
from setting import configured, fill

WAITS = True


def a_damaged_log_stops_the_start_with_65_and_systemd_does_not_try_again(bench):
    with bench.box(lambda box: box.token()) as box:
        started(box)
        configured(bench)
        fill(bench, 300)
        box.run("systemctl", "stop", "musterd.socket", "musterd-query.socket", "musterd.service")
        segment = max(box.place("var/lib/musterd/log").glob("*.seg"))
        whole = segment.read_bytes()
        middle = len(whole) // 2
        segment.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1:])

        refused = box.run("systemctl", "start", "musterd.service", expect=(1,))
        must("musterd.service" in refused.err, f"systemctl says {refused.err}")
        box.is_unit(
            "musterd.service", ActiveState="failed", Result="exit-code", ExecMainStatus="65", NRestarts="0")
        box.run("sh", "-c", "sleep 2")  # longer than RestartSec=
        box.is_unit("musterd.service", ActiveState="failed", NRestarts="0")
        told = box.journal("--unit=musterd.service", "--priority=crit")
        must(len(told) == 1 and "is damaged at byte" in told[0]["MESSAGE"], f"the journal has {told}")
        helped = box.run("journalctl", "--catalog", "--no-pager", "--unit=musterd.service").out
        must("muster log verify --state-directory /var/lib/musterd" in helped, f"journalctl -x says {helped}")
        found = box.run("muster", "log", "verify", "--state-directory", "/var/lib/musterd", expect=(10,))
        must("damaged" in found.out + found.err, f"verify says {found.out}{found.err}")

        # Clients in the queue are reason enough to try, and ten times are enough; then they are told.
        box.run("muster", "status", expect=(3, 7))
        box.is_unit("musterd.socket", ActiveState="failed", Result="service-start-limit-hit")
        starts = [one for one in box.journal("--unit=musterd.service", "--priority=crit")]
        must(len(starts) <= 11, f"it was tried {len(starts)} times")
        told = box.run("muster", "status", expect=(3,))
        must("systemctl start musterd.socket" in told.err, f"muster says {told.err}")

        segment.write_bytes(whole)
        box.run("systemctl", "reset-failed", "musterd.service", "musterd.socket")
        box.run("systemctl", "start", "musterd.socket")
        with bench.client() as client:
            members = client.call("instance.show", {"instance": "acme"})["result"]["members"]
        must(members == 300, f"{members} are there")
