"""SQL expressions that write a value as Athena's text: what stands in the CSV and in VarCharValue.

The text is made by DuckDB, column by column, so that millions of rows cost no Python.
"""

from __future__ import annotations

from .types import Type, quote

# Java's Double.toString: plain between 1e-3 and 1e7, else d.dddE<n>. DuckDB's own text has the same
# shortest digits, so only their arrangement changes. Overloads: a FLOAT must not become a DOUBLE.
_JAVA_NUMBER = """
CREATE OR REPLACE MACRO {name}(x {type}) AS CASE
    WHEN x = 0 OR (abs(x) >= 0.001 AND abs(x) < 1e7) THEN CAST(x AS VARCHAR)
    WHEN isnan(x) THEN 'NaN'
    WHEN isinf(x) THEN CASE WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END
    ELSE (CASE WHEN x < 0 THEN '-' ELSE '' END)
        || local_java_exponent(CAST(abs(x) AS VARCHAR)) END
"""
MACROS = [
    # '1e-05' -> '1.0E-5'; '1.5e+20' -> '1.5E20'; '0.00012' -> '1.2E-4'; '12345678.5' ->
    # '1.23456785E7'
    "CREATE OR REPLACE MACRO local_mantissa(digits) AS digits[1] || '.' || "
    "CASE WHEN length(digits) > 1 THEN digits[2:] ELSE '0' END",
    "CREATE OR REPLACE MACRO local_java_exponent(t) AS CASE "
    "WHEN contains(t, 'e') THEN (CASE WHEN contains(t, '.') THEN split_part(t, 'e', 1) "
    "  ELSE split_part(t, 'e', 1) || '.0' END) || 'E' "
    "  || CAST(CAST(split_part(t, 'e', 2) AS INTEGER) AS VARCHAR) "
    "WHEN starts_with(t, '0.') THEN local_mantissa(ltrim(split_part(t, '.', 2), '0')) || 'E-' || "
    "  CAST(length(split_part(t, '.', 2)) - length(ltrim(split_part(t, '.', 2), '0')) + 1 "
    "    AS VARCHAR) "
    "ELSE local_mantissa(rtrim(replace(t, '.', ''), '0')) || 'E' || "
    "  CAST(length(split_part(t, '.', 1)) - 1 AS VARCHAR) END",
    _JAVA_NUMBER.format(name="local_double_text", type="DOUBLE"),
    _JAVA_NUMBER.format(name="local_real_text", type="FLOAT"),
    "CREATE OR REPLACE MACRO local_hex_text(b) AS "
    "rtrim(regexp_replace(lower(hex(b)), '(..)', '\\1 ', 'g'))",
    "CREATE OR REPLACE MACRO local_time_text(t) AS "
    "strftime(DATE '2000-01-01' + t, '%H:%M:%S.%g')",
    # of a time with nine digits of a second; Trino goes to twelve
    "CREATE OR REPLACE MACRO local_digits_text(t, digits) AS CASE WHEN digits = 0 THEN t[:-11] "
    "WHEN digits <= 9 THEN t[:digits - 10] ELSE t || repeat('0', digits - 9) END",
    # ISO 8601's year 0 is DuckDB's '0001-01-01 (BC)'
    "CREATE OR REPLACE MACRO local_date_text(d) AS CASE WHEN d < DATE '0001-01-01' THEN "
    "printf('%s%04d-%02d-%02d', CASE WHEN year(d) < 0 THEN '-' ELSE '' END, abs(year(d)), "
    "month(d), day(d)) ELSE CAST(d AS VARCHAR) END",
    "CREATE OR REPLACE MACRO local_offset_text(o) AS "
    "CASE WHEN length(o) = 3 THEN o || ':00' ELSE o END",
    "CREATE OR REPLACE MACRO local_timetz_text(t) AS local_time_text(CAST(t AS TIME)) || "
    "local_offset_text(regexp_extract(CAST(t AS VARCHAR), '[+-][0-9:]+$'))",
    "CREATE OR REPLACE MACRO local_months(i) AS "
    "CAST(datepart('year', i) * 12 + datepart('month', i) AS BIGINT)",
    "CREATE OR REPLACE MACRO local_months_text(i) AS "
    "(CASE WHEN local_months(i) < 0 THEN '-' ELSE '' END) || (abs(local_months(i)) // 12) || '-' "
    "|| (abs(local_months(i)) % 12)",
    "CREATE OR REPLACE MACRO local_interval_ms(i) AS CAST(datepart('day', i) AS BIGINT) * 86400000 "
    "+ CAST(datepart('hour', i) AS BIGINT) * 3600000 "
    "+ CAST(datepart('minute', i) AS BIGINT) * 60000 "
    "+ CAST(datepart('millisecond', i) AS BIGINT)",
    "CREATE OR REPLACE MACRO local_ms_text(m) AS (CASE WHEN m < 0 THEN '-' ELSE '' END) "
    "|| printf('%d %02d:%02d:%02d.%03d', abs(m) // 86400000, abs(m) // 3600000 % 24, "
    "abs(m) // 60000 % 60, abs(m) // 1000 % 60, abs(m) % 1000)",
    "CREATE OR REPLACE MACRO local_fraction_text(d) AS "
    "CASE WHEN starts_with(d, '.') THEN '0' || d WHEN starts_with(d, '-.') THEN '-0' || d[2:] "
    "ELSE d END",
]


