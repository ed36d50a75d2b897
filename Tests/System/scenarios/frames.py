"""What is no frame, or no request, is answered as proto-docs say, and harms nobody else."""

import json
import struct
import time

from programs import must
from setting import Wire, configured


def refused(reply, name, identity=None):
    must(reply is not None, f"closed instead of {name}")
    must(reply.get("error", {}).get("name") == name, f"not {name}: {reply}")
    must(reply["id"] == identity, f"the id is {reply['id']}")
    return reply["error"]["details"]


def text_without_a_length_is_answered_and_the_connection_closed(bench):
    bench.credential()
    bench.daemon()
    for text in (b"GET / HTTP/1.1\r\n\r\n", b'{"id":1,"method":"ping"}', b"\x7f\0\0\0"):
        with Wire(bench.socket) as wire:
            wire.send(text)
            details = refused(wire.reply(), "frame.invalid")
            must(text.hex().startswith(details["first"]) and details["first"], f"it quotes {details['first']}")
            must(wire.reply() is None, "the connection stays open")


def a_length_of_zero_is_answered_and_the_connection_closed(bench):
    bench.credential()
    bench.daemon()
    with Wire(bench.socket) as wire:
        wire.send(b"\0\0\0\0")
        refused(wire.reply(), "frame.invalid")
        must(wire.reply() is None, "the connection stays open")


def a_frame_over_the_limit_is_read_off_and_the_connection_goes_on(bench):
    bench.credential()
    bench.daemon()
    with Wire(bench.socket) as wire:
        for length in (4 * 1024 * 1024 + 1, 0xFFFFFF):
            wire.send(struct.pack(">I", length) + b" " * length)
            details = refused(wire.reply(), "frame.too_large")
            must(details == {"length": length, "limit": 4 * 1024 * 1024}, f"details are {details}")
        wire.ask({"id": 1, "method": "ping"})
        must(wire.reply()["result"] == {}, "the connection does not go on")


def half_a_frame_closes_the_connection_after_10_seconds_and_stops_nobody(bench):
    """P-FRAME-5"""
    bench.credential()
    bench.daemon()
    begun = time.monotonic()
    with Wire(bench.socket, timeout=30.0) as slow:
        slow.send(b"\0\0\0\x20{")
        with Wire(bench.socket) as other:
            other.ask({"id": 1, "method": "ping"})
            must(other.reply()["result"] == {}, "another client is not served meanwhile")
        must(slow.reply() is None, "half a frame is answered")
    took = time.monotonic() - begun
    must(9 < took < 15, f"it was closed after {took:.1f} s")


half_a_frame_closes_the_connection_after_10_seconds_and_stops_nobody.waits = True


def a_frame_that_comes_byte_by_byte_is_one_frame(bench):
    bench.credential()
    bench.daemon()
    body = b'{"id":"slow","method":"ping"}'
    with Wire(bench.socket) as wire:
        for byte in struct.pack(">I", len(body)) + body:
            wire.send(bytes([byte]))
        must(wire.reply()["id"] == "slow", "no answer")


