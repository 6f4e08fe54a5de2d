"""The values in a dump's rows: what they mean, where a list of rows ends, and that no text is read twice."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

import pytest
from forensics.evidence.databases.sql_text import (
    COPY,
    INSERT,
    MYSQL,
    POSTGRESQL,
    BrokenError,
    CutError,
    Dialect,
    names,
    row,
)
from hypothesis import given
from hypothesis import strategies as st


def values(text: bytes, dialect: Dialect = MYSQL) -> list[object]:
    """Read a row and give what its values mean."""
    return [json.loads(value) for value in row(text, 0, dialect).values]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(b"(1,-2,3.50,1e3)", [1, -2, 3.5, 1000.0], id="numbers"),
        pytest.param(b"(007,.5,+3,1.)", [7, 0.5, 3, 1], id="numbers that JSON writes otherwise"),
        pytest.param(b"(18446744073709551615)", [18446744073709551615], id="a number beyond 64 bits with a sign"),
        pytest.param(b"(NULL,true,FALSE)", [None, True, False], id="words"),
        pytest.param(rb"('it''s','a\'b','\\')", ["it's", "a'b", "\\"], id="quotes and backslashes"),
        pytest.param(rb"('\n\t\r\Z\0')", ["\n\t\r\x1a\\x00"], id="escapes; a NUL is shown"),
        pytest.param(rb"('50\% a\_b')", ["50\\% a\\_b"], id="what only patterns escape"),
        pytest.param(rb"('\q')", ["q"], id="an escape without a meaning"),
        pytest.param(b"('a),(1,\"b\"')", ['a),(1,"b"'], id="brackets inside a text"),
        pytest.param(b"('a\xff\xfeb')", ["a\\xff\\xfeb"], id="bytes that are not UTF-8"),
        pytest.param("('sjø ⛴')".encode(), ["sjø ⛴"], id="text of many lands"),
        pytest.param(b"(0xFF0B,x'0f')", [{"blob": "ff0b", "bytes": 2}, {"blob": "0f", "bytes": 1}], id="bytes in hex"),
        pytest.param(b"(0xF,X'')", [{"blob": "0f", "bytes": 1}, {"blob": "", "bytes": 0}], id="an odd digit, and none"),
        pytest.param(b"(_binary 'a\\0\\'')", [{"blob": "610027", "bytes": 3}], id="bytes as text"),
        pytest.param(b"(b'101',0b11)", [5, 3], id="bits"),
        pytest.param(b"(_utf8mb4'x',N'y')", ["x", "y"], id="texts that name their encoding"),
        pytest.param(b'("a""b")', ['a"b'], id="a text in double quotes"),
        pytest.param(b" ( 1 ,\n 2 ) ", [1, 2], id="blanks"),
        pytest.param(b"(NOW(),IF(1,2,3))", [{"sql": "NOW()"}, {"sql": "IF(1,2,3)"}], id="expressions stay text"),
        pytest.param(b"(CONCAT(',)',1))", [{"sql": "CONCAT(',)',1)"}], id="an expression with a bracket in a text"),
        pytest.param(b"(DEFAULT)", [{"sql": "DEFAULT"}], id="a default is not known here"),
    ],
)  # fmt: skip
def test_a_value_of_mysql_means_what_the_server_would_store(text: bytes, expected: list[object]) -> None:
    """Literals become the values they stand for; what would have to be worked out is kept as text."""
    assert values(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(rb"('a\nb''c')", ["a\\nb'c"], id="a backslash is a character"),
        pytest.param(rb"(E'a\nb\'c\x41\101\u00e9')", ["a\nb'cAA\u00e9"], id="a text with escapes"),
        pytest.param(rb"(E'\xff\000')", ["\\xff\\x00"], id="escapes of bytes that are no text are shown"),
        pytest.param(b"('x'::text,'{1,2}'::integer[])", ["x", "{1,2}"], id="casts"),
        pytest.param(b"('2031-01-01'::timestamp without time zone)", ["2031-01-01"], id="a cast of several words"),
        pytest.param(b"('m'::public.\"Mood\",1::numeric(3,2))", ["m", 1], id="casts to named types"),
        pytest.param(b"(X'0f',B'101')", [{"blob": "0f", "bytes": 1}, 5], id="bytes and bits"),
        pytest.param(b"(ARRAY[1,2],$$a),$$)", [{"sql": "ARRAY[1,2]"}, {"sql": "$$a),$$"}], id="expressions"),
        pytest.param(b"(true,NULL,-1.5)", [True, None, -1.5], id="words and numbers"),
    ],
)
def test_a_value_of_postgresql_means_what_the_server_would_store(text: bytes, expected: list[object]) -> None:
    """The same for the other dialect, in which a backslash means nothing unless E stands before the quote."""
    assert values(text, POSTGRESQL) == expected


@pytest.mark.parametrize(
    "text",
    [b"", b"(", b"(1", b"(1,", b"(1,'abc", b"(1,'abc\\'", b"(NOW(", b"(E'abc\\'"],
    ids=lambda text: text.decode(),
)
@pytest.mark.parametrize("dialect", [MYSQL, POSTGRESQL], ids=lambda dialect: dialect.name)
def test_a_row_that_the_text_ends_in_is_cut(text: bytes, dialect: Dialect) -> None:
    """A row that is not closed by the end of the text is cut, not broken."""
    if dialect is MYSQL and text.startswith(b"(E'"):
        text = text.replace(b"E", b"")

    with pytest.raises(CutError):
        row(text, 0, dialect)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        pytest.param(b"x(1)", 0, id="something before the bracket"),
        pytest.param(b"(1;", 1, id="a semicolon inside"),
        pytest.param(b"(1,,2)", 3, id="a missing value"),
        pytest.param(b"()", 1, id="no value at all"),
        pytest.param(b"(9,'user 9);\nINSERT INTO t VALUES(10,'user 10');", 3, id="a lost quote"),
    ],
)
def test_a_row_that_goes_on_as_no_row_does_is_broken(text: bytes, at: int) -> None:
    """The byte is named at which a value begins that cannot be read."""
    with pytest.raises(BrokenError) as caught:
        row(text, 0, MYSQL)

    assert caught.value.at == at


def written(value: object) -> bytes:
    """Write a value as mysqldump does."""
    if value is None:
        return b"NULL"
    if isinstance(value, bytes):
        return b"0x" + value.hex().upper().encode() if value else b"''"
    if isinstance(value, str):
        escapes = {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\0": "\\0", "\x1a": "\\Z"}
        return b"'" + "".join(escapes.get(letter, letter) for letter in value).encode() + b"'"
    return str(value).encode()


def meant(value: object) -> object:
    """Give a value as rows are to hold it."""
    if isinstance(value, bytes):
        return {"blob": value[:32].hex(), "bytes": len(value)} if value else ""
    return value.replace("\0", "\\x00") if isinstance(value, str) else value


cells = st.one_of(
    st.none(), st.integers(), st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.binary(max_size=40)
)


@given(st.lists(cells, min_size=1, max_size=6))
def test_what_mysqldump_writes_is_read_back(row_of: Sequence[object]) -> None:
    """Whatever values a row has, writing and reading them changes nothing."""
    assert values(b"(" + b",".join(map(written, row_of)) + b");") == [meant(value) for value in row_of]


@given(
    st.lists(
        st.one_of(st.none(), st.integers(), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
    )
)
def test_what_pg_dump_writes_is_read_back(row_of: list[object]) -> None:
    """The same for PostgreSQL's plain texts, in which only a quote is doubled."""
    texts = [
        b"'" + value.replace("'", "''").encode() + b"'" if isinstance(value, str) else written(value)
        for value in row_of
    ]

    assert values(b"(" + b",".join([*texts, b"1"]) + b");", POSTGRESQL) == [*row_of, 1]


