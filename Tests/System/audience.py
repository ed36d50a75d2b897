"""What a list must be, computed apart from the Swift code: the published rules, hashlib and nothing else."""

import base64
import collections
import hashlib
import json
import unicodedata


class Rejected(Exception):
    """A member or an event that must not be taken, and the word for why (errors.md, `muster member add --help`)."""


def normalise(address):
    """The UID2 and EUID form of an address: spaces off the ends, ASCII to small letters, gmail's own rules."""
    address = address.strip(" ")
    address = "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in address)
    if any(c.isspace() for c in address):
        raise Rejected("whiteSpace")
    if any(unicodedata.category(c) == "Cc" for c in address):
        raise Rejected("controlCharacter")
    local, at, domain = address.partition("@")
    if not at:
        raise Rejected("notAHash")
    if "@" in domain:
        raise Rejected("manyAts")
    if not domain:
        raise Rejected("emptyDomain")
    if domain == "gmail.com":
        local = local.split("+")[0].replace(".", "")
    if not local:
        raise Rejected("emptyLocalPart")
    return f"{local}@{domain}"


def digest(member):
    """The 32 bytes of a member in any of its three forms."""
    if "@" in member:
        return hashlib.sha256(normalise(member).encode()).digest()
    member = member.strip(" ")
    if len(member) == 64 and all(c in "0123456789abcdefABCDEF" for c in member):
        return bytes.fromhex(member)
    if len(member) == 44:
        try:
            raw = base64.b64decode(member, validate=True)
        except ValueError:
            raise Rejected("notAHash") from None
        if len(raw) == 32 and base64.b64encode(raw).decode() == member:
            return raw
    raise Rejected("notAHash" if member else "empty")


def rows(digests):
    """The exact bytes to upload: base64, one a line, in the order of the digests."""
    return b"".join(base64.b64encode(one) + b"\n" for one in sorted(digests))


class Folded:
    """Engage events of one audience, read one after another as the command line should read them."""

    def __init__(self, key):
        self.key = key
        self.members = set()
        self.rejected = collections.Counter()

    def read(self, line):
        try:
            joins, who = self.understand(line)
        except Rejected as reason:
            self.rejected[str(reason)] += 1
        else:
            (self.members.add if joins else self.members.discard)(who)

    def understand(self, line):
        try:
            event = json.loads(line)
        except ValueError:
            raise Rejected("notJSON") from None
        context = event.get("context", {})
        if context.get("personas", {}).get("computation_key") != self.key:
            raise Rejected("otherAudience")
        if event.get("type") != "track":
            raise Rejected("notTrack")
        named = {"Audience Entered": True, "Audience Exited": False}.get(event.get("event"))
        if named is None:
            raise Rejected("notAudienceEvent")
        joins = event.get("properties", {}).get(self.key)
        if joins is not named:
            raise Rejected("eventDisagrees")
        address = context.get("traits", {}).get("email")
        if not address:
            raise Rejected("emailMissing")
        return joins, digest(address)


def fold(path, key):
    """The audience that a file of events makes."""
    folded = Folded(key)
    with open(path, encoding="utf-8") as events:
        for line in events:
            folded.read(line)
    return folded
