"""The units under a real systemd: the first client starts the daemon."""

from programs import must


def under_a_real_systemd_the_first_client_starts_the_daemon(bench):
    with bench.box(lambda box: box.token()) as box:
        box.run("systemctl", "start", "musterd.socket", "musterd-query.socket")
        box.is_unit("musterd.service", ActiveState="inactive")
        told = box.run("muster", "status")
        must("position" in told.out, f"muster says {told.out}")
        box.is_unit("musterd.service", ActiveState="active", NRestarts="0")
