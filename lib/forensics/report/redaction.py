"""Redaction: personal data becomes stable pseudonyms, secrets become nothing at all. The rules are redaction.toml."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import Any

from forensics import declarations
from forensics.report import known_names, prose_names
from forensics.store import Store

SECRET = "[secret]"  # noqa: S105 - what stands in a secret's place
STAMP = "Not redacted: it may hold personal data."
"""What stands on everything of a run with `--no-redact`."""
MOST_KEPT = 4_000
"""Letters of a text whose redacted form is remembered, for the next reader."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is hidden, and how it is recognised."""

    kind: str
    """`secret`, or the pseudonyms' first word: ip, mail, user, phone, device, person, place."""
    name: str
    holds: tuple[str, ...]
    """One of these, in small letters, stands in every text that the rule concerns; empty: nobody can say."""
    pattern: re.Pattern[str]
    check: Callable[[str], bool]
    """Whether what matched is one: a checksum, or an address that says something about somebody."""
    examples: tuple[tuple[str, str], ...]
    """Pairs of before and after."""
    rejects: tuple[tuple[str, str], ...]
    """Texts that are left alone, and why."""


_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}|3[47]\d{13}"
    r"|(?:6011|65\d{2}|64[4-9]\d)\d{12}|3(?:0[0-5]|[689]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}|(?:50|5[6-9]|6[379])\d{14}"
)
"""How the numbers of payment cards begin and how long they are, issuer by issuer (ISO/IEC 7812, as issuers publish it)."""
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
    "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "LI": 21,
    "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "RS": 22, "SA": 24,
    "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29,
}  # fmt: skip
"""Letters of an account's number by its country (ISO 13616); of other countries any length will do."""


def _card(text: str) -> bool:
    digits = "".join(letter for letter in text if letter.isdigit())
    return _ISSUERS.fullmatch(digits) is not None and _sum_of_ten(digits)


def _sum_of_ten(digits: str) -> bool:
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _iban(text: str) -> bool:
    plain = text.replace(" ", "")
    if len(plain) != _IBAN_LENGTHS.get(plain[:2], len(plain)):
        return False
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def _national(text: str) -> bool:
    """Say whether it is the number of a person in Norway, Sweden, Finland, Spain or Brazil, by its own checksum."""
    digits = [int(letter) for letter in text if letter.isdigit()]
    if "." in text:
        return len(set(digits)) > 1 and all(
            (sum(d * w for d, w in zip(digits, range(at + 1, 1, -1), strict=False)) * 10 % 11) % 10 == digits[at]
            for at in (9, 10)
        )
    if re.fullmatch(r"\d{8}[A-Z]|[XYZ]\d{7}[A-Z]", text):
        number = int(str("XYZ".find(text[0])) + text[1:-1] if text[0] in "XYZ" else text[:-1])
        return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == text[-1]
    if len(digits) == 11:
        weights = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1, 0), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
        sums = [sum(d * w for d, w in zip(digits, row, strict=True)) % 11 for row in weights]
        return sums == [0, 0] and _day(digits[0:2], digits[2:4])
    if re.fullmatch(r"\d{6}[-+]\d{4}", text) and _day(digits[4:6], digits[2:4]) and not _clocked(text):
        return _sum_of_ten("".join(map(str, digits)))
    return (
        len(text) == 11
        and _day(digits[0:2], digits[2:4])
        and "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(text[:6] + text[7:10]) % 31] == text[10]
    )