def what_is_no_request_is_refused_by_its_pointer_and_appends_nothing(bench):
    bench.credential()
    bench.daemon()
    configured(bench)
    ping = {"id": 1, "method": "ping"}
    add = {"id": 1, "method": "member.add", "params": {"instance": "acme", "member": "a@example.org"}}
    wrong = [
        (b"[]", "request.invalid", "", None), (b"{", "request.invalid", "", None),
        (b'{"id":1,"id":1,"method":"ping"}', "request.invalid", "", None),
        (b"\xff", "request.invalid", "", None), (b"[" * 40, "request.invalid", "", None),
        ({"method": "ping"}, "request.invalid", "/id", None),
        ({**ping, "id": "x" * 65}, "request.invalid", "/id", None),
        (b'{"id":1.5,"method":"ping"}', "request.invalid", "", None),
        ({"id": 1}, "request.invalid", "/method", 1),
        ({**ping, "method": "pong"}, "method.unknown", None, 1),
        ({**ping, "params": []}, "request.invalid", "/params", 1),
        ({**ping, "params": {"x": 1}}, "params.invalid", "/params/x", 1),
        ({**ping, "expectedVersoin": 1}, "request.invalid", "/expectedVersoin", 1),
        ({**ping, "commandId": "a"}, "request.invalid", "/commandId", 1),
        ({**ping, "more": True}, "request.invalid", "/more", 1),
        ({**ping, "minPosition": 1 << 40, "deadlineMs": 1}, "deadline.exceeded", None, 1),
        ({**add, "minPosition": 1 << 40}, "request.invalid", "/minPosition", 1),
        ({"id": 1, "method": "log.tail", "params": {"follow": True}}, "params.invalid", "/params/follow", 1),
        ({"id": 1, "method": "log.tail", "params": {"from": 1 << 40}}, "params.invalid", "/params/from", 1),
        ({"id": 1, "method": "log.tail", "params": {"types": ["x"]}}, "params.invalid", "/params/types/0", 1),
        ({"id": 1, "method": "member.list", "params": {"instance": "acme", "from": "x"}},
         "params.invalid", "/params/from", 1),
        ({**ping, "deadlineMs": 0}, "request.invalid", "/deadlineMs", 1),
        ({**add, "commandId": "a b"}, "request.invalid", "/commandId", 1),
        ({**add, "expectedVersion": "1"}, "request.invalid", "/expectedVersion", 1),
        ({**add, "expectedVersion": 99}, "version.conflict", None, 1),
        ({**add, "params": {"instance": "Acme", "member": "a@example.org"}}, "params.invalid", "/params/instance", 1),
        ({**add, "params": {"instance": "acme", "member": 1}}, "params.invalid", "/params/member", 1),
        ({**add, "params": {"instance": "acme", "members": []}}, "params.invalid", "/params/members", 1),
        ({**add, "params": {"instance": "acme", "member": "nobody"}}, "member.invalid", None, 1),
        ({**add, "params": {"instance": "other", "member": "a@example.org"}}, "instance.unknown", None, 1),
        ({"id": 1, "method": "sync.show", "params": {"run": 1 << 50}}, "run.unknown", None, 1),
    ]
    wrong += [(settings, "params.invalid", pointer, 1) for settings, pointer in wrong_settings()]
    with Wire(bench.socket) as wire:
        before = position(wire)
        for request, name, pointer, identity in wrong:
            wire.ask(request)
            details = refused(wire.reply(), name, identity)
            must(pointer is None or details["pointer"] == pointer, f"{request} gives {details}")
        must(position(wire) == before, "something was appended")


def wrong_settings():
    """Settings that no instance takes, and where each is wrong."""
    wrong = [
        ("region", "USA"), ("region", None), ("piiType", "phone"), ("advertiserId", "a/b"), ("audienceName", ""),
        ("audienceName", "a\nb"), ("credential", "../token"), ("externalAudienceId", "a b"), ("enabled", 1),
        ("minimumMembers", -1), ("endpoint", "https://example.org"), ("schedule", "03:00"),
        ("schedule/dailyAt", "24:00"), ("schedule/timeZone", "America/Atlantis"),
        ("schedule/timeZone", "../../etc/passwd"), ("guard/growthFactor", 1), ("guard/shrinkPercent", 101)]
    for name, value in wrong:
        outer, _, inner = name.partition("/")
        whole = {"dailyAt": "03:00", "timeZone": "UTC"} if outer == "schedule" else {}
        setting = {outer: {**whole, inner: value} if inner else value}
        yield {"id": 1, "method": "instance.configure", "params": {"instance": "acme", **setting}}, f"/params/{name}"


def position(wire):
    wire.ask({"id": 0, "method": "ping"})
    return wire.reply()["position"]


def a_thousand_requests_at_once_are_all_answered_in_order_of_the_commands(bench):
    bench.credential()
    bench.daemon()
    configured(bench)
    frames = b""
    for number in range(1000):
        body = json.dumps({
            "id": number, "method": "member.add",
            "params": {"instance": "acme", "member": f"person{number}@example.org"}}).encode()
        frames += struct.pack(">I", len(body)) + body
    with Wire(bench.socket) as wire:
        wire.send(frames)
        replies = [wire.reply() for _ in range(1000)]
    positions = [one["position"] for one in sorted(replies, key=lambda one: one["id"])]
    must(positions == sorted(set(positions)), "positions do not grow with the order of sending")
    must(sorted(one["id"] for one in replies) == list(range(1000)), "an answer is missing or came twice")
