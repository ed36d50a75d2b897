"""Nothing that TTD answers has a token or a list sent to where it must not go."""

import json

from disks import needs
from front import Front, certified
from programs import must
from remote_faults import CREATE, DROP, LIST, NAME, UPLOAD, Fault, held
from scenarios.credentials import ended, sent
from setting import AUDIENCE, configured, fill
from thief import Listener, baits, only_right_requests


def redirects_are_not_followed_at_any_step(bench):
    with Listener() as thief:
        for step in (LIST, CREATE, DROP, UPLOAD):
            for status in (301, 302, 303, 307, 308):
                sandbox = bench.sandbox("--fault", f"{step} 1 {status}:http://{thief.address}/")
                daemon = bench.daemon()
                configured(bench)
                fill(bench, 10)
                run = sent(bench, again=True)
                must(run["class"] == "rejected", f"{step}, {status}: the run {run['state']}")
                must(sandbox.stop() == 0 and daemon.stop() == 0, "they did not end well")
                for path in sorted(bench.state.rglob("*"), reverse=True):
                    path.rmdir() if path.is_dir() else path.unlink()
        thief.must_have_heard_nothing()


def _run_each(bench, prefix, count):
    """Lets so many audiences be sent, and how each ended."""
    for number in range(count):
        instance = f"{prefix}{number}"
        configured(bench, instance=instance, audienceName=instance)
        with bench.client() as client:
            client.call("member.add", {"instance": instance, "member": "person1@example.org"})
            yield ended(bench, client.call("sync.now", {"instance": instance})["result"]["run"])


def _judged(bench, thief, after, prefix, count):
    """The runs of so many audiences, where the answers are changed."""
    with Front(bench.endpoint, after=after) as front:
        bench.credential(f"endpoint {front.endpoint}")
        daemon = bench.daemon()
        runs = list(_run_each(bench, prefix, count))
        must(daemon.stop() == 0, "the daemon did not end well")
        only_right_requests(front, thief, [AUDIENCE["advertiserId"]])
        return runs, front


def a_segments_id_stays_a_part_of_the_path(bench):
    bench.sandbox()
    with Listener() as thief:
        # The others cannot stand in a path or be shown, so that they are no answer and the creation is waited for.
        left = [bait for bait in baits(thief) if bait not in ("", "..") and bait.isprintable()]
        count, offered = len(left), iter(left)

        def planted(exchange):
            if "targeting" in exchange.target:
                exchange.answer = json.dumps({"CrmDataId": next(offered)}).encode()
        runs, _ = _judged(bench, thief, planted, "id", count)
        must(all(run["class"] in ("unauthorized", "rejected") for run in runs), f"{[run['class'] for run in runs]}")


def a_paging_token_stays_a_part_of_the_query(bench):
    bench.sandbox()
    with Listener() as thief:
        left = [bait for bait in baits(thief) if bait]
        count, offered = len(left), iter(left)

        def planted(exchange):
            if exchange.method == "GET":
                bait = next(offered, None)
                entry = {"CrmDataId": "x", "SegmentName": "other", "Region": "US"}
                exchange.status, exchange.answer = 200, json.dumps(
                    {"Segments": [entry] if bait else [], "PagingToken": bait}).encode()
        (run,), front = _judged(bench, thief, planted, "page", 1)
        must(run["state"] == "succeeded", f"the run {run['state']}: {run['detail']}")
        must(len(front.seen("GET")) == count + 1, f"{len(front.seen('GET'))} pages were asked for")


def an_upload_address_without_tls_or_of_this_host_is_not_used_by_an_api_elsewhere(bench):
    needs("unshare", "mount", "openssl")
    bench.sandbox()
    hosts = bench.folder / "hosts"
    hosts.write_text(f"127.0.0.1 localhost {NAME}\n")
    context, roots = certified(bench.folder, "good", f"DNS:{NAME}", "IP:127.0.0.1")
    with Listener() as thief:
        port = thief.port
        offered = [
            f"http://{NAME}:{port}/", f"https://127.0.0.1:{port}/", f"http://127.0.0.1:{port}/", f"//{NAME}:{port}/",
            f"https://{NAME}@{thief.address}/", f"https://127.1.2.3:{port}/", f"ftp://{NAME}:{port}/",
            f"https://{NAME}:{port}\\x", f"https://{NAME}:0{port}x/", f"HTTP://{NAME}:{port}/", "file:///dev/null",
            f"https://[::1]:{port}/", ""]
        addresses = iter(offered)

        def elsewhere(exchange):
            if b'"Url"' in exchange.answer:
                exchange.answer = json.dumps({"Url": next(addresses), "ReferenceId": "x"}).encode()
        with Front(bench.endpoint, after=elsewhere, context=context, name=NAME) as front:
            bench.credential(f"endpoint {front.endpoint}")
            held(bench, Fault(None, None, ("--endpoint-ca", str(roots)), hosts))
            configured(bench)
            fill(bench, 10)
            for _ in offered:
                run = sent(bench, again=True)
                must((run["state"], run["class"]) == ("failed", "rejected"), f"the run {run['state']} {run['detail']}")
                must("may not be used" in run["detail"], f"it failed for {run['detail']}")
            must(next(addresses, None) is None, "an address was not offered")
        thief.must_have_heard_nothing()
