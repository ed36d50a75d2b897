#!/usr/bin/env python3
"""Reads a log as log.md describes it, checks all of it, and prints its events as `muster log export` does.

    log_reader.py STATE_DIRECTORY [--identities]

Standard library only. Ends with 10 where the log is not whole, after what stands before the damage.
"""

import argparse
import collections
import datetime
import hashlib
import json
import pathlib
import sys

# Each type of event: its name, then the fields of its payload as NAME:FORM. A form is a number's bytes, a kind of field
# or one of the choices; what follows a ? is there where a flag says so.
TYPES = [line.split() for line in """
    instanceConfigured owner:4 name:text settings
    membersAdded owner:4 members
    membersRemoved owner:4 members
    syncRequested owner:4 date:day reason:cause ? approves:8 count:8
    syncFrozen run:8 frozenAt:8 count:8 bytes:8 digest:digest added:8 removed:8 endpoint:text credential:text \
        advertiserId:text audienceName:text region:region piiType:pii ? externalAudienceId:text
    segmentCreationIntended run:8
    segmentResolved run:8 origin:origin crmDataId:text ? firstPartyDataId:text
    dropOpened run:8 reference:text
    uploadStarted run:8 attempt:4
    uploaded run:8 status:2 bytes:8 ? requestId:text
    syncSucceeded run:8
    syncFailed run:8 class:class detail:text
    syncHeld run:8 reason:hold detail:text ? fingerprint:4
    syncSkipped run:8 reason:skip remoteStale:flag
    dropStatusSeen run:8 status:2 answer:text
    tailRepaired cutSegment:8 cutOffset:8 cutBytes:8 cutDigest:digest
    logAdopted logId:id durable:8
    instanceRetired owner:4 members:8
    erased commits
    suppressionChanged lifted:flag marks
    """.strip().splitlines()]
SETTINGS = """advertiserId:rest audienceName:rest region:region piiType:pii credential:rest endpoint:rest
    externalAudienceId:rest enabled:flag schedule:schedule minimumMembers:4 guard:guard""".split()
CHOICES = {name: words.split() for name, words in {
    "region": "US EU APAC", "pii": "email hashedEmail", "origin": "created given found",
    "cause": "schedule catchUp manual approval retry credentialChanged", "skip": "empty belowMinimum disabled",
    "class": "rejected unauthorized unavailable stale erased determinism",
    "hold": "shrink growth firstReplace duplicateSegment credential tooLarge restored"}.items()}
EPOCH, TABLE = datetime.datetime(1970, 1, 1), []
for number in range(256):
    for _ in range(8):
        number = number >> 1 ^ (0x82F63B78 if number & 1 else 0)
    TABLE.append(number)


class Damage(Exception):
    """The log is not as it was written, or a newer version wrote it."""


def check(holds, sentence):
    if not holds:
        raise Damage(sentence)


def crc32c(data, seed=0):
    crc = seed ^ 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def sha256(data):
    return hashlib.sha256(data).digest()


class Fields:
    """Bytes that are read from front to back and must be used up."""

    def __init__(self, data):
        self.data, self.at, self.erased = data, 0, 0

    def take(self, count):
        check(0 <= count <= len(self.data) - self.at, "a field ends too early")
        self.at += count
        return self.data[self.at - count:self.at]

    def left(self):
        return len(self.data) - self.at

    def end(self):
        check(not self.left(), "bytes are left over")

    def number(self, size, signed=False):
        return int.from_bytes(self.take(size), "little", signed=signed)

    def numbers(self, *sizes):
        return [self.number(size) for size in sizes]

    def text(self, count=None):
        count = self.number(2) if count is None else count
        check(count <= 4096, "a text is too long")
        return self.take(count).decode()

    def field(self, form):
        """The next field of a form named above."""
        if form.isdigit():
            return self.number(int(form))
        if form in CHOICES or form == "flag":
            words, value = CHOICES.get(form, (True, )), self.number(1)
            check((form == "flag" or value) and value <= len(words), f"value {value} is not known to this reader")
            return words[value - 1] if value else False
        if form == "guard":
            return dict(zip(("shrinkMembers", "shrinkPercent", "growthFactor"), self.numbers(4, 4, 4)))
        if form == "schedule":
            return {"dailyAt": "%02d:%02d" % tuple(self.numbers(1, 1)), "timeZone": self.text(self.left())}
        if form == "day":
            return (EPOCH + datetime.timedelta(self.number(8, signed=True))).date().isoformat()
        if form in ("digest", "id"):
            return self.take(32 if form == "digest" else 16).hex()
        return self.text(self.left() if form == "rest" else None)


