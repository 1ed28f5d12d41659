"""What DuckDB and Spark both have and mean otherwise: a rewrite of the syntax tree for each, by its node's kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from indexer.errors import QueryError
from indexer.spark.functions import FIXED_POINT, PERCENT_DECODED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DATE_PARTS = {"Y": "yyyy", "m": "MM", "d": "dd", "H": "HH", "M": "mm", "S": "ss", "g": "SSS"}
"""DuckDB's https://duckdb.org/docs/stable/sql/functions/dateformat as Java's DateTimeFormatter writes it."""

_SPELLED = re.compile(r"%(?P<flags>0?)(?P<width>\d*)(?:\.(?P<places>\d+))?(?P<kind>[dsf%])")
_TYPES = {
    exp.DataType.Type.UTINYINT: "INT",
    exp.DataType.Type.USMALLINT: "INT",
    exp.DataType.Type.UINT: "BIGINT",
    exp.DataType.Type.UBIGINT: "BIGINT",
    exp.DataType.Type.UUID: "STRING",
}
_LOWERED_ALONE = (
    "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}\N{GREEK CAPITAL LETTER SIGMA}",
    "i\N{GREEK SMALL LETTER SIGMA}",
)
"""The letters that Spark makes two of, or another one at a word's end, and what DuckDB makes of them."""

_MILLISECONDS = 3
"""What sqlglot calls thousandths."""

_MICROSECONDS = 1000
"""So many are a millisecond."""

_ROW_IDS = {"notifications": "notification_id", "verdicts": "verdict_id"}
"""What tells the rows of a table apart whose ``rowid`` is asked for."""


def without_qualify(select: exp.Select) -> exp.Select:
    """``QUALIFY`` as a condition on a query around it. What rows are ordered by goes along, as it may be no column."""
    inner = select.copy()
    condition = inner.args["qualify"].pop().this
    outer = exp.select(exp.Star())
    for part in ("with_", "order", "limit", "offset"):
        if found := inner.args.get(part):
            outer.set(part, found.pop())
    hidden = ["_kept", *_order_by_columns(inner, outer)]
    inner.select(exp.alias_(condition, "_kept"), copy=False)
    outer.select(exp.Star(except_=[exp.column(name) for name in hidden]), append=False, copy=False)
    return outer.from_(inner.subquery("_rows"), copy=False).where(exp.column("_kept"), copy=False)


def _order_by_columns(inner: exp.Select, outer: exp.Select) -> Iterator[str]:
    """Make a column of ``inner`` of what ``outer`` is ordered by and does not show."""
    shown = set(inner.named_selects)
    order = outer.args.get("order")
    for number, ordered in enumerate(order.expressions if order else ()):
        by = ordered.this
        if not (isinstance(by, exp.Column) and not by.table and by.name in shown):
            inner.select(exp.alias_(by.copy(), f"_by{number}"), copy=False)
            by.replace(exp.column(f"_by{number}"))
            yield f"_by{number}"


def _milliseconds(node: exp.UnixToTime) -> exp.Expression:
    """``epoch_ms`` of a time, which DuckDB rounds and Spark cuts; sqlglot takes it for the time of a number."""
    if str(node.args.get("scale")) != str(_MILLISECONDS):
        raise _unknown(node)
    microseconds = _call("unix_micros", exp.cast(node.this, "TIMESTAMP", dialect="spark"))
    half = exp.Literal.number(_MICROSECONDS // 2)
    before_1970 = exp.LT(this=microseconds.copy(), expression=exp.Literal.number(0))
    away_from_0 = exp.case().when(before_1970, exp.Neg(this=half)).else_(half)
    rounded = exp.paren(exp.Add(this=microseconds, expression=away_from_0))
    return exp.paren(exp.IntDiv(this=rounded, expression=exp.Literal.number(_MICROSECONDS)))


def _truncated(node: exp.TimestampTrunc) -> exp.Expression:
    """Spark's ``date_trunc`` gives a time with a zone."""
    return exp.cast(node.copy(), "TIMESTAMP_NTZ", dialect="spark")


def _written_time(node: exp.TimeToStr) -> exp.Expression:
    pattern = node.args["format"].name
    pieces = re.findall(r"%(.)|([^%]+)", pattern)
    if unknown := [part for part, _ in pieces if part and part not in _DATE_PARTS]:
        raise QueryError(f"strftime's %{unknown[0]} is not known to Spark")
    spelled = "".join(_DATE_PARTS[part] if part else _quoted(text) for part, text in pieces)
    return _call("date_format", node.this, exp.Literal.string(spelled))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'" if re.search(r"[A-Za-z']", text) else text


