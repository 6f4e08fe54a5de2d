"""Secrets and personal data, made up from a seed. Nothing here knows a rule of redaction: labels come from the making."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from redacting import world_names

ALNUM = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase + string.digits
LOWER = string.ascii_lowercase + string.digits
HEX = "0123456789abcdef"
URLSAFE = ALNUM + "-_"
FIRST = (
    "Nora",
    "Kari",
    "Ingrid",
    "Amina",
    "Oskar",
    "Liam",
    "Zofia",
    "Mateusz",
    "Chiara",
    "Pierre",
    "Anjali",
    "Søren",
    "José",
)
LAST = (
    "Berg",
    "Moe",
    "Lindqvist",
    "Okafor",
    "Kowalska",
    "Rossi",
    "Dubois",
    "Patel",
    "O'Neil",
    "Müller",
    "García",
    "Haugen",
)
PLACES = ("Oslo", "Bergen", "London", "Leeds", "Berlin", "Utrecht", "Boston")

Make = Callable[[random.Random], str]


def letters(chance: random.Random, alphabet: str, count: int) -> str:
    """Return so many letters, a digit and a letter of each case among them where the alphabet has them and room is."""
    made = [chance.choice(alphabet) for _ in range(count)]
    if count >= 8:
        sorts = (string.digits, string.ascii_lowercase, string.ascii_uppercase)
        wanted = [[letter for letter in alphabet if letter in sort] for sort in sorts]
        for place, choice in zip(chance.sample(range(1, count - 1), 3), wanted, strict=True):
            if choice:
                made[place] = chance.choice(choice)
    return "".join(made)


def luhn(digits: str) -> str:
    """Return the digits with the check digit of payment cards and Swedish and Canadian numbers behind them."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


# ---- tokens by their issuers ------------------------------------------------------------------------------------------

_ISSUED: tuple[tuple[str, str, str, int], ...] = (
    ("Amazon key", "AKIA", UPPER, 16),
    ("Amazon session key", "ASIA", UPPER, 16),
    ("GitHub", "ghp" + "_", ALNUM, 36),
    ("GitHub app", "ghs" + "_", ALNUM, 36),
    ("GitHub fine-grained", "github" + "_pat_", ALNUM + "_", 82),
    ("GitLab", "glpat" + "-", URLSAFE, 20),
    ("Slack bot", "xoxb" + "-", LOWER + "-", 48),
    ("Slack app", "xapp" + "-1-A", UPPER, 40),
    ("Stripe", "sk" + "_live_", ALNUM, 24),
    ("Stripe restricted", "rk" + "_live_", ALNUM, 24),
    ("Stripe webhook", "whsec" + "_", ALNUM, 32),
    ("OpenAI", "sk-" + "proj-", URLSAFE, 48),
    ("Anthropic", "sk-" + "ant-api03-", URLSAFE, 80),
    ("Google key", "AIza", URLSAFE, 35),
    ("Google access", "ya29.", URLSAFE, 60),
    ("Google client secret", "GOCSPX" + "-", URLSAFE, 28),
    ("npm", "npm" + "_", ALNUM, 36),
    ("PyPI", "pypi" + "-AgEIcHlwaS5vcmc", URLSAFE, 90),
    ("RubyGems", "rubygems" + "_", HEX, 48),
    ("Docker", "dckr" + "_pat_", URLSAFE, 27),
    ("Hugging Face", "hf" + "_", ALNUM, 34),
    ("DigitalOcean", "dop" + "_v1_", HEX, 64),
    ("Vault", "hvs" + ".", URLSAFE, 90),
    ("Databricks", "dapi", HEX, 32),
    ("Grafana service account", "glsa" + "_", ALNUM, 32),
    ("New Relic", "NRAK" + "-", UPPER, 27),
    ("Shopify", "shpat" + "_", HEX, 32),
    ("Square", "sq0atp" + "-", URLSAFE, 22),
    ("Atlassian", "ATATT3", URLSAFE, 180),
    ("Linear", "lin_api" + "_", ALNUM, 40),
    ("Postman", "PMAK" + "-", HEX, 59),
    ("Supabase", "sbp" + "_", HEX, 40),
    ("age key", "AGE-SECRET-KEY-" + "1", UPPER, 58),
)  # fmt: skip


def _issued(prefix: str, alphabet: str, count: int) -> Make:
    return lambda chance: prefix + letters(chance, alphabet, count)


def _sendgrid(chance: random.Random) -> str:
    return f"SG.{letters(chance, URLSAFE, 22)}.{letters(chance, URLSAFE, 43)}"