def _dated(text: str) -> bool:
    """Say whether it is the number of a person in Denmark, Poland or Sweden, by the day of birth in it and its own checksum."""
    plain = "".join(letter for letter in text if letter.isdigit())
    digits = [int(letter) for letter in plain]
    if len(digits) == 11:
        born_in = {0: range(1900, 2000), 1: range(2000, 2040)}.get(digits[2] // 2)
        total = sum(digit * weight for digit, weight in zip(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), strict=True))
        month = [digits[2] % 2, digits[3]]
        dated = re.match(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])", plain)
        return born_in is not None and not dated and total % 10 == 0 and _day(digits[4:6], month)
    if len(digits) == 12:
        clock = re.match(r"[01]\d[0-5]\d|2[0-3][0-5]\d", plain[8:]) and plain.startswith("20")
        return not clock and _day(digits[6:8], digits[4:6]) and _sum_of_ten(plain[2:])
    if _clocked(text) or not _day(digits[0:2], digits[2:4]):
        return False
    total = sum(digit * weight for digit, weight in zip(digits, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return total % 11 == 0 or plain.startswith("0101")


def _clocked(text: str) -> bool:
    """Say whether six digits and four can be a day of these years and its time: such a number tells nothing of anybody."""
    of_day = re.fullmatch(r"\d{6}[-+](?:[01]\d|2[0-3])[0-5]\d", text) is not None
    year_first = "10" <= text[:2] <= "39" and _day([*map(int, text[4:6])], [*map(int, text[2:4])])
    year_last = "10" <= text[4:6] <= "39" and _day([*map(int, text[:2])], [*map(int, text[2:4])])
    return of_day and (year_first or year_last)


def _day(day: list[int], month: list[int]) -> bool:
    return 1 <= 10 * day[0] + day[1] <= 31 and 1 <= 10 * month[0] + month[1] <= 12


def _address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if address.version == 6 and not any(letter.isdigit() for letter in text):
        return False
    if address.version == 4 and (address.packed[0] in (0, *range(240, 256)) or address.packed[2:] == b"\0\0"):
        return False
    return not (address.is_loopback or address.is_unspecified)


_CHECKS: dict[str, Callable[[str], bool]] = {
    "card": _card, "iban": _iban, "national": _national, "dated": _dated, "address": _address, "account": prose_names.is_account,
    "": lambda text: True,
}  # fmt: skip


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules that ship with the library, in the order in which they apply."""
    data = [declarations.declared(f"report/{file}")["rule"] for file in ("redaction.toml", "redaction_accounts.toml")]
    return tuple(
        Rule(
            rule["kind"],
            rule["name"],
            tuple(rule.get("holds", ())),
            re.compile(rule["pattern"]),
            _CHECKS[rule.get("check", "")],
            tuple((one["before"], one["after"]) for one in rule.get("example", ())),
            tuple((one["text"], one["why"]) for one in rule.get("reject", ())),
        )
        for rule in chain.from_iterable(data)
    )


class Redactor:
    """Hides what the rules find. One thing keeps one pseudonym through a case: its store remembers them."""

    def __init__(
        self,
        store: Store | None,
        enabled: bool = True,
        *,
        numbered: bool = True,
        names: known_names.KnownNames | None = None,
    ) -> None:
        """Remember what the case's notebooks and pages named before; None keeps pseudonyms for this object alone.

        Not `numbered`, it says [user] instead of user-1: where several cases meet, no number may join what is not one.
        Without a store, `names` are the people who are known.
        """
        self.store = store
        self.enabled = enabled
        self.numbered = numbered
        self._pseudonyms: dict[tuple[str, str], str] = self._known()
        self._people = _people(store) if store else {}
        self._named = _named_people(store) if store else {}
        self._programs = _programs(store) if store else frozenset()
        self._names = _names(store, self._programs) if store else names or known_names.KnownNames(())
        self._roles = _any_of([*self._named.values(), *(role for role, _ in self._people.values()), *self._names.roles])
        self._told: dict[str, str] = {}
        """What short texts became: one result is rendered for many readers."""

    def _known(self) -> dict[tuple[str, str], str]:
        known = self.store.rows("redaction_pseudonyms") if self.store else []
        return {(kind, original): name for kind, original, name in known}

    def __call__(self, text: str) -> str:
        """Return the text with everything hidden that a rule finds."""
        if not self.enabled or not text:
            return text
        if len(text) > MOST_KEPT:
            return self._redacted(text)
        if text not in self._told:
            self._told[text] = self._redacted(text)
        return self._told[text]

    def _redacted(self, text: str) -> str:
        for mention, (said, whose) in self._people.items():
            if mention in text:
                text = text.replace(mention, said or (self._instead("person", whose) if whose else "a person"))
        for name, role in self._named.items():
            text = name.sub(lambda _, role=role: role, text)  # type: ignore[misc]
        text = self._names.hide(text, lambda name: self._instead("person", name))
        text = prose_names.hide(text, lambda name: self._instead("person", name), self._programs)
        return self._ruled(self._unmentioned(text), rules())

    def _unmentioned(self, text: str) -> str:
        for start, end in reversed(list(prose_names.mentions(text, self._programs))):
            kind = "person" if prose_names.is_given(text[start:end]) else "user"
            text = text[: start - 1] + self._instead(kind, text[start:end]) + text[end:]
        return text

    def _ruled(self, text: str, hiding: Iterable[Rule]) -> str:
        for reading in _readings(text):
            read = reading(text)
            small = read[0].lower()
            named = prose_names.holds_given(small)
            for rule in hiding:
                if rule.holds and not any(one in small for one in rule.holds):
                    continue
                if rule.check is prose_names.is_account and not named:
                    continue
                found = self._hidden(rule, text, read)
                if found != text:
                    text = found
                    read = reading(text)
                    small = read[0].lower()
        return text

    @property
    def stamp(self) -> str:
        """What to write on a page or file that is not redacted; empty where it is."""
        return "" if self.enabled else STAMP

    def deep(self, value: Any) -> Any:
        """Do the same to every text in dictionaries and lists."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, dict):
            return {key: self.deep(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.deep(one) for one in value]
        return value

    def _hidden(self, rule: Rule, text: str, read: Read) -> str:
        plain, places = read
        out: list[str] = []
        reached = 0
        for match in _matches(rule, plain):
            start, end = _named(match)
            if start == end or _DONE.match(plain, start) or not rule.check(plain[start:end]):
                continue
            if self._roles and self._roles.match(plain, start):
                continue  # a role that stands for somebody's name
            out += [text[reached : places[start]], self._instead(rule.kind, plain[start:end])]
            reached = places[end]
        return "".join(out) + text[reached:]

    def _instead(self, kind: str, original: str) -> str:
        if kind == "secret":
            return SECRET
        if not self.numbered:
            return f"[{kind}]"
        key = (kind, _same(kind, original))
        if key not in self._pseudonyms:
            self._pseudonyms |= self._known()  # another redactor of the same case may have named it meanwhile
        if key not in self._pseudonyms:
            number = 1 + sum(1 for known, _ in self._pseudonyms if known == kind)
            self._pseudonyms[key] = f"{kind}-{number}"
            if self.store:
                self.store.add("pseudonyms", ["kind", "original", "pseudonym"], [[*key, self._pseudonyms[key]]])
        return self._pseudonyms[key]


def _matches(rule: Rule, text: str) -> Iterator[re.Match[str]]:
    """Give what a rule matches; where a word before a name was taken for one, the name is looked at, too."""
    if rule.check is not prose_names.is_account:
        yield from rule.pattern.finditer(text)
        return
    reached = 0
    while match := rule.pattern.search(text, reached):
        start, end = _named(match)
        reached = end if rule.check(text[start:end]) else max(start, match.start() + 1)
        yield match


def without_secrets(text: str) -> str:
    """Return a text without passwords, tokens and keys; everything else stays as it is."""
    return Redactor(None)._ruled(text, [rule for rule in rules() if rule.kind == "secret"])


_AS_IT_IS = {"claim", "claims", "digest", "evidence_digest", "id", "path", "paths", "query", "sha256", "where"}
"""Keys under which nothing is quoted: names, digests, places in the evidence."""


def free_of_secrets(told: Any, key: str = "") -> Any:
    """Return a part of a result or of claims with every text in it as `without_secrets` leaves it; places, ids and digests stay."""
    if isinstance(told, dict):
        return {name: free_of_secrets(value, str(name)) for name, value in told.items()}
    if isinstance(told, (list, tuple)):
        return [free_of_secrets(value, key) for value in told]
    return _clean(told) if isinstance(told, str) and key not in _AS_IT_IS and len(told) >= SHORTEST_SECRET else told


SHORTEST_SECRET = 6
"""Characters of the shortest text in which a rule finds something to hide."""


@lru_cache(maxsize=20_000)
def _clean(text: str) -> str:
    return without_secrets(text)


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
    """Read a text with the letters that addresses, JSON and markup write as %40, \\u0040 or &#64;, and without those that
    nobody sees and that names of files and JSON write as \\u200b."""
    kept = [(found.start(), _letter(found)) for found in _LETTER.finditer(text) if not found["unseen"]]
    return "".join(letter for _, letter in kept), [*(place for place, _ in kept), len(text)]


def _letter(found: re.Match[str]) -> str:
    if found["hex"] or found["json"] or found["markup"]:
        return chr(int(found["hex"] or found["json"] or found["markup"], 16))
    return chr(int(found["decimal"])) if found["decimal"] else found[0]


_CODES = (
    r"%(?P<hex>[2-7][0-9A-Fa-f])|\\{1,2}u00(?P<json>[2-7][0-9A-Fa-f])"
    r"|&#(?:x(?P<markup>[2-7][0-9A-Fa-f])|(?P<decimal>3[2-9]|[4-9]\d|1[01]\d|12[0-6]));"
    r"|(?P<unseen>\\{1,2}(?:u(?:200[b-f]|202[a-e]|206[0-9a-f]|feff|00ad)|xad))"
)
_CODED = re.compile(_CODES)
_LETTER = re.compile(rf"{_CODES}|[\s\S]")


def _readings(text: str) -> tuple[Callable[[str], Read], ...]:
    return (_seen, _decoded) if _CODED.search(text) else (_seen,)


_DONE = re.compile(
    r"\[(?:secret|ip|mail|user|phone|device|person|place)\]|(?:ip|mail|user|phone|device|person|place)-\d{1,9}(?!\w|-\d)"
)
"""What is hidden already."""


def _same(kind: str, original: str) -> str:
    """Return one form for all ways to write it."""
    if kind == "ip":
        return str(ipaddress.ip_address(re.sub(r"^[a-z]\w*-|-", ".", original.lower()).strip(".")))
    if kind == "phone":
        return "".join(letter for letter in original if letter.isdigit() or letter == "+")
    if kind == "device":
        return original.lower().replace("-", ":")
    if kind == "place":
        return " ".join(original.lower().split())
    if kind == "person":
        return prose_names.folded(original)
    return original.lower()


def _any_of(roles: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds roles of more than one word; None where there is none. A role of one word can be anybody's name."""
    several = sorted({role for role in roles if len(role.split()) > 1}, key=lambda one: (-len(one), one))
    return re.compile(rf"(?:{'|'.join(map(re.escape, several))})(?!\w)") if several else None


def _named_people(store: Store) -> dict[re.Pattern[str], str]:
    """Return what names of one word become that people's notes say are persons: their roles, as whole words only."""
    rows = store.rows("redaction_named")
    return {re.compile(rf"(?<!\w){re.escape(name)}(?!\w)"): role or "a person" for name, role in rows if name}


def _people(store: Store) -> dict[str, tuple[str, str]]:
    """Return whom mentions of the people of this case mean: role and name, either empty where it is not known."""
    roles: dict[str, tuple[str, str]] = {}
    for person, name, role in store.rows("redaction_people"):
        said = role or "", name or ""
        if person:
            roles[f"<@{person}>"] = said
        if name:
            roles[f"@{name}"] = said
        if name and " " in name and name != role:
            roles[name] = said
    return dict(sorted(roles.items(), key=lambda pair: -len(pair[0])))


def _programs(store: Store) -> frozenset[str]:
    """Return the names of services and programs, in small letters; a whole name of a person is none of them."""
    return frozenset(name.lower() for (name,) in store.rows("redaction_programs") if not prose_names.whole_names(name))


def _names(store: Store, programs: frozenset[str]) -> known_names.KnownNames:
    """Return those whom the evidence and people's notes name, and those whom people's texts call by their whole names."""
    told = (one.name for (text,) in store.rows("redaction_told") for one in prose_names.whole_names(text))
    return known_names.KnownNames(
        [*store.rows("redaction_names"), *((name, "") for name in dict.fromkeys(told))], programs
    )
