"""Names of people whom no list of the evidence names, found by how prose speaks of people. The words are given_names.toml and
prose_names.toml. Nothing here knows a case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from forensics import declarations
from forensics.report import known_names

SHORTEST = 3
"""Letters of the shortest given name that a form of speech alone makes a person's."""
NEAR = 48
"""Letters before and behind a word in which a form of speech is looked for."""
_LARGE = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u017f\u0386-\u03ab\u0400-\u042f"
_CAPITAL = rf"[{_LARGE}][^\W\d_]*(?:['’-](?!s\b)[^\W\d_]+)*"
_WORD = re.compile(
    rf"(?<![\w@.\\$#%&+<-])(?={_CAPITAL})[^\W\d_]+(?:['’-](?!s\b)[^\W\d_]+)*(?![\w=@\\(]|::|/\w|-\d|\.\w)"
)
_PIECE = r"[^\W\d_A-Z]"
"""No large letter stands inside a name but behind these beginnings; inside the name of a program one does."""
_AS_NAMES = re.compile(rf"(?:(?:Mc|Mac|De|Van|O['’]|D['’]|d['’]|al-|el-)?[{_LARGE}]{_PIECE}+(?:['’-]{_PIECE}*)*)+")
_END = re.compile(r"(?![\w=@\\(]|::|-\w|\.\w)")
_SMALL = re.compile(r"[^\W\d_]{3,}")
_OTHER = {"ø": "o", "ł": "l", "æ": "ae", "ß": "ss", "đ": "d", "ı": "i", "þ": "th", "ð": "d", "œ": "oe"}


@dataclass(frozen=True, slots=True)
class Words:
    """What the two files say of words."""

    given: frozenset[str]
    """Given names that are nothing else."""
    surnames: frozenset[str]
    endings: tuple[str, ...]
    """How surnames end that no list holds."""
    no_names: frozenset[str]
    """In no name of a person, though written large."""
    no_surnames: frozenset[str]
    particles: frozenset[str]


@cache
def words() -> Words:
    """Return the words that ship with the library."""
    data = declarations.declared("report/prose_names.toml")
    names = {
        folded(one)
        for said in declarations.declared("report/given_names.toml")["given"].values()
        for one in said.split()
    }
    known = known_names.words()
    listed = data["words"]
    also = set(listed["words_too"].split()) | known.ordinary | known.programs
    no_names = (set(listed["no_names"].split()) | known.programs) - known.ordinary
    return Words(
        frozenset(one for one in names - also - no_names if len(one) >= SHORTEST),
        frozenset(listed["surnames"].split()) - known.ordinary,
        tuple(listed["surname_endings"]),
        frozenset(no_names),
        frozenset(data["forms"]["no_surnames"].split()),
        known.particles,
    )