FRAGMENTS = [
    *(b"'", b'"', b"`", b"(", b")", b",", b";", b"\\", b"--", b"/*", b"*/", b"#", b"$", b"$a$", b"E'", b"0x"),
    *(b"1", b" ", b"\n", b"NULL", b"::", b"[", b"\0", b"\xff", b"_binary "),
]


@given(st.one_of(st.binary(max_size=60), st.lists(st.sampled_from(FRAGMENTS), max_size=40).map(b"".join)))
def test_any_bytes_may_stand_for_a_row(text: bytes) -> None:
    """A row is read within its text, or said to be cut or broken; its values are JSON."""
    for dialect in (MYSQL, POSTGRESQL):
        try:
            read = row(text, 0, dialect)
        except (CutError, BrokenError):
            continue

        assert text[: read.end].endswith(b")")
        assert all(json.loads(value) is not ... for value in read.values)


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(b"('" + b"\\'" * 500_000, id="escaped quotes without an end"),
        pytest.param(b"('" + b"''" * 500_000, id="doubled quotes without an end"),
        pytest.param(b"(" + b"f(" * 500_000, id="brackets that never close"),
        pytest.param(b"(" + b"$a$" * 300_000 + b"$b", id="dollars"),
        pytest.param(b"(" + b"/*" * 500_000, id="comments that never close"),
        pytest.param(b"(" + b"1" * 1_000_000, id="a number that never ends"),
        pytest.param(b"(" + b" " * 1_000_000, id="blanks"),
    ],
)
@pytest.mark.parametrize("dialect", [MYSQL, POSTGRESQL], ids=lambda dialect: dialect.name)
def test_hostile_rows_cost_little(hostile: bytes, dialect: Dialect) -> None:
    """A megabyte that was made to be slow is given up in seconds of the processor, however busy it is."""
    started = time.process_time()

    with pytest.raises((CutError, BrokenError)):
        row(hostile, 0, dialect)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("text", "dialect", "expected"),
    [
        (b"SET a='x;y'; b", MYSQL, b"SET a='x;y';"),
        (b"SET a='x\\';y'; b", MYSQL, b"SET a='x\\';y';"),
        (b"/*!40101 SET x=1; */; b", MYSQL, b"/*!40101 SET x=1; */;"),
        (b"a -- x ;\n # y ;\n ; b", MYSQL, b"a -- x ;\n # y ;\n ;"),
        (b"a AS $x$ b; $y$ c; $x$ d; e", POSTGRESQL, b"a AS $x$ b; $y$ c; $x$ d;"),
        (b"SELECT 'a\\'; b'", POSTGRESQL, b"SELECT 'a\\';"),
        (b"SELECT E'a\\'; b'; c", POSTGRESQL, b"SELECT E'a\\'; b';"),
        (b"SELECT 'open; b", POSTGRESQL, None),
        (b"SELECT 'open; b", MYSQL, None),
    ],
)
def test_a_statement_ends_at_its_own_semicolon(text: bytes, dialect: Dialect, expected: bytes | None) -> None:
    """Semicolons in texts, comments and quoted bodies do not end a statement."""
    found = dialect.body.match(text)

    assert (found and found[0]) == expected