def _telegram(chance: random.Random) -> str:
    return f"{chance.randint(10**8, 10**10 - 1)}:AA{letters(chance, URLSAFE, 33)}"


def _web_token(chance: random.Random) -> str:
    head, body = "eyJ" + letters(chance, ALNUM, 17), "eyJ" + letters(chance, URLSAFE, 60)
    return f"{head}.{body}.{letters(chance, URLSAFE, 43)}"


def _private_key(chance: random.Random) -> str:
    kind = chance.choice(["RSA ", "EC ", "OPENSSH ", ""])
    lines = "\n".join(letters(chance, ALNUM + "+/", 64) for _ in range(4))
    return f"-----BEGIN {kind}PRIVATE" + f" KEY-----\n{lines}\n-----END {kind}PRIVATE KEY-----"


def _slack_hook(chance: random.Random) -> str:
    return f"T{letters(chance, UPPER, 8)}/B{letters(chance, UPPER, 10)}/{letters(chance, ALNUM, 24)}"


def _hash(chance: random.Random) -> str:
    kind = chance.choice(["bcrypt", "crypt", "argon2"])
    if kind == "bcrypt":
        return f"$2{chance.choice('aby')}${chance.randint(4, 14):02}${letters(chance, ALNUM + './', 53)}"
    if kind == "crypt":
        return f"$6${letters(chance, ALNUM, 12)}${letters(chance, ALNUM + './', 86)}"
    return f"$argon2id$v=19$m=65536,t=3,p=4${letters(chance, ALNUM, 22)}${letters(chance, ALNUM, 43)}"


TOKENS: dict[str, Make] = {
    **{name: _issued(prefix, alphabet, count) for name, prefix, alphabet, count in _ISSUED},
    "SendGrid": _sendgrid,
    "Telegram bot": _telegram,
    "JSON web token": _web_token,
    "private key": _private_key,
    "password's hash": _hash,
}
"""Secrets that are known by their shape wherever they stand."""


# ---- secrets that only their surroundings betray ------------------------------------------------------------------------


def password(chance: random.Random) -> str:
    """Return what somebody might have chosen, or a program."""
    word = chance.choice(["hunter", "Winter", "Qwerty", "letmein", "Tr0ub4dor", "pässwörd", "falkor", "Sommer"])
    made = (
        f"{word}{chance.randint(10, 9999)}",
        f"{word}{chance.choice('!$%^*-_+.')}{chance.randint(10, 999)}",
        letters(chance, ALNUM, chance.randint(10, 24)),
        letters(chance, ALNUM + "-_.~+", 20) + "9",
    )
    return chance.choice(made)


def opaque(chance: random.Random) -> str:
    """Return an id that lets somebody in."""
    return letters(chance, chance.choice([HEX, ALNUM, URLSAFE]), chance.choice([24, 32, 40])) + "4"


# ---- people -------------------------------------------------------------------------------------------------------------


def first(chance: random.Random) -> str:
    """Return a first name."""
    return chance.choice(FIRST)


def full_name(chance: random.Random) -> str:
    """Return a name of two words."""
    return f"{chance.choice(FIRST)} {chance.choice(LAST)}"


def world_name(chance: random.Random) -> str:
    """Return a whole name from anywhere, a middle initial or a double name among them."""
    given, family = chance.choice(world_names.GIVEN), chance.choice(world_names.FAMILY)
    return chance.choice(
        [f"{given} {family}"] * 6 + [f"{given} {chance.choice('ABDEKLMT')}. {family}", f"{given} van {family}"]
    )


def world_given(chance: random.Random) -> str:
    """Return a given name from anywhere."""
    return chance.choice(world_names.GIVEN)


def user_name(chance: random.Random) -> str:
    """Return the name of an account, as people have them."""
    name, family = chance.choice(FIRST[:11]).lower(), chance.choice(LAST[:8]).lower().replace("'", "")
    return chance.choice(
        [f"{name}", f"{name}.{family}", f"{name[0]}{family}", f"{name}{chance.randint(1, 99)}", f"{family}_{name[0]}"]
    )


def name_account(chance: random.Random) -> str:
    """Return the name of an account that begins with a whole given name."""
    name, family = chance.choice(FIRST[:11]).lower(), chance.choice(LAST[:8]).lower().replace("'", "")
    return chance.choice([name, f"{name}.{family}", f"{name}{chance.randint(1, 99)}"])


def mail(chance: random.Random) -> str:
    """Return a mail address, as log lines have them."""
    name = user_name(chance)
    name = chance.choice([name, name, name.title(), f"{name}+orders", f"o'{name}", name.replace("e", "é", 1)])
    host = chance.choice(["example.com", "mail.example.org", "example.co.uk", "firma.example", "corp-mail.example.net"])
    return f"{name}@{host}"


