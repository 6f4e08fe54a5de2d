"""The trial itself: plant what is personal, redact, and count what remains; make what is ordinary, and count what is blurred."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from redacting import carriers, ordinary, personal
from redacting.carriers import HOLE
from redacting.personal import Make

Redact = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Planted:
    """One text with one secret or one piece of personal data in it."""

    sort: str
    """What it is: mail address, password, …"""
    form: str
    """Which shape of it, and in what it stands; names what is missed."""
    value: str
    carrier: str
    """The text, with a hole where the value goes."""

    @property
    def text(self) -> str:
        """The text as somebody saved it."""
        return self.carrier.replace(HOLE, self.value)

    def remains(self, redact: Redact) -> bool:
        """Say whether the value, or half of it, can still be read."""
        shown = redact(self.text)
        half = max(4, len(self.value) // 2)
        pieces = (self.value[at : at + half] for at in range(len(self.value) - half + 1))
        bare = self.carrier.replace(HOLE, "")
        return any(piece in shown and piece not in bare for piece in pieces) or self.value in shown

    def beside(self, redact: Redact) -> str:
        """Return what the text became where more than the value was hidden; empty where all words around it stand."""
        before, after = (re.escape(part) for part in self.carrier.split(HOLE))
        before = f"{before}?" if before.endswith("@") else before  # a mention is hidden with its sign
        shown = redact(self.text)
        other = (
            re.sub(r"203\\\.0\\\.113\\\.9|192\\\.0\\\.2\\\.1", r"ip-\\d", before),
            re.sub(r"203\\\.0\\\.113\\\.9", r"ip-\\d", after),
        )
        return "" if re.fullmatch(rf"{other[0]}.{{1,200}}{other[1]}", shown, re.DOTALL) else shown


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a sort were planted, and of which forms some remained."""

    sort: str
    planted: int
    missed: int
    forms: tuple[str, ...]


def planted(seed: int, each: int = 3) -> Iterator[Planted]:
    """Make every sort in every form and every carrier, so many times."""
    chance = random.Random(seed)  # noqa: S311  made texts, no secrets
    for sort, makes, texts in _plan():
        for form, make in makes.items():
            for carrier, text in texts.items():
                for _ in range(each):
                    yield Planted(sort, f"{form} in {carrier}" if form else carrier, make(chance), text)


def _plan() -> Iterator[tuple[str, Mapping[str, Make], Mapping[str, str]]]:
    bare, files = carriers.BARE, carriers.FILES
    yield "token by its issuer's shape", personal.TOKENS, bare
    yield "password", {"": personal.password}, carriers.PASSWORDS
    yield "token, session, cookie", {"": personal.opaque}, carriers.OPAQUE
    yield "mail address", {"": personal.mail}, {**bare, **files}
    yield "mail address, encoded", {"": lambda chance: quote(personal.mail(chance))}, bare
    yield "IPv4 address", {"": personal.ipv4}, {**bare, **files}
    yield "IPv6 address", {"": personal.ipv6}, bare
    yield "network card", {"": personal.mac}, bare
    yield "telephone number", personal.PHONES, bare
    yield "telephone number by its key", {"": personal.home_number}, carriers.KEYED_PHONES
    yield "payment card", {"": personal.card}, bare
    yield "bank account", {"": personal.iban}, bare
    yield "national number", personal.NATIONAL, bare
    yield "number by its key", {"": lambda chance: str(chance.randint(10**8, 10**9))}, carriers.KEYED_NUMBERS
    yield "day of birth by its key", {"": personal.birthday}, carriers.BIRTHDAYS
    yield "user name", {"": personal.user_name}, carriers.USERS
    yield "user name that a command or sentence tells of", {"": personal.user_name}, carriers.TOLD_USERS
    yield "user name made of a given name", {"": personal.name_account}, carriers.MADE_OF_NAMES
    yield "mention", {"": personal.user_name}, carriers.MENTIONS
    yield "person's full name", {"": personal.full_name}, carriers.NAMES
    yield WHOLE, {"": personal.world_name}, carriers.PROSE
    yield GIVEN, {"": personal.world_given}, carriers.SPOKEN
    yield from _own_script()
    yield "street address", {"": personal.street}, {name: bare[name] for name in ("log line", "JSON", "row of a dump")}


WHOLE, GIVEN = "whole name of anybody, in prose or by a key", "given name of anybody, where speech tells of a person"
"""Names from a list of the trial's own, many of them in no list of the library: how many are hidden is a share."""


def _own_script() -> Iterator[tuple[str, Mapping[str, Make], Mapping[str, str]]]:
    for form, written in carriers.OWN_SCRIPT.items():
        text, name = written.split("|")
        yield "person's name in its own script", {"": lambda _, name=name: name}, {form: text.replace(name, HOLE)}  # type: ignore[misc]


KNOWN: dict[str, Callable[[str], str]] = {
    "whole": lambda name: name,
    "whole, in capitals": str.upper,
    "surname first": lambda name: f"{name.split()[1]}, {name.split()[0]}",
    "given name": lambda name: name.split()[0],
    "given name, small": lambda name: name.split()[0].lower(),
    "surname": lambda name: name.split()[1],
}
"""How people write the name of somebody whom all know."""


def named(seed: int, redact: Callable[[str], Redact], each: int = 3) -> Count:
    """Count what can still be read of names in prose; `redact` is told the whole name, as the evidence states it elsewhere."""
    chance = random.Random(seed)  # noqa: S311  made texts, no secrets
    tried = []
    for form, written in KNOWN.items():
        for carrier, text in carriers.KNOWN_NAMES.items():
            for _ in range(each):
                name = personal.full_name(chance)
                one = Planted("person's name that the evidence states", f"{form} in {carrier}", written(name), text)
                tried.append((one, one.remains(redact(name))))
    missing = tuple(dict.fromkeys(one.form for one, remained in tried if remained))
    return Count(tried[0][0].sort, len(tried), sum(remained for _, remained in tried), missing)


def missed(seed: int, redact: Callable[[], Redact], each: int = 3) -> list[Count]:
    """Count, sort by sort, what can still be read; each text is redacted as if it were alone."""
    found: dict[str, list[tuple[Planted, bool]]] = {}
    for one in planted(seed, each):
        found.setdefault(one.sort, []).append((one, one.remains(redact())))
    return [
        Count(
            sort,
            len(tried),
            sum(remained for _, remained in tried),
            tuple(dict.fromkeys(one.form for one, remained in tried if remained)),
        )
        for sort, tried in found.items()
    ]


def blurred(seed: int, redact: Callable[[], Redact], each: int = 20) -> dict[str, list[tuple[str, str]]]:
    """Return, sort by sort, the ordinary texts of which anything was blurred, and as what."""
    chance = random.Random(seed)  # noqa: S311  made texts, no secrets
    found: dict[str, list[tuple[str, str]]] = {}
    for sort, makes in ordinary.ORDINARY.items():
        found[sort] = []
        for make in makes:
            for _ in range(each):
                text = make(chance)
                shown = redact()(text)
                if shown != text:
                    found[sort].append((text, shown))
    return found


def made_of(sort: str, each: int = 20) -> int:
    """Return how many ordinary texts of a sort `blurred` makes."""
    return each * len(ordinary.ORDINARY[sort])


def around(seed: int, redact: Callable[[], Redact]) -> Iterator[tuple[Planted, str]]:
    """Return the planted texts of which more was hidden than what was planted, with what they became."""
    for one in planted(seed, 1):
        if shown := one.beside(redact()):
            yield one, shown
