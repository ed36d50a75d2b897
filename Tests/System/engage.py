"""Segment Engage events, made up from a seed: people who come, come again in other spellings, and leave."""

import base64
import hashlib
import json
import random
import time

from audience import normalise

START = 1793491200  # 2026-11-01T00:00:00Z
AUDIENCE = "spring_sale_visitors"
FIRST = "ada alan barbara claude donald edsger frances grace ken leslie margaret niklaus radia".split()
LAST = "allen backus curie gray hamilton hopper kernighan lamport lovelace perlman turing wirth".split()
DOMAINS = ["gmail.com"] * 4 + ["example.com", "example.org", "mail.example.com", "googlemail.com"]


class Person:
    """Somebody with one address, which others write in many ways."""

    def __init__(self, number, chance):
        self.name = f"{chance.choice(FIRST)}.{chance.choice(LAST)}{number}"
        self.domain = chance.choice(DOMAINS)
        self.identity = normalise(f"{self.name}@{self.domain}")
        self.user = f"user-{number}"

    def spelling(self, chance):
        way = chance.randrange(10)
        hashed = hashlib.sha256(self.identity.encode())
        if way == 0:
            return hashed.hexdigest()
        if way == 1:
            return hashed.hexdigest().upper()
        if way == 2:
            return base64.b64encode(hashed.digest()).decode()
        name = self.name
        if self.domain == "gmail.com" and way < 6:
            name = name.replace(".", "") + chance.choice(["", "+news", "+Spring.Sale"])
        address = f"{name}@{self.domain}"
        if way in (6, 7):
            address = "".join(c.upper() if chance.random() < 0.4 else c for c in address)
        return f"  {address} " if way == 8 else address


def event(person, address, joins, second, key=AUDIENCE):
    """One event in the shape that Engage sends."""
    return {
        "type": "track",
        "event": "Audience Entered" if joins else "Audience Exited",
        "userId": person.user,
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(START + second)),
        "context": {
            "personas": {
                "computation_class": "audience", "computation_id": "aud_2fJ8kQ", "computation_key": key,
                "namespace": "spa_k3", "space_id": "spa_k3"},
            "traits": {"email": address}},
        "properties": {key: joins, "audience_key": key},
    }


def spoilt(person, chance, second):
    """An event that must be refused, in one of the ways they are wrong in practice."""
    address = f"{person.name}@{person.domain}"
    unfit = [
        person.name, f"{person.name}@", f"{person.name} @{person.domain}", f"\t{address}",
        f"{address}@{person.domain}", "+news@gmail.com", hashlib.md5(address.encode()).hexdigest(), ""]
    way = chance.randrange(len(unfit) + 5)
    if way < len(unfit):
        return event(person, unfit[way], True, second)
    made = event(person, address, True, second, "newsletter" if way == len(unfit) else AUDIENCE)
    if way == len(unfit) + 1:
        made["properties"][AUDIENCE] = False
    elif way == len(unfit) + 2:
        made["context"]["traits"] = {}
    elif way == len(unfit) + 3:
        made["type"] = "identify"
    elif way == len(unfit) + 4:
        made["event"] = "Order Completed"
    return made


def generate(path, count, seed=20261123):
    """Writes `count` events: about 3,000 people, many leave again, one event in twenty is spoilt."""
    chance = random.Random(seed)
    inside, waiting = [], [Person(number, chance) for number in range(count // 2)]
    chance.shuffle(waiting)
    with open(path, "w", encoding="utf-8") as events:
        for number in range(count):
            made = following(inside, waiting, chance, number * 60)
            line = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
            events.write((line[:-9] if number % 1000 == 999 else line) + "\n")


def following(inside, waiting, chance, second):
    draw = chance.random()
    if draw < 0.05:
        return spoilt(chance.choice(inside or waiting), chance, second)
    if draw < 0.15 and len(inside) > 20:
        leaver = inside.pop(chance.randrange(len(inside)))
        waiting.append(leaver)
        return event(leaver, leaver.spelling(chance), False, second)
    if draw < 0.45 and inside:
        again = chance.choice(inside)
        return event(again, again.spelling(chance), True, second)
    if not waiting:
        again = chance.choice(inside)
        return event(again, again.spelling(chance), True, second)
    comer = waiting.pop(0)
    inside.append(comer)
    return event(comer, comer.spelling(chance), True, second)
