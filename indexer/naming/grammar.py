"""Puts the SQL of the grammars together: one statement that decodes every key of a relation."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from indexer.naming.template import PLACEHOLDERS

if TYPE_CHECKING:
    from indexer.naming.layout import Layout
    from indexer.naming.template import Template

GRAMMAR_VERSION = 1
"""Goes up when a key can come to be read otherwise, so that an index made before is read again."""

# In ``auto``, names of the client SDK are told by the day folder they stand in, or by their upper-case sid.
_SERVICE_OF_AUTO = """CASE
    WHEN _sid <> lower(_sid) OR regexp_matches(key, '(^|/)[0-9]{8}/[^/]*$') THEN 'screenshot-upload'
    ELSE 'cloud-recording'
END"""


def decode_sql(layout: Layout, relation: str) -> str:
    """SQL that gives every row of ``relation`` with the fields of its ``key``.

    ``relation`` is a name of ours, never one of a user's. Its other columns pass through; none may begin with ``_`` or
    be called like a field. The columns ``prefix``, ``form`` and ``domain`` are what ``render`` needs besides.
    """
    if layout.name == "template":
        return _template_sql(layout.templates, relation)
    names = names_sql(layout, "(SELECT DISTINCT _front, _digits, _back FROM cut)")
    return _fill(_sql("by_session"), cut=cut_sql(layout, relation), names=names)


def cut_sql(layout: Layout, relation: str) -> str:
    """SQL that gives every row of ``relation`` with its ``key`` cut in pieces.

    A key is ``_front``, the ``_digits`` digits that write the instant ``_moment``, and ``_back``. Where a key does not
    end with a time it is all head, and has 0 digits. A template's keys are never cut.
    """
    if layout.name == "template":
        pieces = "NULL::TIMESTAMP AS _moment, 0::UTINYINT AS _digits, key AS _front, '' AS _back"
        return f"SELECT *, {pieces} FROM {relation}"  # noqa: S608 - a name of ours
    return _fill(_sql("cut"), keys=relation)


def names_sql(layout: Layout, heads: str) -> str:
    """SQL that gives every row of ``heads`` (``_front``, ``_digits``, ``_back``) with the fields that its keys share.

    ``_timed`` tells whether the time that was cut off is ``captured_at``; elsewhere the fields are those of a key that
    ends with ``_stand_in``.
    """
    return _fill(_sql("names"), heads=heads, grammar=_grammar(layout))


def _grammar(layout: Layout) -> str:
    match layout.name:
        case "template":
            return _template_sql(layout.templates, "names")
        case "live-streaming":
            return _fill(_sql("live_streaming"), keys="names")
        case "auto":
            return _fill(
                _sql("auto"),
                rtc=_fill(_sql("rtc"), keys=_where("NOT _live"), service=_SERVICE_OF_AUTO),
                live_streaming=_fill(_sql("live_streaming"), keys=_where("_live")),
                keys="names",
            )
        case _:
            return _fill(_sql("rtc"), keys="names", service=f"'{layout.name}'")


def _where(condition: str) -> str:
    return f"(SELECT * EXCLUDE (_live) FROM tested WHERE {condition})"  # noqa: S608 - a condition of ours


def _template_sql(templates: tuple[Template, ...], relation: str) -> str:
    matches = ",\n    ".join(_match(number, template) for number, template in enumerate(templates))
    return _fill(_sql("template"), matches=matches, keys=relation)


def _match(number: int, template: Template) -> str:
    """A struct with a field for each placeholder of any template, or NULL where the key does not match this one."""
    regex = _quoted(template.regex)
    groups = ", ".join(_quoted(name) for name in template.names)
    found = f"regexp_extract(key, {regex}, [{groups}])"
    fields = ", ".join(
        f"{name} := " + (f"{found}.{name}" if name in template.names else "NULL::VARCHAR") for name in PLACEHOLDERS
    )
    return (
        f"CASE WHEN {found}.{template.names[0]} <> '' THEN "
        f"struct_pack({fields}, _nr := '{number}', _utc_offset_minutes := {template.utc_offset_minutes}) END"
    )


def _quoted(text: str) -> str:
    """A text of the configuration as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


@cache
def _sql(name: str) -> str:
    return resources.files("indexer.naming").joinpath(f"{name}.sql").read_text("utf-8")


def _fill(sql: str, **parts: str) -> str:
    for name, part in parts.items():
        sql = sql.replace("{" + name + "}", part)
    return sql