def _groups(*sizes: int, prefix: str = "", between: str = " ") -> Make:
    def make(chance: random.Random) -> str:
        digits = ["".join(str(chance.randint(2, 9)) for _ in range(size)) for size in sizes]
        return prefix + between.join(digits)

    return make


PHONES: dict[str, Make] = {
    "international, grouped": _groups(2, 2, 2, 2, prefix="+47 "),
    "international, in one": _groups(8, prefix="+47"),
    "international, German": _groups(3, 8, prefix="+49 "),
    "international, British": _groups(4, 6, prefix="+44 "),
    "international, with (0)": _groups(3, 7, prefix="+49 (0)"),
    "international, 00": _groups(2, 2, 2, 2, prefix="0047 "),
    "American, brackets": lambda chance: (
        f"({chance.randint(201, 989)}) {chance.randint(200, 999)}-{chance.randint(1000, 9999)}"
    ),
    "American, dashes": _groups(3, 3, 4, between="-"),
    "American, dots": _groups(3, 3, 4, between="."),
    "American, with 1": _groups(3, 3, 4, prefix="1-", between="-"),
    "British, at home": _groups(4, 6, prefix="0"),
    "French, at home": lambda chance: " ".join(
        ["0" + str(chance.randint(1, 7)), *(f"{chance.randint(10, 99)}" for _ in range(4))]
    ),
    "German, at home": lambda chance: f"0{chance.randint(15, 17)}{chance.randint(1, 9)} {chance.randint(10**6, 10**7)}",
}
"""Telephone numbers in any text."""


def home_number(chance: random.Random) -> str:
    """Return a telephone number that only its key betrays."""
    return chance.choice([_groups(8), _groups(10), _groups(2, 2, 2, 2), _groups(3, 2, 3)])(chance)


def ipv4(chance: random.Random) -> str:
    """Return an address of the kind that visitors and servers have."""
    net = chance.choice(
        ["203.0.113", "198.51.100", "192.0.2", f"10.{chance.randint(0, 255)}.{chance.randint(0, 255)}", "172.16.4"]
    )
    return f"{net}.{chance.randint(1, 254)}"


def ipv6(chance: random.Random) -> str:
    """Return an address in one of the forms that programs write."""
    tail = [f"{chance.randint(1, 65535):x}" for _ in range(6)]
    return chance.choice([
        f"2001:db8:{':'.join(tail)}",
        f"2001:db8::{tail[0]}:{chance.randint(10, 99)}",
        f"fe80::{tail[0]}:{chance.randint(16, 255):02x}ff:fe{chance.randint(10, 99)}:{tail[2]}",
        f"::ffff:{ipv4(chance)}",
        f"2001:DB8::{tail[0].upper()}:{chance.randint(1, 9)}",
    ])  # fmt: skip


def mac(chance: random.Random) -> str:
    """Return the address of a network card."""
    between = chance.choice(":-")
    return between.join(f"{chance.randint(0, 255):02x}" for _ in range(6))