@lru_cache(maxsize=50_000)
def folded(word: str) -> str:
    """Return a word in small letters, without accents."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.lower())
    return "".join(_OTHER.get(letter, letter) for letter in plain if not unicodedata.combining(letter))


def is_given(word: str) -> bool:
    """Say whether a word is a given name and nothing else."""
    small = folded(word)
    return small in words().given or ("-" in small and small.partition("-")[0] in words().given)


def holds_given(small: str) -> bool:
    """Say whether a text in small letters holds a given name, wherever and for whatever reason."""
    return not words().given.isdisjoint(_SMALL.findall(small))


def is_account(text: str) -> bool:
    """Say whether the name of an account is made of a given name: nora, nora.quist, nora_q, nora7."""
    found = re.fullmatch(r"([^\W\d_]{3,20})(?:[._-][^\W\d_]{1,20}|\d{1,4})?", text)
    return found is not None and is_given(found[1])


@dataclass(frozen=True, slots=True)
class Found:
    """A name in a text."""

    start: int
    end: int
    name: str
    """The name, given name first."""


def whole_names(text: str) -> list[Found]:
    """Return the names of two words or more."""
    return _whole_names(text, list(_WORD.finditer(text)))


def _whole_names(text: str, tokens: list[re.Match[str]]) -> list[Found]:
    found: list[Found] = []
    reached = 0
    for place, token in enumerate(tokens):
        if token.start() < reached:
            continue
        one = _whole(text, token) or _turned(text, tokens, place, reached)
        if one:
            found.append(one)
            reached = one.end
    return found


def names(text: str, taken: frozenset[str] = frozenset()) -> list[Found]:
    """Return every name, those alone as the whole name of the same text that begins with them; `taken` are names of programs."""
    found = list(_own_script(text))
    tokens = list(_WORD.finditer(text))
    if not tokens:
        return found
    whole = [*_whole_names(text, tokens), *_keyed(text)]
    given = [one for one in tokens if is_given(one[0])]
    if given:
        free = [one for one in given if not any(w.start < one.end() and one.start() < w.end for w in whole)]
        found += _alone(text, free, whole, taken)
    return sorted({one.start: one for one in [*found, *whole]}.values(), key=lambda one: one.start)


def _alone(text: str, free: list[re.Match[str]], whole: list[Found], taken: frozenset[str]) -> list[Found]:
    called = {folded(one.name.split()[0]): one.name for one in reversed(whole)}
    alone: list[Found] = []
    for token in [
        *free,
        *reversed(free),
    ]:  # a name beside a name that a form of speech betrays is one, from either side
        known = {(one.start, one.end) for one in alone}
        if token.span() in known or folded(token[0]) in taken or not _mixed(token[0]):
            continue
        beside = any(_beside(text, token, one) for one in [*whole, *alone])
        if beside or _spoken(text, token) or folded(token[0]) in called:
            alone.append(Found(*token.span(), called.get(folded(token[0]), token[0])))
    return alone


def hide(text: str, instead: Callable[[str], str], taken: frozenset[str] = frozenset()) -> str:
    """Return the text with what is said `instead` of each name in its place."""
    out, reached = [], 0
    for one in names(text, taken):
        if one.start >= reached:
            out += [text[reached : one.start], instead(one.name)]
            reached = one.end
    return "".join(out) + text[reached:] if out else text


# ---- whole names ------------------------------------------------------------------------------------------------------


@cache
def _rest() -> re.Pattern[str]:
    particles = "|".join(sorted(words().particles, key=len, reverse=True))
    return re.compile(
        rf"[ \u00a0]{{1,2}}(?:(?P<initial>[A-Z])(?:\.|(?=[ \u00a0]))|(?P<particle>(?i:{particles}))(?=[ \u00a0'’])"
        rf"|(?P<word>(?:d['’]|al-|el-|O['’])?{_CAPITAL}))"
    )


def _whole(text: str, token: re.Match[str]) -> Found | None:
    first, large = token[0], token[0].isupper()
    given = is_given(first)
    if not (_mixed(first) or (large and given and len(first) > SHORTEST)) or (not given and _never(first)):
        return None
    end, kept, place, surnames = token.end(), [first], token.end(), 0
    while (found := _rest().match(text, place)) and surnames < 3:
        word = found["word"]
        if word:
            if (
                not _ends(text, found.end())
                or not _surname(word, given, large)
                or (surnames and not is_known_surname(word))
            ):
                break
            surnames += 1
            end = found.end()
        elif found["initial"] and given and not surnames and found[0].endswith("."):
            end = found.end()
        kept.append(word or found["initial"] or found["particle"])
        place = found.end()
        if word and not given:
            break
    if end == token.end() or (not given and not surnames):
        return None
    said = " ".join(text[token.start() : end].split())
    return Found(token.start(), end, said)


def _turned(text: str, tokens: list[re.Match[str]], place: int, reached: int) -> Found | None:
    """Return a name that is written with the surname first: Quist, Nora."""
    token = tokens[place]
    if place + 1 >= len(tokens) or not is_given(tokens[place + 1][0]) or _never(token[0]) or token.start() < reached:
        return None
    after = tokens[place + 1]
    if text[token.end() : after.start()] != ", " or not _mixed(after[0]):
        return None
    if not (is_known_surname(token[0]) or (_opens(text, token.start()) and _shuts(text, after.end()))):
        return None
    return Found(token.start(), after.end(), f"{after[0]} {token[0]}")


def _surname(word: str, given: bool, large: bool) -> bool:
    if len(word) < 2 or (word.isupper() != large):
        return False
    if not large and not _mixed(word):
        return False
    if not given:
        return is_known_surname(word)
    small = folded(word)
    return small not in words().no_names and small not in words().no_surnames


def is_known_surname(word: str) -> bool:
    """Say whether a word is a surname, by a list or by its ending."""
    small = folded(word)
    known = words()
    if small in known.no_names:
        return False
    return small in known.surnames or any(small.endswith(one) and len(small) >= len(one) + 3 for one in known.endings)


def _never(word: str) -> bool:
    small = folded(word)
    return len(small) < 2 or small in words().no_names or small in words().particles


def _mixed(word: str) -> bool:
    """Say whether a word is written as a name is: Nora, O'Neil, McDonald, Ann-Kristin."""
    return _AS_NAMES.fullmatch(word) is not None


