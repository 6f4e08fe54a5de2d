"""Redaction: personal data becomes stable pseudonyms, secrets become nothing at all. The rules are redaction.toml."""

from __future__ import annotations

import ipaddress
import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from forensics.store import Store

SECRET = "[secret]"  # noqa: S105 - what stands in a secret's place


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is hidden, and how it is recognised."""

    kind: str
    """`secret`, or the pseudonyms' first word: ip, mail, user, phone."""
    name: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool]
    """Whether what matched is one: a checksum, or an address that says something about somebody."""
    examples: tuple[tuple[str, str], ...]
    """Pairs of before and after."""
    rejects: tuple[tuple[str, str], ...]
    """Texts that are left alone, and why."""


def _card(text: str) -> bool:
    digits = [int(letter) for letter in text if letter.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return digits[0] in (2, 3, 4, 5, 6) and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _iban(text: str) -> bool:
    plain = text.replace(" ", "")
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def _address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if address.version == 6 and not any(letter.isdigit() for letter in text):
        return False
    return not (address.is_loopback or address.is_unspecified)


_CHECKS: dict[str, Callable[[str], bool]] = {"card": _card, "iban": _iban, "address": _address, "": lambda text: True}


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules that ship with the library, in the order in which they apply."""
    data = tomllib.loads(files("forensics.report").joinpath("redaction.toml").read_text(encoding="utf-8"))
    return tuple(
        Rule(
            rule["kind"],
            rule["name"],
            re.compile(rule["pattern"]),
            _CHECKS[rule.get("check", "")],
            tuple((one["before"], one["after"]) for one in rule.get("example", ())),
            tuple((one["text"], one["why"]) for one in rule.get("reject", ())),
        )
        for rule in data["rule"]
    )


class Redactor:
    """Hides what the rules find. One thing keeps one pseudonym through a case: its store remembers them."""

    def __init__(self, store: Store | None, enabled: bool = True) -> None:
        """Remember what the case's notebooks and pages named before; None keeps pseudonyms for this object alone."""
        self.store = store
        self.enabled = enabled
        self._pseudonyms: dict[tuple[str, str], str] = self._known()
        self._people = _people(store) if store else {}
        self._named = _named_people(store) if store else {}

    def _known(self) -> dict[tuple[str, str], str]:
        known = self.store.rows("redaction_pseudonyms") if self.store else []
        return {(kind, original): name for kind, original, name in known}

    def __call__(self, text: str) -> str:
        """Return the text with everything hidden that a rule finds."""
        if not self.enabled or not text:
            return text
        for told, role in self._people.items():
            text = text.replace(told, role)
        for name, role in self._named.items():
            text = name.sub(lambda _, role=role: role, text)  # type: ignore[misc]
        for rule in rules():
            text = self._hidden(rule, text, _seen)
        if "%" in text:
            for rule in rules():
                text = self._hidden(rule, text, _decoded)
        return text

    def deep(self, value: Any) -> Any:
        """Do the same to every text in dictionaries and lists."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, dict):
            return {key: self.deep(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.deep(one) for one in value]
        return value

    def _hidden(self, rule: Rule, text: str, reading: Callable[[str], Read]) -> str:
        plain, places = reading(text)
        out: list[str] = []
        reached = 0
        for match in rule.pattern.finditer(plain):
            start, end = _named(match)
            if start == end or not rule.check(plain[start:end]):
                continue
            out += [text[reached : places[start]], self._instead(rule.kind, plain[start:end])]
            reached = places[end]
        return "".join(out) + text[reached:]

    def _instead(self, kind: str, original: str) -> str:
        if kind == "secret":
            return SECRET
        key = (kind, _same(kind, original))
        if key not in self._pseudonyms:
            self._pseudonyms |= self._known()  # another redactor of the same case may have named it meanwhile
        if key not in self._pseudonyms:
            number = 1 + sum(1 for known, _ in self._pseudonyms if known == kind)
            self._pseudonyms[key] = f"{kind}-{number}"
            if self.store:
                self.store.add("pseudonyms", ["kind", "original", "pseudonym"], [[*key, self._pseudonyms[key]]])
        return self._pseudonyms[key]


def without_secrets(text: str) -> str:
    """Return a text without passwords, tokens and keys; everything else stays as it is."""
    hiding = Redactor(None)
    for reading in (_seen, _decoded) if "%" in text else (_seen,):
        for rule in rules():
            if rule.kind == "secret":
                text = hiding._hidden(rule, text, reading)
    return text


def _named(match: re.Match[str]) -> tuple[int, int]:
    groups = [name for name in match.re.groupindex if name.startswith("hide") and match.group(name)]
    return match.span(groups[0]) if groups else match.span() if not match.re.groupindex else (0, 0)


Read = tuple[str, range | list[int]]
"""A text as the rules read it, and where each of its letters, and its end, stands in the original."""


def _seen(text: str) -> Read:
    """Read a text without the letters that nobody sees."""
    if text.isascii():
        return text, range(len(text) + 1)
    kept = [(place, letter) for place, letter in enumerate(text) if unicodedata.category(letter) != "Cf"]
    return "".join(letter for _, letter in kept), [*(place for place, _ in kept), len(text)]


def _decoded(text: str) -> Read:
    """Read a text with the letters that addresses write as %20 or %40."""
    kept = [(found.start(), chr(int(found[1], 16)) if found[1] else found[0]) for found in _LETTER.finditer(text)]
    return "".join(letter for _, letter in kept), [*(place for place, _ in kept), len(text)]


_LETTER = re.compile(r"%([2-7][0-9A-Fa-f])|[\s\S]")


def _same(kind: str, original: str) -> str:
    """Return one form for all ways to write it."""
    if kind == "ip":
        return str(ipaddress.ip_address(original))
    if kind == "phone":
        return "".join(letter for letter in original if letter.isdigit() or letter == "+")
    return original.lower()


def _named_people(store: Store) -> dict[re.Pattern[str], str]:
    """Return what names of one word become that people's notes say are persons: their roles, as whole words only."""
    rows = store.rows("redaction_named")
    return {re.compile(rf"(?<!\w){re.escape(name)}(?!\w)"): role or "a person" for name, role in rows if name}


def _people(store: Store) -> dict[str, str]:
    """Return what mentions of the people of this case become: their roles. Names of one word stay; they may be words."""
    roles: dict[str, str] = {}
    for person, name, role in store.rows("redaction_people"):
        said = role or "a person"
        if person:
            roles[f"<@{person}>"] = said
        if name:
            roles[f"@{name}"] = said
        if name and " " in name and name != role:
            roles[name] = said
    return dict(sorted(roles.items(), key=lambda pair: -len(pair[0])))
