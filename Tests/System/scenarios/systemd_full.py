"""Under a real systemd: a state directory without room."""

import json

from programs import MusterError, must
from scenarios.systemd_activation import started
from scenarios.systemd_journal import MESSAGES
from setting import configured

WAITS = True

SIZE = "7m"  # the log's first two segments fit, the third does not


def a_state_directory_without_room_refuses_commands_and_takes_them_again_when_there_is_some(bench):
    def prepared(box):
        box.token()
        box.memory("var/lib/musterd", SIZE)
    with bench.box(prepared) as box:
        started(box)
        configured(bench)
        refused = added = 0
        with bench.client() as client:
            for number in range(4000):
                crowd = [f"{number:032x}{row:032x}" for row in range(500)]
                try:
                    added += client.call("member.add", {"instance": "acme", "members": crowd})["result"]["added"]
                except MusterError as error:
                    must(error.name == "log.full", f"it was refused with {error.name}")
                    refused += 1
                    if refused == 8:
                        break
            must(refused == 8, "it never was full")
            members = client.call("instance.show", {"instance": "acme"})["result"]["members"]
            must(members == added, f"{added} were added and {members} are there")
        box.is_unit("musterd.service", ActiveState="active", NRestarts="0")
        told = box.journal(f"MESSAGE_ID={dict(MESSAGES)['logFull']}")
        must(1 <= len(told) <= 5, f"the journal was told {len(told)} times")
        must("Free space" in box.run("journalctl", "--catalog", "--no-pager", "--unit=musterd.service").out, "no help")

        # Starting again needs no room.
        box.run("systemctl", "restart", "musterd.service")
        with bench.client() as client:
            must(client.call("instance.show", {"instance": "acme"})["result"]["members"] == added, "it lost some")
            box.run("mount", "-o", "remount,size=64m", "/var/lib/musterd")
            more = client.call("member.add", {"instance": "acme", "members": ["f" * 64]})
            must(more["result"]["added"] == 1, f"with room it says {json.dumps(more)}")
        verified = box.run("muster", "log", "verify", "--state-directory", "/var/lib/musterd")
        must(verified.code == 0, "the log does not verify")