def _number(node: exp.Literal) -> exp.Expression:
    """A number with a point counts as a decimal in both, and Spark then rounds what it divides."""
    return exp.cast(node.copy(), "DOUBLE") if not node.is_string and "." in node.name else node


def _rounded(node: exp.Round) -> exp.Expression:
    """DuckDB rounds the number itself, Spark the shortest decimal that stands for it."""
    if not node.args.get("decimals"):
        return node
    scale = exp.cast(exp.Literal.number(10 ** int(node.args["decimals"].name)), "DOUBLE")
    return exp.paren(
        exp.Div(this=exp.Round(this=exp.Mul(this=exp.paren(node.this), expression=scale)), expression=scale)
    )


def _best(node: exp.ArgMax | exp.ArgMin) -> exp.Expression:
    """DuckDB passes over a NULL that would be the answer, and puts it last in what is compared."""
    by = node.expression
    if isinstance(by, exp.Tuple):
        by = _call("struct", *(part for each in by.expressions for part in (_is_null(each), each.copy())))
    return type(node)(this=node.this, expression=exp.case().when(exp.not_(_is_null(node.this)), by))


def _is_null(value: exp.Expression) -> exp.Expression:
    told = value.copy() if isinstance(value, exp.Column) else exp.paren(value)
    return exp.paren(exp.Is(this=told, expression=exp.Null()))


def _filtered(node: exp.Window) -> exp.Expression:
    """Spark filters no window: what is left out is NULL, which no aggregate counts."""
    if isinstance(node.this, exp.Filter):
        counted, condition = node.this.this, node.this.expression.this
        value = exp.Literal.number(1) if isinstance(counted.this, exp.Star) else counted.this
        counted.set("this", exp.case().when(condition, value.copy()))
        node.set("this", counted)
    return node


def _quantile(node: exp.PercentileCont) -> exp.Expression:
    """Spark's exact one; the other way to write it takes an order."""
    return _call("percentile", node.this, node.expression)


def _joined(node: exp.GroupConcat) -> exp.Expression:
    """Each text once, in their order. Spark's ``listagg`` fails beside another aggregate that is ``DISTINCT``."""
    order = node.this
    if not isinstance(order, exp.Order) or not isinstance(order.this, exp.Distinct):
        return node
    text, by = order.this.expressions[0], order.expressions[0]
    if len(order.expressions) > 1 or by.this != text or by.args.get("desc") or isinstance(node.parent, exp.Filter):
        raise _unknown(node)
    texts = _call("array_sort", _call("collect_set", text.copy()))
    joined = _call("array_join", texts, node.args["separator"].copy())
    return exp.case().when(exp.GT(this=exp.Count(this=text.copy()), expression=exp.Literal.number(0)), joined)


def _inlined(node: exp.CTE) -> exp.Expression:
    """Spark keeps what is asked for twice as it sees fit."""
    node.set("materialized", None)
    return node


def _limit(node: exp.Limit) -> exp.Expression:
    """Spark's limit is an INT."""
    if not isinstance(node.expression, exp.Literal):
        node.set("expression", exp.cast(node.expression, "INT"))
    return node


def _signed(node: exp.DataType) -> exp.Expression:
    return exp.DataType.build(_TYPES[node.this], dialect="spark") if node.this in _TYPES else node


def _all_replaced(node: exp.RegexpReplace) -> exp.Expression:
    """Spark replaces whatever matches."""
    modifiers = node.args.get("modifiers")
    if not modifiers or modifiers.name != "g":
        raise _unknown(node)
    return node


def _row_id(node: exp.Column) -> exp.Expression:
    if node.name != "rowid":
        return node
    known = [_ROW_IDS.get(table.name) for table in _asked(node) if node.table in {"", table.alias_or_name}]
    if not known or known[0] is None:
        raise _unknown(node)
    return exp.column(known[0], table=node.table or None)


def _asked(node: exp.Expression) -> Iterator[exp.Expression]:
    """What the query stands on that a node is part of."""
    select = node.find_ancestor(exp.Select)
    if select and (source := select.args.get("from_")):
        yield source.this
        yield from (join.this for join in select.args.get("joins") or ())