def _ends(text: str, place: int) -> bool:
    return _END.match(text, place) is not None


def _opens(text: str, place: int) -> bool:
    return place == 0 or text[place - 1] in "\"'“\n|<>,;(\t" or text[:place].endswith(("| ", ": ", "- ", "* "))


def _shuts(text: str, place: int) -> bool:
    return place == len(text) or text[place] in "\"'”\n|<,;)\t" or text[place : place + 2] in (" <", " |")


# ---- given names alone ------------------------------------------------------------------------------------------------


@cache
def _forms() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    forms = declarations.declared("report/prose_names.toml")["forms"]
    return (
        re.compile(rf"(?i)(?:^|[^\w@./-])(?:{forms['before']})[\s,*_“\"'(]{{1,3}}$"),
        re.compile(
            rf"(?i)(?:['’]s?(?!\w)|(?:,? (?:and|&) [^\W\d_]{{2,20}})?,?[*_”\"]{{0,2}} (?:{forms['behind']})(?!\w)"
            r"|,? (?:can|could|would|will|please|are|do|did|have) (?:you|we)\b)"
        ),
        re.compile(rf"(?i)(?:^|[^\w])(?:{forms['label']})[\"'*_]{{0,2}}\s{{0,2}}[:=|–—-][\s|\"'*_]{{0,4}}$"),
    )  # fmt: skip


_LINE = re.compile(
    r"(?:^|\n)[ \t>]*(?:[-*•][ \t]+)?(?:\[?\(?\d[\d:.,TZ/ +-]{1,30}(?:UTC|AM|PM|am|pm|Z)?\]?\)?[ \t|–-]*)?[<*_“\"]{0,2}$"
)


def _spoken(text: str, token: re.Match[str]) -> bool:
    before, behind = text[max(0, token.start() - NEAR) : token.start()], text[token.end() : token.end() + NEAR]
    if before[-1:] in "/:=" and before[-1:] and not _forms()[2].search(before):
        return False
    if before.endswith("(") and behind.startswith(")"):
        return True
    if _LINE.search(before) and re.match(r"[*_”\">]{0,2}(?::(?:\s|[*_]|$)|>? ?[-–—] )", behind):
        return True
    return bool(_forms()[0].search(before) or _forms()[1].match(behind) or _forms()[2].search(before))


def _beside(text: str, token: re.Match[str], one: Found) -> bool:
    between = text[token.end() : one.start] if token.end() <= one.start else text[one.end : token.start()]
    return between in (", ", " and ", " & ", "/", ", and ", " or ")


# ---- by a key, and in their own scripts -------------------------------------------------------------------------------


@cache
def _keys() -> re.Pattern[str]:
    keys = declarations.declared("report/prose_names.toml")["forms"]["keys"].split()
    before = rf"(?<![A-Za-z])(?i:{'|'.join(sorted(keys, key=len, reverse=True))})\\{{0,3}}[\"']?\s{{0,2}}[:=]\s{{0,2}}\\{{0,3}}[\"']?"
    name = rf"(?P<name>{_CAPITAL}(?: (?:[A-Z]\.|[a-z]{{2,3}}|{_CAPITAL})){{1,3}})"
    return re.compile(rf"{before}{name}(?=\\{{0,3}}[\"']|\s*[,;<|}})\]\n]|$)")


