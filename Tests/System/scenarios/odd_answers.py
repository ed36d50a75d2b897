"""Answers of TTD's that are odd end nothing, forge no line and tell no token."""

import contextlib
import json
import secrets

from front import Front
from programs import must
from scenarios.credentials import sent
from setting import configured, fill


def _changed(is_struck, **members):
    """A change of the answers that are struck."""
    def change(exchange):
        if is_struck(exchange):
            exchange.answer = json.dumps({**json.loads(exchange.answer), **members}).encode()
    return change


def _is_list(exchange):
    return exchange.method == "GET"


def _is_drop(exchange):
    return exchange.method == "POST" and "targeting" not in exchange.target


def _ended(bench, change):
    """How a run ends whose answers are changed, while the daemon lives."""
    bench.sandbox()
    with Front(bench.endpoint, after=change) as front:
        bench.credential(f"endpoint {front.endpoint}")
        holder = bench.holder()
        configured(bench)
        fill(bench, 10)
        with contextlib.suppress(OSError):  # a daemon that ended again and again is told of below
            run = sent(bench)
        must("\nended" not in holder.text(), f"the daemon ended: {holder.text()[-300:]}")
        return run


def a_zero_byte_in_a_drops_reference_does_not_end_the_daemon(bench):
    run = _ended(bench, _changed(_is_drop, ReferenceId="a\0b"))
    must(run["state"] in ("failed", "succeeded"), f"the run {run['state']}")


def a_zero_byte_in_the_id_of_a_listed_segment_does_not_end_the_daemon(bench):
    entry = {"CrmDataId": "a\0b", "SegmentName": "Acme customers", "Region": "US"}
    run = _ended(bench, _changed(_is_list, Segments=[entry], PagingToken=None))
    must(run["state"] in ("failed", "held"), f"the run {run['state']}")


def a_line_feed_in_a_drops_reference_forges_no_line(bench):
    run = _ended(bench, _changed(_is_drop, ReferenceId="a\n  state       forged"))
    shown = bench.muster("sync", "show", str(run["run"])).out.splitlines()
    must(not any(line.split()[1:] == ["forged"] for line in shown), f"it shows {shown}")


def a_token_that_ttd_repeats_is_not_told_however_short_it_is(bench):
    bench.token = secrets.token_hex(10)

    def refuse(exchange, _):
        exchange.status, exchange.answer = 400, json.dumps({"Message": f"Bad: {bench.token}."}).encode()
    bench.sandbox()
    with Front(bench.endpoint, before=refuse) as front:
        bench.credential(f"endpoint {front.endpoint}")
        bench.daemon()
        configured(bench)
        fill(bench, 10)
        run = sent(bench)
    must(run["state"] == "failed", f"the run {run['state']}")
    must(bench.token not in str(run), "the token is told with the run")
    for path in (bench.state / "log").iterdir():
        must(bench.token.encode() not in path.read_bytes(), "the token is kept in the log")
