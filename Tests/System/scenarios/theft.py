"""No client of the command socket can have a token or a list sent to a listener of its own."""

import json
import os
import re

from front import Front
from programs import failure_of, must
from scenarios.credentials import ended, sent
from setting import AUDIENCE, Wire, configured, fill
from thief import Listener, baits, only_right_requests

NAMES = (
    "endpoint", "Endpoint", "url", "Url", "uploadUrl", "proxy", "host", "headers", "baseUrl", "credentialsDirectory",
    "endpointCa", "token", "redirect")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "MUSTERD_HTTPS_PROXY")


def _answers(wire, method, params):
    wire.ask({"id": 1, "method": method, "params": params})
    return wire.reply()


def _refused(wire, method, params):
    """Sends what must be refused for the last of these parameters."""
    reply, last = _answers(wire, method, params), list(params)[-1]
    must("error" in reply, f"{method} takes {last}: {params[last]!r}")
    error = reply["error"]
    must(error["details"].get("pointer") == f"/params/{last}", f"{method} with {last} is refused as {error}")


def _audience(**last):
    """Settings of another audience, of which these come last."""
    settings = {**AUDIENCE, "instance": "other"}
    return {name: value for name, value in settings.items() if name not in last} | last


def no_field_name_or_value_of_a_clients_leads_the_daemon_elsewhere(bench):
    bench.sandbox()
    mine = bench.folder / "mine"
    mine.mkdir()
    with Listener() as thief, Front(bench.endpoint) as front:
        bench.credential(f"endpoint {front.endpoint}")
        (mine / "evil").write_text(f"{bench.token}\nendpoint http://{thief.address}/v3\n")
        (mine / "link").symlink_to(bench.credentials / "ttd-token")
        bench.daemon()
        configured(bench)
        fill(bench, 10)
        with Wire(bench.socket) as wire:
            described = _answers(wire, "describe", {"all": True})["result"]["methods"]
            known = {"instance": "acme", "run": 1, "member": "person1@example.org", "expectCount": 0}
            for method in described:
                right = {name: value for name, value in known.items() if name in method["params"]["properties"]}
                for name in NAMES:
                    _refused(wire, method["name"], {**right, name: f"http://{thief.address}/v3"})
            for credential in (
                    "../mine/evil", str(mine / "evil"), str(mine / "link"), "..", ".", "a/b", "ttd-token/", "TTD-token",
                    "ttd-token\0", "ttd-token\n", "-x", "./ttd-token", "x" * 64,
                    "x" * 5000, "\uff0e\uff0e\uff0fevil", ""):
                _refused(wire, "instance.configure", {"instance": "acme", "credential": credential})
            for name in ("advertiserId", "externalAudienceId", "instance", "region", "piiType"):
                for bait in baits(thief):
                    _refused(wire, "instance.configure", _audience(**{name: bait}))
            taken = _sent_under_every_name(wire, bench, baits(thief))
            _answers(wire, "instance.check", {"instance": "acme"})
        sent(bench)
        only_right_requests(front, thief, [AUDIENCE["advertiserId"]])
    there = {one["segmentName"] for one in json.loads(bench.inspect())["segments"]}
    must(there == {*taken, AUDIENCE["audienceName"]}, f"the stand-in has {there}")


def _sent_under_every_name(wire, bench, baits):
    """Sends an audience of each name that is no mistake, and gives those names."""
    taken = [bait for bait in baits if bait and not re.search(r"[\x00-\x1f\x7f-\x9f]", bait)]
    for bait in set(baits) - set(taken):
        _refused(wire, "instance.configure", _audience(audienceName=bait))
    for number, bait in enumerate(taken):
        params = {"instance": f"n{number}"}
        must("result" in _answers(wire, "instance.configure", {**AUDIENCE, **params, "audienceName": bait}), bait)
        _answers(wire, "member.add", {**params, "member": "person1@example.org"})
        run = _answers(wire, "sync.now", params)["result"]["run"]
        must(ended(bench, run)["state"] == "succeeded", f"the audience {bait!r} was not sent")
    return taken


def proxies_of_a_clients_own_see_nothing(bench):
    bench.sandbox()
    bench.daemon()
    with Listener() as thief:
        os.environ.update({name: f"http://{thief.address}" for name in PROXIES})
        try:
            configured(bench)
            fill(bench, 10)
            for command in ("instance check acme", "sync now acme --wait", "sync plan acme", "status", "doctor"):
                bench.muster(*command.split(), expect=(0, 1))
        finally:
            for name in PROXIES:
                del os.environ[name]
        thief.must_have_heard_nothing()


def a_listener_that_the_credentials_file_names_is_noticed(bench):
    with Listener() as thief:
        bench.credential(f"endpoint http://{thief.address}/v3")
        bench.daemon()
        configured(bench)
        with bench.client() as client:
            client.call("instance.check", {"instance": "acme"})
        must(thief.heard and bench.token.encode() in thief.heard[0], f"the listener heard {thief.heard}")
        must(failure_of(thief.must_have_heard_nothing), "a connection to the listener is not noticed")
