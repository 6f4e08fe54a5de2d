"""People whom the evidence names in places made for names; they are hidden wherever else they stand. The words are names.toml."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from forensics import declarations

MOST_WORDS = 4
"""Words of the longest name of a person; what is longer is a sentence."""
SHORTEST = 3
"""Letters of the shortest given name or surname that is hidden where it stands alone."""
_WORD = re.compile(r"[^\W\d_]+")
_NAME_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-](?=[^\W\d_]|$)){0,30}")
_BEFORE, _AFTER = r"(?<![\w@./:=\\-])@?", r"(?![\w@/=\\-]|\.\w)"
"""No part of an address, a path, an option, a name of a machine or of a file."""


@dataclass(frozen=True, slots=True)
class Words:
    """What names.toml says of words."""

    programs: frozenset[str]
    """In no name of a person: programs, teams, roles."""
    ordinary: frozenset[str]
    """Given names and surnames that are words of everyday language, too: hidden only as a part of the whole name."""
    particles: frozenset[str]
    """Written small within a name, and never hidden alone."""
    caseless: frozenset[str]
    """In no name of a person in Chinese, Japanese or Korean: programs, teams, roles."""


@cache
def words() -> Words:
    """Return the words that ship with the library."""
    data = declarations.declared("report/names.toml")["words"]
    return Words(*(frozenset(data[name]) for name in ("programs", "ordinary", "particles", "caseless")))


_CASELESS = re.compile(r"[\u3005\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]{1,8}")
"""A word of Chinese, Japanese or Korean, which have no large letters, and write no space between words."""
_ALONE = 2
"""Letters of the shortest surname of these that is hidden where it stands alone."""


def is_name(text: str) -> bool:
    """Say whether what stands where names stand is a person's: one to four words of letters, none of a program, team or role."""
    parts = text.split()
    if parts and all(_CASELESS.fullmatch(part) for part in parts):
        return len(parts) <= MOST_WORDS and len(text) >= _ALONE and not any(one in text for one in words().caseless)
    if not 1 <= len(parts) <= MOST_WORDS or not all(_NAME_WORD.fullmatch(part) for part in parts):
        return False
    if any(piece in words().programs for part in parts for piece in re.split(r"[-.]", part.lower())):
        return False
    if len(parts) == 1:
        return _stands_alone(text)
    return all(part[0].isupper() or part.lower() in words().particles for part in parts)


def _stands_alone(word: str) -> bool:
    small = word.lower()
    known = words()
    return len(word) >= SHORTEST and small not in known.ordinary | known.particles | known.programs


class KnownNames:
    """Hides the names of some people, whole or, where it can be nobody and nothing else, by one part of them."""

    def __init__(self, people: Iterable[tuple[str, ...]], taken: Iterable[str] = ()) -> None:
        """Take names with the role that stands for each, empty where it is not known, and all names of the same person, with
        semicolons between them; `taken` are names of services and programs. A role that is somebody's name is none."""
        own = {one.lower() for one in taken}
        self._roles: dict[str, str] = {}
        self._called: dict[str, str] = {}
        for name, role, *names in people:
            whole = " ".join(name.partition("<")[0].split()).strip("\"'")
            named = is_name(role)
            if (
                is_name(whole)
                and whole.lower() not in own
                and not (role and not named and whole.lower() == role.lower())
            ):
                self._roles[whole] = self._roles.get(whole) or ("" if named else role)
                every = [one for one in map(str.strip, ";".join(names).split(";")) if is_name(one)]
                self._called[whole] = max([whole, *every], key=lambda one: (len(one.split()), len(one), one))
        self._patterns = dict(self._forms(own))
        self._caseless = list(self._without_case())

    def _forms(self, taken: set[str]) -> Iterator[tuple[str, list[tuple[re.Pattern[str], str]]]]:
        """Give, for each word by which it is found, how names are written that hold it, the longest first."""
        whose: dict[str, set[str]] = {}
        cased = [name for name in self._roles if not _CASELESS.match(name)]
        for name in cased:
            for part in name.split():
                whose.setdefault(part.lower(), set()).add(name)
        found: dict[str, list[tuple[str, str]]] = {}
        for name in sorted(cased, key=lambda one: (-len(one.split()), one)):
            parts = [re.escape(part) for part in name.split()]
            if len(parts) > 1:
                forms = r"(?:\s+|[._-])".join(parts) + f"|{parts[-1]}," + r"\s*" + r"\s+".join(parts[:-1])
                found.setdefault(_key(name.split()[0]), []).append((forms, name))
        for part, names in sorted(whose.items()):
            longest = {max(names, key=lambda one: (len(one.split()), one))} if _one_person(names) else set()
            if longest and _stands_alone(part) and part not in taken:
                found.setdefault(_key(part), []).append((re.escape(part), longest.pop()))
        for word, written in found.items():
            yield (
                word,
                [(re.compile(f"{_BEFORE}(?:{form}){_AFTER}", re.IGNORECASE), name) for form, name in written],
            )

    def _without_case(self) -> Iterator[tuple[str, re.Pattern[str], str]]:
        """Give the surname by which each name without large letters is found, and how the name is written: whole, with or without
        a space in it, or by the surname alone, where that is one person's. Nothing parts it from the words around it."""
        named = sorted((name for name in self._roles if _CASELESS.match(name)), key=lambda one: (-len(one), one))
        for name in named:
            parts = name.split()
            others = {other for other in named if other.split()[0] == parts[0]}
            alone = len(parts[0]) >= _ALONE and (len(parts) == 1 or _one_person(others))
            forms = [r"\s*".join(map(re.escape, parts)), *([re.escape(parts[0])] if alone else [])]
            yield parts[0], re.compile("|".join(dict.fromkeys(forms))), name

    @property
    def roles(self) -> frozenset[str]:
        """What stands in names' places where a role is known."""
        return frozenset(self._roles.values()) - {""}

    def hide(self, text: str, instead: Callable[[str], str]) -> str:
        """Return the text with each known person's role, or what is said `instead` of the whole name, in the name's place."""
        if not self._patterns and not self._caseless:
            return text
        held = {word.lower() for word in _WORD.findall(text)} & self._patterns.keys()
        found: list[tuple[int, int, str]] = []
        forms = [one for word in held for one in self._patterns[word]]
        forms += [(pattern, name) for surname, pattern, name in self._caseless if surname in text]
        for pattern, name in sorted(forms, key=lambda one: (-len(one[0].pattern), one[1])):
            for match in pattern.finditer(text):
                if all(match.end() <= start or end <= match.start() for start, end, _ in found):
                    found.append((*match.span(), name))
        out, reached = [], 0
        for start, end, name in sorted(found):
            out += [text[reached:start], self._roles[name] or instead(self._called[name])]
            reached = end
        return "".join(out) + text[reached:]


def _key(word: str) -> str:
    """Return the letters by which a word of a name is found: those before its first sign."""
    found = _WORD.match(word.lower())
    return found[0] if found else word.lower()


def _one_person(names: set[str]) -> bool:
    """Say whether these can be the names of one person: each is a part of the longest."""
    longest = max(names, key=lambda one: (len(one.split()), one)).lower().split()
    return all(set(name.lower().split()) <= set(longest) for name in names)
