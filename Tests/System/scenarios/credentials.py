"""A token that is missing, wrong or sent elsewhere."""

import json

from programs import MusterError, must, wait_for
from setting import configured, fill


def show(bench, run):
    with bench.client() as client:
        return client.call("sync.show", {"run": run})["result"]


def ended(bench, run, seconds=30):
    """The run, once it has ended."""
    return wait_for(lambda: (shown := show(bench, run))["endedAt"] and shown, f"run {run} ends", seconds)


def sent(bench, seconds=30, **options):
    with bench.client() as client:
        run = client.call("sync.now", {"instance": "acme", **options})["result"]["run"]
    return ended(bench, run, seconds)


def a_missing_credential_holds_the_run_and_never_the_daemon(bench):
    bench.daemon()
    reply = configured(bench)
    names = [one["name"] for one in reply.get("warnings", [])]
    must("credential.unusable" in names, f"configure warns of {names}")
    fill(bench)
    run = sent(bench)
    must((run["state"], run["reason"]) == ("held", "credential"), f"the run is {run['state']}, {run['reason']}")
    with bench.client() as client:
        must(client.call("ping")["result"] == {}, "the daemon is gone")


def an_empty_credential_is_a_missing_one(bench):
    (bench.credentials / "ttd-token").write_text("\n")
    bench.daemon()
    configured(bench)
    fill(bench)
    run = sent(bench)
    must((run["state"], run["reason"]) == ("held", "credential"), f"the run is {run['state']}, {run['reason']}")


def a_token_that_is_refused_holds_or_fails_the_run_and_nothing_is_sent(bench):
    bench.sandbox("--fault", "* /v3 always dead-token")
    bench.daemon()
    configured(bench)
    fill(bench)
    run = sent(bench)
    must(run["state"] in ("held", "failed"), f"the run {run['state']}")
    must(run["reason"] == "credential" or run["class"] == "unauthorized", f"{run['reason']}, {run['class']}")
    must(json.loads(bench.inspect())["segments"] == [], "a segment was created")


def a_client_cannot_name_an_endpoint(bench):
    bench.credential()
    bench.daemon()
    configured(bench)
    for settings in ({"endpoint": "http://127.0.0.1:1/v3"}, {"url": "http://127.0.0.1:1/v3"}):
        try:
            with bench.client() as client:
                client.call("instance.configure", {"instance": "acme", **settings})
        except MusterError as error:
            must(error.name == "params.invalid", f"refused as {error.name}")
            must(error.details["pointer"] == "/params/" + next(iter(settings)), f"refused at {error.details}")
        else:
            must(False, "it was taken")
    with bench.client() as client:
        shown = client.call("instance.show", {"instance": "acme"})["result"]
    must(shown["endpoint"] == "https://api.thetradedesk.com/v3", f"the endpoint is {shown['endpoint']}")


def an_endpoint_without_tls_is_for_this_host_only(bench):
    for endpoint in ("http://203.0.113.7/v3", "http://localhost.example/v3", "ftp://127.0.0.1/v3"):
        bench.credential(f"endpoint {endpoint}")
        daemon = bench.daemon()
        configured(bench)
        fill(bench)
        run = sent(bench, again=True)
        must((run["state"], run["reason"]) == ("held", "credential"), f"{endpoint}: {run['state']}, {run['reason']}")
        must(daemon.stop() == 0, "the daemon did not end well")