def _lowered(node: exp.Lower) -> exp.Expression:
    """DuckDB makes one letter of each, whatever stands beside it."""
    return exp.Lower(this=_call("translate", node.this, *map(exp.Literal.string, _LOWERED_ALONE)))


def _tried(node: exp.Try) -> exp.Expression:
    """Spark's ``url_decode`` takes a plus sign for a space, and refuses a per cent sign that escapes nothing."""
    if not isinstance(node.this, exp.Anonymous) or node.this.name.lower() != "url_decode":
        raise _unknown(node)
    return _call(PERCENT_DECODED, *node.this.expressions)


def _formatted(node: exp.Format) -> exp.Expression:
    """``format`` over ``{0}`` and the like, as ``format_string`` has it; ``{{`` and ``}}`` are braces."""
    text: exp.Expression = node.this.copy()
    for old, new in (("%", "%%"), ("{{", "\x01"), ("}}", "\x02")):
        text = _with(text, old, new)
    for number in range(len(node.expressions)):
        text = _with(text, f"{{{number}}}", f"%{number + 1}$s")
    for old, new in (("\x01", "{"), ("\x02", "}")):
        text = _with(text, old, new)
    return _call("format_string", text, *(each.copy() for each in node.expressions))


def _with(text: exp.Expression, old: str, new: str) -> exp.Expression:
    return _call("replace", text, exp.Literal.string(old), exp.Literal.string(new))


def _called(node: exp.Anonymous) -> exp.Expression:
    """A function that sqlglot has no name for."""
    match node.name.lower():
        case "printf":
            return _printed(node)
        case "count_star":
            return exp.Count(this=exp.Star(), big_int=True)
        case "row":
            return exp.Tuple(expressions=[each.copy() for each in node.expressions])
    return node


def _printed(node: exp.Anonymous) -> exp.Expression:
    """``printf`` in pieces, as Java's rounds otherwise than C's, and writes a NULL instead of being one."""
    text, *values = node.expressions
    pieces = list(_pieces(text.name, iter(values)))
    return exp.Concat(expressions=pieces, safe=True, coalesce=False)


def _pieces(text: str, values: Iterator[exp.Expression]) -> Iterator[exp.Expression]:
    done = 0
    for spelled in _SPELLED.finditer(text):
        if between := text[done : spelled.start()]:
            yield exp.Literal.string(between)
        yield exp.Literal.string("%") if spelled["kind"] == "%" else _piece(spelled, next(values))
        done = spelled.end()
    if "%" in text[done:]:
        raise QueryError(f"printf's {text!r} is not known to Spark")
    if done < len(text):
        yield exp.Literal.string(text[done:])


def _piece(spelled: re.Match[str], value: exp.Expression) -> exp.Expression:
    if spelled["kind"] == "f":
        places = exp.Literal.number(spelled["places"] or "6")
        return _call(FIXED_POINT, exp.cast(value.copy(), "DOUBLE"), places)
    written = exp.cast(value.copy(), "STRING", dialect="spark")
    if not spelled["width"]:
        return written
    width = _call("greatest", _call("length", written.copy()), exp.Literal.number(spelled["width"]))
    return _call("lpad", written, width, exp.Literal.string(spelled["flags"] or " "))


def _call(name: str, *arguments: exp.Expression) -> exp.Expression:
    """A function of Spark's, by the name that it has there."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def _unknown(node: exp.Expression) -> QueryError:
    return QueryError(f"{node.sql(dialect='duckdb')} is not known to mean the same in Spark")


REWRITES: dict[type[exp.Expression], Callable[[Any], exp.Expression]] = {
    exp.Anonymous: _called,
    exp.ArgMax: _best,
    exp.ArgMin: _best,
    exp.CTE: _inlined,
    exp.Column: _row_id,
    exp.DataType: _signed,
    exp.Format: _formatted,
    exp.GroupConcat: _joined,
    exp.Limit: _limit,
    exp.Literal: _number,
    exp.Lower: _lowered,
    exp.PercentileCont: _quantile,
    exp.RegexpReplace: _all_replaced,
    exp.Round: _rounded,
    exp.TimeToStr: _written_time,
    exp.TimestampTrunc: _truncated,
    exp.Try: _tried,
    exp.UnixToTime: _milliseconds,
    exp.Window: _filtered,
}
"""The rewrites in their order: ``row`` is made a tuple before a tuple is compared."""