def text_sql(expr: str, kind: Type, carrier: str, depth: int = 0) -> str:
    """An expression of type VARCHAR, NULL for NULL, for a value of the given type that DuckDB
    holds as ``carrier`` (its own type name)."""
    if kind.fields:
        return _nested(expr, kind, depth)
    if carrier == "VARCHAR":
        return expr
    return _SCALARS.get(kind.name, _plain)(expr, kind)


def _plain(expr: str, kind: Type) -> str:
    return f"CAST({expr} AS VARCHAR)"


def _timestamp(expr: str, kind: Type) -> str:
    return _seconds(expr, "%Y-%m-%d %H:%M:%S", kind.precision)


def _time(expr: str, kind: Type) -> str:
    return _seconds(f"DATE '2000-01-01' + {expr}", "%H:%M:%S", kind.precision)


_FRACTIONS = {3: ".%g", 6: ".%f", 9: ".%n"}


def _seconds(expr: str, form: str, digits: int) -> str:
    if digits in _FRACTIONS:
        return f"strftime({expr}, '{form}{_FRACTIONS[digits]}')"
    return f"local_digits_text(strftime({expr}, '{form}.%n'), {digits})"


def _decimal(expr: str, kind: Type) -> str:
    text = f"CAST({expr} AS VARCHAR)"
    return f"local_fraction_text({text})" if kind.precision == kind.scale else text


_SCALARS = {
    "double": lambda e, t: f"local_double_text({e})",
    "real": lambda e, t: f"local_real_text({e})",
    "decimal": _decimal,
    "date": lambda e, t: f"local_date_text({e})",
    "varbinary": lambda e, t: f"local_hex_text({e})",
    "time": _time,
    "time with time zone": lambda e, t: f"local_timetz_text({e})",
    "timestamp": _timestamp,
    "timestamp with time zone": lambda e, t: f"strftime({e}, '%Y-%m-%d %H:%M:%S.%g UTC')",
    "interval year to month": lambda e, t: f"local_months_text({e})",
    "interval day to second": lambda e, t: f"local_ms_text(local_interval_ms({e}))",
}


def _nested(expr: str, kind: Type, depth: int) -> str:
    """Arrays [a, b], maps {k=v}, rows {a=1, b=2}: no quotes, NULL inside is the word null."""
    x = f"x{depth}"

    def inside(e: str, t: Type) -> str:
        return f"coalesce({text_sql(e, t, t.duckdb(), depth + 1)}, 'null')"

    if kind.name == "array":
        parts = f"list_transform({expr}, LAMBDA {x} : {inside(x, kind.fields[0][1])})"
        return f"('[' || array_to_string({parts}, ', ') || ']')"
    if kind.name == "map":
        key, value = kind.fields[0][1], kind.fields[1][1]
        pair = f"{inside(x + '.key', key)} || '=' || {inside(x + '.value', value)}"
        parts = f"list_transform(map_entries({expr}), LAMBDA {x} : {pair})"
        return f"('{{' || array_to_string({parts}, ', ') || '}}')"
    parts = []
    for at, (name, field) in enumerate(kind.fields):
        value = f"({expr}).{quote(name)}" if name else f"struct_extract_at({expr}, {at + 1})"
        label = (name or f"field{at}").replace("'", "''")
        parts.append(f"'{label}=' || {inside(value, field)}")
    body = " || ', ' || ".join(parts) or "''"
    return f"CASE WHEN {expr} IS NULL THEN NULL ELSE '{{' || {body} || '}}' END"
