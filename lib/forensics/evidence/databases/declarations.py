"""What the declarations of a foreign dump say: columns, keys, rules. They are parsed, and never carried out."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from forensics.evidence.databases.rules import Reference, Rules

LONGEST = 1024 * 1024
"""Characters of a declaration that are looked at."""

logging.getLogger("sqlglot").disabled = True  # what cannot be parsed is said by us, not on stderr

Holds = Literal["number", "truth", "bytes", "instant", "other"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column, as declared."""

    name: str
    holds: Holds = "other"
    """What kind of value it is for; an instant states its zone."""
    computed: bool = False
    """Whether it is worked out from others, so that rows do not give it."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What one statement declares of one table."""

    table: str
    schema: str
    columns: tuple[Column, ...]
    rules: Rules


def declaration(text: str, dialect: str) -> Declaration | str:
    """Read CREATE TABLE, ALTER TABLE … ADD or CREATE UNIQUE INDEX; give the trouble where it cannot be read."""
    if len(text) > LONGEST:
        return f"the declaration is longer than {LONGEST:,} characters"
    try:
        return _declared(sqlglot.parse_one(text, read=dialect), dialect)
    except SqlglotError as error:
        return f"the declaration cannot be parsed: {str(error).splitlines()[0][:150]}"
    except RecursionError:
        return "the declaration is nested too deeply"
    except (AttributeError, TypeError, ValueError, KeyError, IndexError) as error:  # a parser's own faults
        return f"the declaration cannot be parsed ({type(error).__name__})"


def _declared(statement: Any, dialect: str) -> Declaration | str:
    folds = dialect == "postgres"
    if isinstance(statement, exp.Create) and statement.kind == "TABLE":
        target = statement.this
        if not isinstance(target, exp.Schema):
            return "a table made by a query, or as a part of another: its columns are not declared here"
        rules = Rules()
        columns = []
        for part in target.expressions:
            if isinstance(part, exp.ColumnDef):
                columns.append(_column(part, folds))
                rules = rules.and_also(_column_rules(part, folds))
            else:
                rules = rules.and_also(_table_rules(part, folds))
        return Declaration(_name(target.this.this, folds), _schema(target.this, folds), tuple(columns), rules)
    if isinstance(statement, exp.Create) and statement.kind == "INDEX" and statement.args.get("unique"):
        return _index(statement.this, folds)
    if isinstance(statement, exp.Alter):
        rules = Rules()
        for action in statement.args.get("actions") or ():
            for part in action.expressions if isinstance(action, exp.AddConstraint) else ():
                rules = rules.and_also(_table_rules(part, folds))
        return Declaration(_name(statement.this.this, folds), _schema(statement.this, folds), (), rules)
    return "this declares no table"


def _index(index: exp.Index, folds: bool) -> Declaration | str:
    parameters, table = index.args.get("params"), index.args.get("table")
    if parameters is None or table is None:
        return "an index without a table"
    ordered = [part.this if isinstance(part, exp.Ordered) else part for part in parameters.args.get("columns") or ()]
    plain = all(isinstance(part, exp.Column) for part in ordered) and not parameters.args.get("where")
    unique = (tuple(_name(part.this, folds) for part in ordered),) if plain and ordered else ()
    return Declaration(_name(table.this, folds), _schema(table, folds), (), Rules(unique=unique))


def _name(identifier: Any, folds: bool) -> str:
    """Give the name that an identifier stands for, whatever it is wrapped in."""
    while not isinstance(identifier, exp.Identifier) and isinstance(getattr(identifier, "this", None), exp.Expression):
        identifier = identifier.this
    text = str(identifier.this)
    return text.lower() if folds and not identifier.args.get("quoted") else text


def _schema(table: exp.Table, folds: bool) -> str:
    held = table.args.get("db")
    return _name(held, folds) if held is not None else ""


_BYTES = {
    exp.DType.BLOB,
    exp.DType.TINYBLOB,
    exp.DType.MEDIUMBLOB,
    exp.DType.LONGBLOB,
    exp.DType.BINARY,
    exp.DType.VARBINARY,
}


def _column(part: exp.ColumnDef, folds: bool) -> Column:
    kind = part.kind
    holds: Holds = "other"
    if kind is not None:
        if kind.this in exp.DataType.NUMERIC_TYPES:
            holds = "number"
        elif kind.this == exp.DType.BOOLEAN:
            holds = "truth"
        elif kind.this in _BYTES:
            holds = "bytes"
        elif kind.this == exp.DType.TIMESTAMPTZ:
            holds = "instant"
    kinds = [constraint.kind for constraint in part.constraints if isinstance(constraint, exp.ColumnConstraint)]
    computed = any(isinstance(one, exp.ComputedColumnConstraint) for one in kinds)
    return Column(_name(part.this, folds), holds, computed)


def _column_rules(part: exp.ColumnDef, folds: bool) -> Rules:
    """Read the rules that stand beside one column."""
    own = (_name(part.this, folds),)
    rules = Rules()
    for constraint in part.constraints:
        kind = constraint.kind if isinstance(constraint, exp.ColumnConstraint) else constraint
        if isinstance(kind, exp.NotNullColumnConstraint) and not kind.args.get("allow_null"):
            rules = rules.and_also(Rules(required=own))
        elif isinstance(kind, exp.PrimaryKeyColumnConstraint):
            rules = rules.and_also(Rules(key=own, required=own))
        elif isinstance(kind, exp.UniqueColumnConstraint):
            rules = rules.and_also(Rules(unique=(own,)))
        elif isinstance(kind, exp.Reference):
            rules = rules.and_also(_reference(own, kind, folds))
    return rules


def _table_rules(part: Any, folds: bool) -> Rules:
    """Read a rule that stands between the columns or is added afterwards."""
    if isinstance(part, exp.Constraint):
        rules = Rules()
        for inner in part.expressions:
            rules = rules.and_also(_table_rules(inner, folds))
        return rules
    if isinstance(part, exp.PrimaryKey):
        key = tuple(_name(one, folds) for one in part.expressions)
        return Rules(key=key, required=key)
    if isinstance(part, exp.UniqueColumnConstraint) and isinstance(part.this, exp.Schema):
        return Rules(unique=(tuple(_name(one, folds) for one in part.this.expressions),))
    if isinstance(part, exp.ForeignKey) and isinstance(part.args.get("reference"), exp.Reference):
        return _reference(tuple(_name(one, folds) for one in part.expressions), part.args["reference"], folds)
    return Rules()


def _reference(columns: tuple[str, ...], reference: exp.Reference, folds: bool) -> Rules:
    target = reference.this
    to: tuple[str, ...] = ()
    if isinstance(target, exp.Schema):
        to, target = tuple(_name(one, folds) for one in target.expressions), target.this
    if not isinstance(target, exp.Table):
        return Rules()
    schema, table = _schema(target, folds), _name(target.this, folds)
    return Rules(references=(Reference(columns, f"{schema}.{table}" if schema else table, to),))
