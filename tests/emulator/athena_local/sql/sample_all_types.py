"""sample.all_types: a view over literals with a column of every type that a query can return.

A view, because time, json, uuid, intervals and zones cannot be stored in a Hive table. Rows:
1 ordinary values, 2 the smallest, 3 the largest, 4 NULLs, 5 empty and zero, 6 emoji and marks that
CSV readers trip over.
"""

from __future__ import annotations

# column, type, then the value of each row (None: NULL)
COLUMNS: list[tuple[str, str, list[str | None]]] = [
    ("id", "integer", ["1", "2", "3", "4", "5", "6"]),
    ("c_boolean", "boolean", ["true", "false", "true", None, "false", "true"]),
    ("c_tinyint", "tinyint", ["1", "-128", "127", None, "0", "42"]),
    ("c_smallint", "smallint", ["1", "-32768", "32767", None, "0", "42"]),
    ("c_integer", "integer", ["1", "-2147483648", "2147483647", None, "0", "42"]),
    ("c_bigint", "bigint", ["1", "-9223372036854775808", "9223372036854775807", None, "0", "42"]),
    ("c_real", "real", ["0.5", "'-3.4028235E38'", "'3.4028235E38'", None, "0", "1e10"]),
    ("c_double", "double", ["0.25", "'-1.7976931348623157E308'", "'1.7976931348623157E308'", None,
                            "0", "1e-5"]),
    ("c_double_special", "double", ["1e7", "-infinity()", "infinity()", None, "0.001", "nan()"]),
    ("c_decimal", "decimal(10,2)", ["12.30", "-99999999.99", "99999999.99", None, "0", "0.01"]),
    ("c_decimal_wide", "decimal(38,10)", [
        "1.5", "'-9999999999999999999999999999.9999999999'",
        "'9999999999999999999999999999.9999999999'", None, "0", "'0.0000000001'"]),
    ("c_decimal_fraction", "decimal(4,4)", ["0.1", "-0.9999", "0.9999", None, "0", "0.0001"]),
    ("c_char", "char(5)", ["'abc'", "''", "'zzzzz'", None, "''", "'né 😀'"]),
    ("c_varchar_n", "varchar(20)", ["'hello'", "'!'", "'zzzzzzzzzzzzzzzzzzzz'", None, "''",
                                    "'naïve 😀 日本語'"]),
    ("c_varchar", "varchar", ["'hello, world'", "' '", "rpad('z', 1000, 'z')", None, "''",
                              "'\"quoted\", it''s 😀' || chr(13) || chr(10) || 'line two' || "
                              "chr(9) || 'tab \\ null'"]),
    ("c_varbinary", "varbinary", ["X'313233'", "X'00'", "X'ffffffffffffffff'", None, "X''",
                                  "X'f09f9880'"]),
    ("c_date", "date", ["'2017-01-02'", "'0001-01-01'", "'9999-12-31'", None, "'1970-01-01'",
                        "'2024-02-29'"]),
    ("c_time", "time(3)", ["'10:11:12.345'", "'00:00:00.000'", "'23:59:59.999'", None,
                           "'00:00:00.000'", "'12:00:00.001'"]),
    ("c_time_tz", "time(3) with time zone", [
        "TIME '01:02:03.456 -08:00'", "TIME '00:00:00.000 +14:00'",
        "TIME '23:59:59.999 -12:00'", None, "TIME '00:00:00.000 +00:00'",
        "TIME '12:00:00.001 +05:30'"]),
    ("c_timestamp", "timestamp(3)", [
        "'2017-01-01 00:00:00.000'", "'0001-01-01 00:00:00.000'", "'9999-12-31 23:59:59.999'",
        None, "'1970-01-01 00:00:00.000'", "'2024-02-29 12:34:56.789'"]),
    ("c_timestamp6", "timestamp(6)", [
        "'2023-04-11 20:58:43.130000'", "'0001-01-01 00:00:00.000001'",
        "'9999-12-31 23:59:59.999999'", None, "'1970-01-01 00:00:00.000000'",
        "'2024-02-29 12:34:56.789012'"]),
    ("c_timestamp_tz", "timestamp(3) with time zone", [
        "TIMESTAMP '2001-08-22 03:04:05.321 America/Los_Angeles'",
        "TIMESTAMP '0001-01-01 00:00:00.000 UTC'", "TIMESTAMP '9999-12-31 23:59:59.999 UTC'", None,
        "TIMESTAMP '1970-01-01 00:00:00.000 UTC'", "TIMESTAMP '2024-02-29 12:34:56.789 +08:35'"]),
    ("c_interval_ym", "interval year to month", [
        "INTERVAL '3' MONTH", "INTERVAL '-14' MONTH", "INTERVAL '178956970-7' YEAR TO MONTH", None,
        "INTERVAL '0' MONTH", "INTERVAL '1-2' YEAR TO MONTH"]),
    ("c_interval_ds", "interval day to second", [
        "INTERVAL '2' DAY", "INTERVAL '-1' SECOND", "INTERVAL '99999' DAY", None,
        "INTERVAL '0' SECOND", "INTERVAL '1 02:03:04.567' DAY TO SECOND"]),
    ("c_json", "json", ["JSON '[1,2]'", "JSON 'null'", "JSON '{\"1\":2,\"3\":4}'", None,
                        "JSON '\"\"'", "JSON '\"Hello Athena 😀\"'"]),
    ("c_uuid", "uuid", [
        "'12151fd2-7586-11e9-8f9e-2a86e4085a59'", "'00000000-0000-0000-0000-000000000000'",
        "'ffffffff-ffff-ffff-ffff-ffffffffffff'", None, "'00000000-0000-0000-0000-000000000000'",
        "'6b5f5b65-67e4-43b0-8ee3-586cd49f58a1'"]),
    ("c_ipaddress", "ipaddress", [
        "'10.0.0.1'", "'0.0.0.0'", "'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'", None, "'::'",
        "'2001:db8::1'"]),
    ("c_array", "array(integer)", ["ARRAY[1, 2]", "ARRAY[-2147483648]", "ARRAY[2147483647, NULL]",
                                   None, "ARRAY[]", "ARRAY[NULL]"]),
    ("c_map", "map(varchar, integer)", [
        "MAP(ARRAY['1', '3'], ARRAY[2, 4])", "MAP(ARRAY['a'], ARRAY[-1])",
        "MAP(ARRAY['k v'], ARRAY[2147483647])", None, "MAP(ARRAY[], ARRAY[])",
        "MAP(ARRAY['😀'], ARRAY[NULL])"]),
    ("c_row", "row(a integer, b varchar)", [
        "ROW(1, 'two')", "ROW(-1, '')", "ROW(2147483647, 'z')", None, "ROW(0, '')",
        "ROW(NULL, 'x=1, 😀')"]),
    ("c_nested", "array(row(name varchar, tags map(varchar, array(double))))", [
        "ARRAY[ROW('n', MAP(ARRAY['t'], ARRAY[ARRAY[1.5, 2e10]]))]", "ARRAY[]",
        "ARRAY[ROW('a', NULL), ROW('b', MAP(ARRAY['x', 'y'], ARRAY[ARRAY[1], ARRAY[]]))]", None,
        "ARRAY[ROW('', MAP(ARRAY[], ARRAY[]))]", "ARRAY[ROW(NULL, NULL), NULL]"]),
]
_LITERALS = {"time(3) with time zone", "timestamp(3) with time zone", "interval year to month",
             "interval day to second", "json"}


def view_sql() -> str:
    """The view's query in Trino's dialect."""
    rows = []
    for at in range(len(COLUMNS[0][2])):
        cells = []
        for name, kind, values in COLUMNS:
            value = values[at]
            if value is None or kind not in _LITERALS:
                value = f"CAST({value or 'NULL'} AS {kind})"
            cells.append(f"{value} AS {name}")
        rows.append("SELECT " + ", ".join(cells))
    return "\nUNION ALL ".join(rows)
