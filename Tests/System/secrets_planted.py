"""Secrets that are planted, the forms in which they might come out again, and the search for them."""

import base64
import json
import urllib.parse


def forms(secret):
    """A secret's forms by name, each cut to what does not depend on its surroundings."""
    found = {
        "plain": secret, "hex": secret.hex().encode(), "HEX": secret.hex().upper().encode(),
        "percent": urllib.parse.quote(secret, safe="").encode(),
        "percent of every byte": b"".join(b"%%%02X" % byte for byte in secret),
        "percent of every byte in small letters": b"".join(b"%%%02x" % byte for byte in secret),
        "JSON": json.dumps(secret.decode()).encode()[1:-1],
        "JSON with escaped slashes": json.dumps(secret.decode()).replace("/", "\\/").encode()[1:-1]}
    for before in range(3):
        # What stands before and after shares the first and the last character.
        text = base64.b64encode(bytes(before) + secret)
        text = text[-(-before * 8 // 6):(before + len(secret)) * 8 // 6]
        found[f"base64 after {before}"] = text
        found[f"URL base64 after {before}"] = text.replace(b"+", b"-").replace(b"/", b"_")
    return found


class Search:
    """Secrets by name, each with a function of a place's name that says whether it belongs there."""

    def __init__(self):
        self.secrets = {}

    def add(self, name, secret, belongs=lambda place: False):
        self.secrets[name] = (secret, forms(secret), belongs)
        return secret

    def look(self, place, content):
        """What is found in this content and does not belong there."""
        for name, (_, shapes, belongs) in self.secrets.items():
            for form, shape in shapes.items():
                if shape in content and not belongs(place):
                    yield f"{name}, {form}, in {place}"

    def files(self, folder):
        for path in sorted(folder.rglob("*")):
            place = str(path.relative_to(folder))
            yield from self.look(f"the name {place}", place.encode())
            if path.is_file() and not path.is_symlink():
                yield from self.look(place, path.read_bytes())