def test_names_are_read_in_all_their_quotes() -> None:
    """Names are unquoted; without quotes PostgreSQL writes them small, MySQL leaves them."""
    assert names(b"`a``b`, plain, `c d`", MYSQL) == ("a`b", "plain", "c d")
    assert names(b'"A""B", Plain', POSTGRESQL) == ('A"B', "plain")


def test_the_head_of_a_list_of_rows_names_table_and_columns() -> None:
    """INSERT and COPY say where rows go, in every form that dumps write."""
    heads = [
        INSERT.match(b"INSERT INTO `harbour`.`boats` (`id`,`a b`) VALUES (1,2)"),
        INSERT.match(b"REPLACE INTO boats VALUES (1,2)"),
        INSERT.match(b"insert ignore into boats values(1)"),
        INSERT.match(b"INSERT INTO public.boats OVERRIDING SYSTEM VALUE VALUES (1)"),
        COPY.match(b'COPY public.boats (id, "A b") FROM stdin;\n1\t2\n'),
    ]

    assert [(found["table"], found["columns"]) for found in heads if found] == [
        (b"`harbour`.`boats`", b"`id`,`a b`"),
        (b"boats", None),
        (b"boats", None),
        (b"public.boats", None),
        (b"public.boats", b'id, "A b"'),
    ]
    assert INSERT.match(b"INSERT INTO boats SELECT * FROM others") is None
