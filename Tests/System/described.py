"""What the daemon says of its own protocol, and everything it answers held to that."""

import re

from client import Client as PublishedClient
from client import MusterError

ENVELOPE = {"id", "result", "position", "version", "replayed", "continues", "warnings"}
ERROR = {"name", "kind", "message", "details", "retryable", "applied", "remedy"}
SHOWN = 50  # of a long list so many elements are looked at

# What no scenario can bring about, and the unit tests that do.
BY_UNIT_TESTS = {
    "log.full": "Tests/musterdTests/EngineTests.swift",
    "server.stopping": "Tests/musterdTests/EngineTests.swift",
}

TYPES = {
    "null": lambda value: value is None, "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str), "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict)}


def fault(value, schema, place=""):
    """What is wrong with `value` by its published schema, or None. Of the daemon's own answers nothing may be left
    out, so that a member which no schema names is wrong too."""
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(TYPES[one](value) for one in types):
        return f"{place} is {value!r:.40}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{place} is no choice: {value!r:.40}"
    if "anyOf" in schema and all(fault(value, one, place) for one in schema["anyOf"]):
        return f"{place} has none of its forms"
    if TYPES["integer"](value) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        return f"{place} is out of range: {value}"
    if isinstance(value, str) and not re.fullmatch(schema.get("pattern", "^(?s:.*)$")[1:-1], value):
        return f"{place} does not follow {schema['pattern']}"
    if isinstance(value, list):
        parts = ((part, schema.get("items", {}), f"{place}/{index}") for index, part in enumerate(value[:SHOWN]))
    elif isinstance(value, dict) and "properties" in schema:
        missing = set(schema.get("required", [])) - set(value)
        strange = set(value) - set(schema["properties"])
        if missing or strange:
            return f"{place} lacks {sorted(missing)} and has {sorted(strange)}"
        parts = ((part, schema["properties"][name], f"{place}/{name}") for name, part in value.items())
    else:
        return None
    return next(filter(None, (fault(*part) for part in parts)), None)


class Described:
    """The daemon's description, what was seen of it, and answers that differ from it."""

    def __init__(self):
        self.methods, self.errors, self.events = {}, {}, {}
        self.seen, self.wrong = set(), []

    def learn(self, description):
        for name in ("methods", "errors", "events"):
            setattr(self, name, {one["name"]: one for one in description[name]})

    def unseen(self):
        """Errors of the catalogue that nothing has brought about."""
        return sorted(set(self.errors) - self.seen - set(BY_UNIT_TESTS))

    def hold(self, method, reply, more=False):
        """Notes what is wrong with a reply to `method`, which is None where it is not known."""
        problem = self.problem(self.methods.get(method), reply, more)
        if problem and self.methods:
            self.wrong.append(f"{method or 'a request'} is answered otherwise than described: {problem}")

    def problem(self, method, reply, more):
        if "error" in reply:
            return self.error_problem(method, reply, more)
        if not set(reply) <= ENVELOPE or "result" not in reply or not TYPES["integer"](reply.get("position")):
            return f"it has {sorted(reply)}"
        if method is None:
            return None
        named = {one["name"] for one in method["warnings"]}
        if not {one["name"] for one in reply.get("warnings", [])} <= named:
            return f"it warns of {reply['warnings']}"
        if more:
            return fault(reply["result"], method["stream"])
        return "it continues" if "continues" in reply else fault(reply["result"], method["result"])

    def error_problem(self, method, reply, more):
        error = reply["error"]
        self.seen.add(error["name"])
        known = self.errors.get(error["name"])
        if set(reply) != {"id", "error"} or set(error) != ERROR or known is None:
            return f"{sorted(reply)}, {sorted(error)}, {error['name']}"
        if method and error["name"] not in [one["name"] for one in method["errors"]]:
            return f"it does not name {error['name']}"
        for name in ("kind", "retryable", "applied"):
            # What ends the stream of a command has applied it.
            if error[name] != known[name] and not (more and name == "applied"):
                return f"{name} of {error['name']} is {error[name]!r}"
        return fault(error["details"], known["details"])


DESCRIBED = Described()


class Client(PublishedClient):
    """The published client, whose answers are held to the description."""

    def exchange(self, request):
        try:
            reply = super().exchange(request)
        except MusterError as error:
            DESCRIBED.hold(request["method"], {"id": request["id"], "error": error.error})
            raise
        DESCRIBED.hold(request["method"], reply)
        return reply

    def stream(self, method, params=None, **envelope):
        try:
            for reply in super().stream(method, params, **envelope):
                DESCRIBED.hold(method, reply, more=True)
                yield reply
        except MusterError as error:
            DESCRIBED.hold(method, {"id": 1, "error": error.error}, more=True)
            raise