def card(chance: random.Random) -> str:
    """Return a payment card's number of one of the great issuers, in one of the ways people write it."""
    start, size = chance.choice(
        [("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("34", 15), ("37", 15), ("6011", 16), ("3528", 16)]
    )
    digits = luhn(start + "".join(str(chance.randint(0, 9)) for _ in range(size - len(start) - 1)))
    cuts = (4, 10) if size == 15 else (4, 8, 12)
    parts = [digits[a:b] for a, b in zip((0, *cuts), (*cuts, size), strict=True)]
    return chance.choice(["", " ", "-"]).join(parts)


def iban(chance: random.Random) -> str:
    """Return the number of a bank account, its check digits computed forwards."""
    land, size = chance.choice([("GB", 22), ("DE", 22), ("NO", 15), ("FR", 27), ("NL", 18), ("SE", 24)])
    bank = letters(chance, string.ascii_uppercase, 4) if land in ("GB", "NL") else ""
    rest = bank + "".join(str(chance.randint(0, 9)) for _ in range(size - 4 - len(bank)))
    number = int("".join(str(int(letter, 36)) for letter in rest + land + "00"))
    whole = f"{land}{98 - number % 97:02}{rest}"
    return " ".join(whole[at : at + 4] for at in range(0, size, 4)) if chance.random() < 0.5 else whole


def _birthday(chance: random.Random) -> date:
    return date(1950, 1, 1) + timedelta(days=chance.randint(0, 18_000))


def _norwegian(chance: random.Random) -> str:
    while True:
        nine = f"{_birthday(chance):%d%m%y}{chance.randint(0, 499):03}"
        one = -sum(int(a) * b for a, b in zip(nine, (3, 7, 6, 1, 8, 9, 4, 5, 2), strict=True)) % 11
        two = -sum(int(a) * b for a, b in zip(f"{nine}{one}", (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=False)) % 11
        if one < 10 and two < 10:
            return chance.choice([f"{nine}{one}{two}", f"{nine[:6]} {nine[6:]}{one}{two}"])


def _polish(chance: random.Random) -> str:
    ten = f"{_birthday(chance):%y%m%d}{chance.randint(0, 9999):04}"
    return ten + str(-sum(int(a) * b for a, b in zip(ten, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), strict=True)) % 10)


def _spanish(chance: random.Random) -> str:
    number = chance.randint(10**7, 10**8 - 1)
    return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def _finnish(chance: random.Random) -> str:
    day, number = _birthday(chance), chance.randint(2, 899)
    return f"{day:%d%m%y}-{number:03}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(f'{day:%d%m%y}{number:03}') % 31]}"


def _swedish(chance: random.Random) -> str:
    nine = f"{_birthday(chance):%y%m%d}{chance.randint(1, 999):03}"
    return f"{nine[:6]}-{luhn(nine)[6:]}"


def _british(chance: random.Random) -> str:
    pairs = " ".join(str(chance.randint(10, 99)) for _ in range(3))
    return f"{letters(chance, 'ABCEGHJKLMNPRSTWXYZ', 2)} {pairs} {chance.choice('ABCD')}"


def _brazilian(chance: random.Random) -> str:
    digits = [chance.randint(0, 9) for _ in range(9)]
    for _ in range(2):
        total = sum(digit * weight for digit, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True))
        digits.append(0 if total % 11 < 2 else 11 - total % 11)
    text = "".join(map(str, digits))
    return f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}"


def _italian(chance: random.Random) -> str:
    up = string.ascii_uppercase
    return (
        letters(chance, "BCDFGLMNPRSTVZ", 6) + f"{chance.randint(50, 99)}{chance.choice('ABCDEHLMPRST')}{chance.randint(1, 31):02}"
        f"{chance.choice('ABCDEFGHIL')}{chance.randint(100, 999)}{chance.choice(up)}"
    )  # fmt: skip


def _danish(chance: random.Random) -> str:
    """Return a number as all but a few were given: its ten digits, weighed, are a multiple of eleven."""
    while True:
        nine = f"{_birthday(chance):%d%m%y}{chance.randint(0, 399):03}"
        last = -sum(int(digit) * weight for digit, weight in zip(nine, (4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
        if last < 10:
            return f"{nine[:6]}-{nine[6:]}{last}"


NATIONAL: dict[str, Make] = {
    "American": lambda c: f"{c.randint(1, 665):03}-{c.randint(1, 99):02}-{c.randint(1, 9999):04}",
    "Norwegian": _norwegian,
    "Swedish": _swedish,
    "Finnish": _finnish,
    "Danish": _danish,
    "Danish, of those without a checksum": lambda c: f"{_birthday(c):%d%m%y}-{c.randint(4, 9)}{c.randint(0, 999):03}",
    "Swedish, century": lambda c: f"19{_swedish(c)}",
    "Polish": _polish,
    "Spanish": _spanish,
    "British": _british,
    "Brazilian": _brazilian,
    "Italian": _italian,
}
"""Numbers that a state gives to a person, where they are known by shape and checksum."""


def street(chance: random.Random) -> str:
    """Return where somebody lives."""
    number, place = chance.randint(1, 240), chance.choice(PLACES)
    return chance.choice([
        f"{number} {chance.choice(['Baker', 'High', 'Old Mill'])} {chance.choice(['Street', 'Road', 'Lane', 'Avenue'])}",
        f"{chance.choice(['Goethestraße', 'Lindenweg', 'Marktgasse'])} {number}",
        f"{chance.choice(['Storgata', 'Kirkeveien', 'Skolegata'])} {number}, 0{chance.randint(100, 999)} {place}",
        f"{chance.choice(['Drottninggatan', 'Kungsvägen'])} {number}",
    ])  # fmt: skip


def birthday(chance: random.Random) -> str:
    """Return a day of birth."""
    return f"{_birthday(chance):{chance.choice(['%Y-%m-%d', '%d.%m.%Y', '%m/%d/%Y'])}}"


def several(chance: random.Random, make: Make, count: int) -> Iterator[str]:
    """Make so many of one sort."""
    return (make(chance) for _ in range(count))
