"""The rules that the demo's expectation rests on, held to what UID2 publishes."""

from audience import Rejected, digest, normalise
from programs import must

# Address, its normalised form, SHA-256: UID2's and EUID's pages on normalisation, and the tests of UID2's operator.
PUBLISHED = [
    ("USER@example.com", "user@example.com",
     "b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514"),
    ("MyEmail@example.com", "myemail@example.com",
     "16c18d336f0b250f0e2d907452ceb9658a74ecdae8bc94864c23122a72cc27a5"),
    ("JANE.SAOIRSE@gmail.com", "janesaoirse@gmail.com",
     "92ee26057ed9dea2535d6c8b141d48373932476599196e00352254896db5888f"),
    ("JaneSaoirse+UID2@gmail.com", "janesaoirse@gmail.com",
     "92ee26057ed9dea2535d6c8b141d48373932476599196e00352254896db5888f"),
    ("JaneSaoirse+Work@example.com", "janesaoirse+work@example.com",
     "28aaee4815230cd3b4ebd88c515226550666e91ac019929e3adac3f66c288180"),
    (" TEstTEst@GMail.Com  ", "testtest@gmail.com",
     "2e42df16bbadf1373787f7c8bd80e204a49b68c89abbf0ed68b04f418b3374cc"),
    ("TEst.TEST@Test.com ", "test.test@test.com",
     "76f1028cf2991f26b4fd2221486c0fd26f12813bf5bf32f13d42d43ac9bcf343"),
    ("test+test@gmail.com", "test@gmail.com",
     "87924606b4131a8aceeeae8868531fbb9712aaa07a5d3a756b26ce0f5d6ca674"),
    ("+test@test.com", "+test@test.com",
     "c1e162cce55558a94b7f2a2b6c153ca31603bf81c9b536423ccc99e131f35101"),
    ("testtest@\U0001f60atest.com", "testtest@\U0001f60atest.com",
     "b5c9e0e69b6d7fb636cf8ca565344ebc8330d7e215acca51e03d4a7974ab7623"),
]
INVALID = [
    "", " @", "@", "a@", "@b", "@b.com", "+", " ", "+@gmail.com", ".+@gmail.com", "a@ba@z.com", "test test@test.com",
    "test@te st.com", "asdaksjdakfj", "FsGNM28LJQ8OLZB0Us65ZYp07NrovJSGTCMSKnLMJ6U", "Z" * 64, "00" + "a" * 64,
    "\ta@example.org", "a@example.org\u00a0"]


def the_expectation_follows_the_published_vectors(bench):
    for given, normalised, hexadecimal in PUBLISHED:
        must(normalise(given) == normalised, f"vector {hexadecimal[:8]} is normalised otherwise")
        must(digest(given).hex() == hexadecimal, f"vector {hexadecimal[:8]} has another digest")
        must(digest(hexadecimal.upper()) == digest(given), f"vector {hexadecimal[:8]} in hex is somebody else")
    for given in INVALID:
        try:
            digest(given)
        except Rejected:
            continue
        must(False, f"{given!r} is taken")
