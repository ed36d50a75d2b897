"""The faults of a remote side, each as a context in which it is on: how it begins, how to see it strike, its end."""

import collections
import contextlib
import json
import shutil
import time

from front import Broken, Front, certified
from programs import must, wait_for
from scenarios.credentials import show

LIST, CREATE = "GET /v3/crmdata/segment/*$", "POST /v3/crmdata/targeting/segment$"
DROP, UPLOAD = "POST /v3/crmdata/segment/*/*$", "PUT /upload"
NAME = "ttd.test"

Fault = collections.namedtuple("Fault", "struck mend options hosts", defaults=((), None))


def held(bench, fault):
    """The daemon behind its holder, where it needs one with a hosts file of its own."""
    own = (shutil.which("unshare"), "-m", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', str(fault.hosts))
    return bench.holder(*fault.options, wrap=own if fault.hosts else ())


@contextlib.contextmanager
def ruled(bench, step, answer):
    """A rule of the stand-in."""
    bench.sandbox("--fault", f"{step} {answer}")
    yield Fault(lambda _: json.loads(bench.inspect())["faults"][0]["used"] > 0, lambda: None)


@contextlib.contextmanager
def dead_token(bench, step, answer):
    """The first token is dead from one call on, until the file holds the other."""
    other, accepted = bench.token + "-other", bench.folder / "other-token"
    accepted.write_text(other + "\n")
    bench.sandbox("--fault", f"{step} {answer}", "--token-file", str(accepted))

    def mend():
        bench.token = other
        bench.credential(f"endpoint {bench.endpoint}")
    yield Fault(lambda run: show(bench, run)["state"] == "held", mend)


@contextlib.contextmanager
def broken_body(bench, step, _):
    """The connection is reset in the middle of the list, or of an answer that came after all was done."""
    bench.sandbox()
    struck = []

    def once(exchange):
        struck.append(exchange)
        return len(struck) == 1

    def before(exchange, read):
        if exchange.method == "PUT" and once(exchange):
            read(9000)
            raise Broken

    def after(exchange):
        if "targeting" in exchange.target and once(exchange):
            raise Broken(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(exchange.answer) + exchange.answer[:9])
    with Front(bench.endpoint, **({"before": before} if step == UPLOAD else {"after": after})) as front:
        bench.credential(f"endpoint {front.endpoint}")
        yield Fault(lambda _: struck, lambda: None)


@contextlib.contextmanager
def before_tls(bench, step, context, name):
    """The API, or only the storage, behind TLS under `name`, and that front."""
    bench.sandbox()
    with contextlib.ExitStack() as fronts:
        def named(exchange):
            exchange.answer = exchange.answer.replace(b"http://" + plain.encode(), b"https://" + tls.authority.encode())
        if step == UPLOAD:
            api = fronts.enter_context(Front(bench.endpoint, after=named))
            tls = fronts.enter_context(Front(bench.endpoint, context=context, host=api.authority, name=name))
            plain = api.authority
        else:
            api = tls = fronts.enter_context(Front(bench.endpoint, after=named, context=context, name=name))
            plain = tls.authority
        bench.credential(f"endpoint {api.endpoint}")
        yield api, tls


@contextlib.contextmanager
def no_name(bench, step, _):
    """The host's name does not resolve until the daemon's own hosts file has it."""
    hosts = bench.folder / "hosts"
    hosts.write_text("127.0.0.1 localhost\n")
    context, roots = certified(bench.folder, "good", f"DNS:{NAME}")
    with before_tls(bench, step, context, NAME) as (api, tls):
        def struck(_):
            if step == UPLOAD:
                return api.seen("POST /v3/crmdata/segment/")
            with bench.client() as client:
                problem = client.call("instance.check", {"instance": "acme"})["result"]["problem"]
            return "name is not known" in problem["message"]

        def mend():
            if step == UPLOAD:
                wait_for(lambda: len(struck(None)) > 1, "the run opens another drop after the kill")
                time.sleep(0.5)  # nothing tells of a name that was asked for in vain
            must(not tls.connections, "the name resolved")
            hosts.write_text(f"127.0.0.1 localhost {NAME}\n")
        yield Fault(struck, mend, ("--endpoint-ca", str(roots)), hosts)


@contextlib.contextmanager
def bad_tls(bench, step, _):
    """A certificate for another name, or of an authority that is not trusted, until there is a good one."""
    good, roots = certified(bench.folder, "good", "IP:127.0.0.1")
    bad, other = certified(bench.folder, "bad", "DNS:other.test" if step == UPLOAD else "IP:127.0.0.1")
    if step == UPLOAD:
        roots.write_text(roots.read_text() + other.read_text())
    with before_tls(bench, step, bad, "127.0.0.1") as (_, tls):
        def mend():
            must(not tls.exchanges, "a certificate that is not the host's was taken")
            tls.context = good
        yield Fault(lambda _: tls.connections > 0, mend, ("--endpoint-ca", str(roots)))


OWN = {"dead token": dead_token, "reset during the body": broken_body, "no name": no_name, "bad TLS": bad_tls}


def fault(bench, name, step, answer):
    """The fault of that name; what has no name of its own is a rule of the stand-in."""
    return OWN.get(name, ruled)(bench, step, answer)
