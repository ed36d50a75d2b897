"""Under a real systemd: who gets through the sockets' modes and groups, and whom the events name."""

import json

from programs import must
from scenarios.systemd_activation import started
from setting import AUDIENCE

WAITS = True

# One who commands, one who watches, and one who is nothing to Muster.
USERS = """
u carla 4101 "commands" - /bin/sh
u wanda 4102 "watches" - /bin/sh
u nora 4103 "neither" - /bin/sh
m carla muster
m wanda muster-read
"""
QUERY = ["--socket", "/run/musterd/query.sock"]


def prepared(box):
    """A token, and the three users."""
    box.token()
    box.put("usr/lib/sysusers.d/people.conf", USERS)


def _configure(box, user):
    params = json.dumps(AUDIENCE)
    return box.run("muster", "call", "instance.configure", "-", user=user, feed=params, expect=range(256))


def the_groups_of_the_sockets_let_in_whom_they_should_and_nobody_else(bench):
    with bench.box(prepared) as box:
        started(box)
        for user in ("wanda", "nora"):
            refused = _configure(box, user)
            must(refused.code == 3, f"{user} ended with {refused.code}: {refused.out}{refused.err}")
            must("permission denied" in refused.err and "usermod -aG muster" in refused.err, f"it says {refused.err}")
        box.is_unit("musterd.service", ActiveState="inactive")
        done = _configure(box, "carla")
        must(done.code == 0, f"carla was refused: {done.err}")
        must(_configure(box, "musterd").code in (0, 6), "the daemon's own user was refused")
        must(_configure(box, None).code in (0, 6), "root was refused")
        asked = box.run("muster", "instance", "list", *QUERY, user="wanda")
        must("acme" in asked.out, f"wanda was told {asked.out}")
        for user in ("carla", "nora"):
            turned = box.run("muster", "status", *QUERY, user=user, expect=range(256))
            must(turned.code == 3, f"{user} was let in at the query socket: {turned.code}")
        command = box.run(
            "muster", "call", "member.add", "-", *QUERY, user="wanda", expect=(4,),
            feed=json.dumps({"instance": "acme", "member": "person1@example.org"}))
        must("query socket" in command.err, f"it says {command.err}")
        for name, group in (("command", "muster"), ("query", "muster-read")):
            seen = box.run("stat", "--format=%a %U %G", f"/run/musterd/{name}.sock").out.strip()
            must(seen == f"660 root {group}", f"the {name} socket is {seen}")


def the_events_name_the_user_the_group_and_the_process_that_commanded(bench):
    with bench.box(prepared) as box:
        started(box)
        # The shell becomes the program, so its number is that of the process that connects.
        told = box.run(
            "sh", "-c", "echo $$; exec muster call instance.configure -", user="carla", feed=json.dumps(AUDIENCE))
        process = int(told.out.splitlines()[0])
        box.run("muster", "member", "add", "acme", "-", user="musterd", feed="person1@example.org\n")
        actors = _actors(box)
        group = int(box.run("id", "-g", "carla").out)
        must(actors[0] == {"uid": 4101, "gid": group, "pid": process}, f"the first event names {actors[0]}")
        daemon = int(box.run("id", "-u", "musterd").out)
        must(actors[1]["uid"] == daemon and actors[1]["pid"] > 1, f"the second event names {actors[1]}")


def with_private_users_the_log_could_not_say_who_it_was(bench):
    """Why the unit does without: planted, it has to be noticed."""
    def private(box):
        prepared(box)
        box.drop_in("musterd.service", "[Service]\nPrivateUsers=yes\n")
    with bench.box(private) as box:
        started(box)
        _configure(box, "carla")
        must(_actors(box)[0]["uid"] == 65534, f"the event names {_actors(box)[0]}")


def _actors(box):
    exported = box.run("muster", "log", "export", "--state-directory", "/var/lib/musterd").out
    return [json.loads(line)["actor"] for line in exported.splitlines()]