def has_header(data, offset, seed):
    end = offset + 128
    crc = int.from_bytes(data[end:end + 4], "little")
    return data[end + 4:end + 8] == b"MCmt" and crc32c(data[offset:end], seed) == crc


def is_unfinished(data, offset, seed):
    """Whether what stands at the log's end was never written as a whole, and nothing stands behind it."""
    known = has_header(data, offset, seed)
    end = min(offset + (int.from_bytes(data[offset:offset + 4], "little") if known else 136), len(data))
    if any(has_header(data, behind, seed) for behind in range(end if known else offset + 8, len(data) - 135, 8)):
        return False
    starts = [offset, *range(offset // 512 * 512 + 512, end, 512)]
    return any(not any(data[start:stop]) for start, stop in zip(starts, [*starts[1:], end]))


def settings(fields):
    last = 0
    while fields.left():
        tag, value = fields.number(1), Fields(fields.take(fields.number(2)))
        check(last < tag <= len(SETTINGS), f"setting {tag} is out of order or not known to this reader")
        last, (name, form) = tag, SETTINGS[tag - 1].split(":")
        yield name, None if tag in (7, 9) and not value.data else value.field(form)
        value.end()


def members(fields, identities, shown):
    unchanged, slots, form = fields.numbers(4, 4, 1)
    check(form in (1, 2), f"slot form {form} is not known to this reader")
    people = []
    for _ in range(slots):
        slot = identities.take(32 if form == 1 else identities.number(2))
        check(1 <= len(slot) <= 254, "an address has no possible length")
        if any(slot):
            people.append(slot.hex() if form == 1 else slot.decode())
        else:
            identities.erased += 1
    yield from {"members": len(people), "unchanged": unchanged, **({"identities": people} if shown else {})}.items()


def erased(fields):
    """Where people were erased: the number of an audience, the first position of a commit, the slots."""
    places = [fields.numbers(4, 8, 4) for _ in range(fields.number(4))]
    yield "slots", sum(slots for _, _, slots in places)
    yield "commits", [{"position": commit, "slots": slots} for _, commit, slots in places]


class Log:
    """The events of a state directory."""

    def __init__(self, directory, shows_people=False):
        self.directory, self.shows_people = pathlib.Path(directory), shows_people
        self.names, self.runs, self.position = {}, {}, 0
        # Slots found zero, and those that events vouch for, by the first position of their commit.
        self.zeroed, self.vouched = collections.Counter(), collections.Counter()

    def events(self):
        """Every event in order; raises Damage where the log is not whole."""
        manifest = self.directory / "MANIFEST"
        if not manifest.exists():
            return
        data = manifest.read_bytes()
        fields = Fields(data[:-4])
        check(fields.take(8) == b"MusterMf" and crc32c(data[:-4]) == int.from_bytes(data[-4:], "little"), "MANIFEST")
        check(fields.number(4) == 1, "the format of MANIFEST is newer than this reader")
        count, self.id = fields.number(4), fields.take(16)
        self.chain = sha256(self.id)
        for number in range(1, count + 1):
            found = fields.numbers(8, 8, 8, 8) + [fields.take(32)]
            check(found[0] == number and found[1] == self.position + 1, "MANIFEST: segments do not follow")
            length = found[2]
            check(length or number == count, "MANIFEST: a segment that is not the last is open")
            end = yield from self.segment(number, length)
            check(not length or found[2:] == [end, self.position, self.chain], f"segment {number} ends elsewhere")
        fields.end()
        check(dict(self.zeroed) == dict(self.vouched), "people were erased otherwise than the events of the log say")

    def segment(self, number, sealed):
        data = (self.directory / "log" / f"{number:020}.seg").read_bytes()
        fields = Fields(data[:124])
        check(fields.take(8) == b"MusterSg" and crc32c(data[:124]) == int.from_bytes(data[124:128], "little"),
              f"segment {number}: header")
        check(fields.numbers(4, 4) == [1, 128], "the format of a segment is newer than this reader")
        check([fields.take(16), fields.number(8), fields.number(8), fields.take(32)]
              == [self.id, number, self.position + 1, self.chain], f"segment {number}: its header belongs elsewhere")
        seed, offset = crc32c(self.id + number.to_bytes(8, "little")), 128
        while any(data[offset:]):
            commit = data[offset:offset + int.from_bytes(data[offset:offset + 4], "little")]
            if problem := self.problem(commit, seed):
                if not sealed and is_unfinished(data, offset, seed):
                    print(f"segment {number} ends in an unfinished commit at byte {offset}", file=sys.stderr)
                    break
                raise Damage(f"segment {number}, byte {offset}, position {self.position + 1}: {problem}")
            yield from self.records(commit, number, offset)
            offset += len(commit)
        check(not sealed or offset == len(data), f"segment {number}: bytes stand behind the last commit")
        return offset

    def problem(self, commit, seed):
        """What is wrong with a commit, or None; moves the chain on."""
        if len(commit) < 144 or commit[132:136] != b"MCmt":
            return "no commit (damaged, or unfinished at the log's end)"
        head = Fields(commit[:132])
        length, count, first, flags, records, identities, body_crc = head.numbers(4, 4, 8, 4, 4, 4, 4)
        chain, records_digest, identities_digest, head_crc = *(head.take(32) for _ in range(3)), head.number(4)
        body_end = 136 + records + identities
        if crc32c(commit[:128], seed) != head_crc or length != (body_end + 4 + 7) // 8 * 8:
            return "header"
        if crc32c(commit[136:], seed) != body_crc or any(commit[body_end:-4]) or commit[-4:] != b"tmCM":
            return "body"
        if flags > 1:
            return "flags are newer than this reader"
        self.chain = sha256(self.chain + commit[8:16] + commit[4:8] + records_digest + identities_digest)
        if first != self.position + 1 or chain != self.chain or not count:
            return "place in the chain"
        self.parts = Fields(commit[136:136 + records]), Fields(commit[136 + records:body_end]), count, flags
        found = [sha256(part.data) for part in self.parts[:2]]
        if found[0] != records_digest or found[1] != identities_digest and not flags:
            return "digests"
        return None

    def records(self, commit, segment, offset):
        (records, identities, count, is_erased), first = self.parts, self.position + 1
        if identities.data:
            identities.take(16)
        for _ in range(count):
            self.position += 1
            record = Fields(records.take(records.number(2) - 2))
            yield {**self.event(record, identities), "segment": segment, "offset": offset}
            record.end()
        records.end()
        identities.end()
        check(is_erased or not identities.erased, f"position {first}: slots were zeroed, and the commit does not say so")
        if is_erased:
            self.zeroed[first] = identities.erased

    def event(self, record, identities):
        kind, version, flags, id_length, _ = record.numbers(1, 1, 1, 1, 2)
        check(0 < kind <= len(TYPES) and version == 1 and flags < 2, "an event is not known to this reader")
        time = EPOCH + datetime.timedelta(milliseconds=record.number(8, signed=True))
        actor = {"uid": record.number(4), "gid": record.number(4), "pid": record.number(4, True)} if flags else None
        command, kind = record.text(id_length), TYPES[kind - 1]
        payload = dict(self.payload(kind[1:], record, identities))
        if kind[0] == "erased":
            for one in payload["commits"]:
                self.vouched[one["position"]] += one["slots"]
        event = {"position": self.position, "at": time.isoformat(timespec="milliseconds") + "Z", "type": kind[0]}
        owner = payload.pop("owner", None) or self.runs.get(payload.get("run"))
        if kind[0] == "syncRequested":
            self.runs[self.position] = owner
        if name := payload.pop("name", None):
            self.names[owner] = name
            payload = {"created": True} | payload
        if owner:
            event["instance"] = self.names.get(owner, f"#{owner}")
        payload.pop("fingerprint", None)  # a token's, and nobody's business here
        return event | payload | ({"actor": actor} if actor else {}) | ({"commandId": command} if command else {})

    def payload(self, forms, record, identities):
        for form in forms:
            if form == "settings":
                yield from settings(record)
            elif form == "members":
                yield from members(record, identities, self.shows_people)
            elif form == "marks":
                yield "people", len([record.take(36) for _ in range(record.number(4))])
            elif form == "commits":
                yield from erased(record)
            elif form != "?":
                name, form = form.split(":")
                yield name, record.field(form)
            elif not record.field("flag"):
                return


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("state_directory")
    options.add_argument("--identities", action="store_true", help="show digests and addresses of people")
    given = options.parse_args()
    try:
        for event in Log(given.state_directory, given.identities).events():
            print(json.dumps(event, ensure_ascii=False, separators=(",", ":")))
    except (Damage, UnicodeDecodeError, OSError) as damage:
        sys.stdout.flush()
        print(f"log_reader.py: {damage}", file=sys.stderr)
        return 10
    return 0


if __name__ == "__main__":
    sys.exit(main())