_KEYED = re.compile(rf"[a-zA-Z][\\\"' ]{{0,6}}[:=][\\\"' ]{{0,6}}[{_LARGE}][^\W\d_]+ [^\W\d_]")


def _keyed(text: str) -> Iterator[Found]:
    if (":" in text or "=" in text) and _KEYED.search(text):
        for one in _keys().finditer(text):
            parts = one["name"].split()
            large = [part for part in parts if part[0].isupper() and len(part) > 2]
            if known_names.is_name(one["name"]) and all(_mixed(part) and not _never(part) for part in large):
                yield Found(*one.span("name"), one["name"])


@cache
def _scripts() -> re.Pattern[str]:
    own = declarations.declared("report/prose_names.toml")["own_scripts"]
    korean, chinese = rf"[{own['korean_surnames']}][가-힣]{{2}}", rf"[{own['chinese_surnames']}][一-鿿]{{1,2}}"
    not_names = own["korean_not"]
    title = rf"(?= ?(?:{own['korean_titles']})(?![가-힣]{{2}}))"
    return re.compile(
        rf"(?<![가-힣])(?:(?:{own['korean_labels']})\s?[:：=]\s?(?!{not_names})(?P<a>{korean})(?![가-힣])|(?!{not_names})(?P<b>{korean}){title})"
        rf"|(?:{own['chinese_labels']})\s?[:：=]\s?(?P<c>{chinese})(?![一-鿿])|(?<![一-鿿])(?P<d>{chinese}?)(?={own['chinese_titles']})"
        rf"|(?:{own['japanese_labels']})\s?[:：=]\s?(?P<e>(?:{own['japanese_surnames']})[ 　]?[一-鿿ぁ-ん]{{0,3}}?)(?=[\s、。,;)）]|$)"
        rf"|(?<![一-鿿])(?P<f>(?:{own['japanese_surnames']})[ 　]?[一-鿿]{{0,3}}?)(?={own['japanese_titles']})"
    )


def _own_script(text: str) -> Iterator[Found]:
    if not text.isascii() and re.search(r"[가-힣一-鿿]", text):
        for one in _scripts().finditer(text):
            group = next(name for name in "abcdef" if one[name])
            yield Found(*one.span(group), one[group])


# ---- mentions ---------------------------------------------------------------------------------------------------------

_MENTION = re.compile(
    r"(?<![\w@./:=\\$#%&+-])(?<![=<>*/+|,] )@(?P<name>[^\W\d_][\w-]{1,31}(?:\.[^\W\d_][\w-]{1,31})?)"
    r"(?![\w@/=({\\\[]|\.\w|[\"']\s?[:=]|\s?[-+*/|]?=|:\w|\s?::)"
)
_QUERY = re.compile(
    r"(?i)(?:\b(?:set|declare|select|where|fields|stats|sort|display|filter|parse|values|exec|execute|into|limit|echo|my|foreach|from|like"
    r"|between|as)|\s(?:-d|--data(?:-binary|-raw)?)|[=<>(\[{]|//)\s*$"
)
_DEFINED = re.compile(
    r"[ \t]*\n\s*(?:@|async def |def |class |public |private |protected |function |export |static |final )"
)


@cache
def _technical() -> frozenset[str]:
    data = declarations.declared("report/prose_names.toml")["mentions"]
    return frozenset(data["technical"].split()) | known_names.words().programs


def mentions(text: str, taken: frozenset[str] = frozenset()) -> Iterator[tuple[int, int]]:
    """Give where the names of those stand whom people's texts mention: @nora."""
    if "@" not in text:
        return
    for one in _MENTION.finditer(text):
        name = one["name"]
        small = name.lower()
        person = is_account(small)
        if small in taken or (not person and (name != small or "." in name or len(small) < SHORTEST)):
            continue
        if any(piece in _technical() or piece in taken for piece in [small, *re.split(r"[-_.]", small)] if not person):
            continue
        if not person and (
            _QUERY.search(text[max(0, one.start() - 24) : one.start()]) or _DEFINED.match(text, one.end())
        ):
            continue
        yield one.span("name")
