"""Who wrote a forwarded mail: name and address, as clients write them behind 'From:' or into a lead."""

import re

_MAILTO = re.compile(r"<\s*mailto:[^<>\s]{0,320}>", re.IGNORECASE)
_NO_ADDRESS = frozenset(" \t\n<>\"'(),;:@[]„“”«»")
_ANGLE = re.compile(r"[<\[(]\s*(?:mailto:)?([^\s<>\[\]()@]{1,128}@[^\s<>\[\]()@]{1,255})\s*[>\])]", re.IGNORECASE)
_BRACKET = re.compile(r"[<\[(]")
_QUOTED_NAME = re.compile(r"[\"„“«] ?([^\"„“”«»]{1,100}) ?[\"“”»] *\Z")
_UP_TO_TIME = re.compile(r"\d[^\s,]*[,.]?(?: (?:Uhr|AM|PM|[A-Z]{3,4}))?,? ")
_PARTICLES = frozenset({"von", "van", "de", "der", "den", "di", "da", "du", "la", "le", "el", "zu"})
_NAME_SIGNS = " \t\"'„“”«»‚‘’,;*("


def person(value: str) -> tuple[str, str]:
    """Name and address of what stands behind 'Von:'; either may be missing."""
    plain = _MAILTO.sub("", value)
    if "@" not in plain:
        plain = value
    if angle := _ANGLE.search(plain):
        name, sender = plain[: angle.start()], angle[1]
    else:
        sender = _bare_address(plain)
        name = "" if sender else _BRACKET.split(plain)[0]
    name = name.strip(_NAME_SIGNS)
    return ("" if "@" in name else name), sender.rstrip(".")


def _bare_address(text: str) -> str:
    """An address without brackets: what stands around an '@'."""
    at = text.find("@")
    for _ in range(5):
        if at < 0:
            break
        begin = end = at
        while begin and at - begin < 64 and text[begin - 1] not in _NO_ADDRESS:
            begin -= 1
        while end + 1 < len(text) and end - at < 255 and text[end + 1] not in _NO_ADDRESS:
            end += 1
        if begin < at < end:
            return text[begin : end + 1]
        at = text.find("@", at + 1)
    return ""


def person_of_lead(text: str, verb: re.Match[str]) -> tuple[str, str]:
    """The name stands before the address, behind the date or the verb; or behind the verb, without an address."""
    text, verb_end = _MAILTO.sub("", text), verb.end()
    angle = _ANGLE.search(text)
    if angle is None:
        return "", _bare_address(text)
    before = text[: angle.start()]
    if verb_end <= len(before) and before[:verb_end].endswith(verb[0]):
        before = before[verb_end:]
    quoted = _QUOTED_NAME.search(before[-120:])
    words = (quoted[1] if quoted else _UP_TO_TIME.split(before)[-1]).split()
    while len(words) > 1 and words[0].islower() and words[0] not in _PARTICLES:
        del words[0]  # 'heeft John Doe', 'użytkownik John Doe'
    return " ".join(words).strip(_NAME_SIGNS), angle[1]
