"""proto-docs against themselves and against the daemon."""

import json
import re

from programs import ROOT, must
from setting import Wire, configured

DOCS = ROOT / "proto-docs"
FIELDS = {"name", "kind", "message", "details", "retryable", "applied", "remedy"}


def exchanges():
    for path in sorted((DOCS / "examples").glob("*.json")):
        yield path.stem, json.loads(path.read_text())


def well_formed(name, reply):
    must(reply is not None, f"{name}: the connection was closed without an answer")
    must(("result" in reply) != ("error" in reply), f"{name}: neither result nor error, or both")
    if "error" in reply:
        must(set(reply) == {"id", "error"}, f"{name}: {sorted(reply)}")
        must(set(reply["error"]) == FIELDS, f"{name}: the error has {sorted(reply['error'])}")
    else:
        known = {"id", "result", "position", "version", "replayed", "warnings", "continues"}
        must(set(reply) <= known, f"{name}: {sorted(reply)}")
        must(isinstance(reply["position"], int), f"{name}: no position")


def every_example_is_well_formed_and_stands_in_the_pages(bench):
    errors, methods = (DOCS / "errors.md").read_text(), (DOCS / "methods.md").read_text()
    shown = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", methods, re.DOTALL)]
    names = {name for name, _ in exchanges()}
    for name, exchange in exchanges():
        well_formed(name, exchange["reply"])
        if name.startswith("error."):
            must(f"### {name.removeprefix('error.')}\n" in errors, f"{name} is not in errors.md")
            must(exchange["reply"]["error"]["name"] == name.removeprefix("error."), f"{name} shows another error")
        else:
            method = exchange["request"]["method"]
            must(name == method or name.startswith(method + "."), f"{name} shows another method")
            must(exchange in shown, f"methods.md shows {name} otherwise")
    for name in re.findall(r"^### (\S+)$", errors, re.MULTILINE):
        must(f"error.{name}" in names, f"{name} has no example")
    for name in re.findall(r"^## (\S+)$", methods, re.MULTILINE):
        must(name in names, f"{name} has no example")


def every_example_request_gets_a_well_formed_answer_with_the_fields_of_the_example(bench):
    bench.credential()
    bench.daemon()
    configured(bench, instance="acme-us")
    for name, exchange in exchanges():
        if "request" not in exchange:
            continue
        with Wire(bench.socket) as wire:
            wire.ask(exchange["request"])
            reply = wire.reply()
        well_formed(name, reply)
        must(reply["id"] == exchange["request"]["id"], f"{name}: answered as {reply['id']}")
        both = "result" in reply and "result" in exchange["reply"]
        if both:
            must(
                set(reply["result"]) == set(exchange["reply"]["result"]),
                f"{name}: fields {sorted(set(reply['result']) ^ set(exchange['reply']['result']))} differ")


def errors_of_form_are_answered_word_for_word_as_in_the_examples(bench):
    bench.credential()
    bench.daemon()
    configured(bench, instance="acme-us")
    for name, exchange in exchanges():
        with Wire(bench.socket) as wire:
            if "sent" in exchange:
                wire.send(bytes.fromhex(exchange["sent"]))
            elif "sentLength" in exchange:
                wire.ask(b" " * exchange["sentLength"])
            elif exchange["reply"].get("error", {}).get("kind") in ("request", "protocol", "unknown", "rejected"):
                wire.ask(exchange["request"])
            else:
                continue
            reply = wire.reply()
        must(reply == exchange["reply"], f"{name}: {reply}")
