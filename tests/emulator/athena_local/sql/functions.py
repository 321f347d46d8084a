"""Trino functions that DuckDB lacks or means differently, as DuckDB macros.

sql/translate.py calls the ones named local_*; the others are found under Trino's own name. A macro
is expanded into the query, so the branches of a CASE on typeof() cost nothing at run time.
"""

from __future__ import annotations

from . import text

# The type that Trino gives a/b: that of a+b for whole numbers, decimals and floats.
_SUM_TYPE = "CASE WHEN false THEN a + b END"

_MACROS = [  # each after those that it uses
    """local_typeof(x) AS CASE typeof(x)
        WHEN 'FLOAT' THEN 'real' WHEN 'BLOB' THEN 'varbinary' WHEN 'HUGEINT' THEN 'bigint'
        WHEN 'TIMESTAMP' THEN 'timestamp(3)' WHEN 'TIME' THEN 'time(3)'
        WHEN 'TIMESTAMP WITH TIME ZONE' THEN 'timestamp(3) with time zone'
        WHEN 'INTERVAL' THEN 'interval day to second' WHEN '"NULL"' THEN 'unknown'
        ELSE regexp_replace(regexp_replace(replace(replace(lower(typeof(x)), 'struct(', 'row('),
            'blob', 'varbinary'), '^(.*)\\[\\]$', 'array(\\1)'), '^tuple', 'row') END""",
    "local_no_cast(x, kind) AS error('TYPE_MISMATCH: line 1:8: Cannot cast ' || local_typeof(x) || "
    "' to ' || kind)",
    "local_interval_text(i) AS CASE WHEN local_months(i) <> 0 THEN local_months_text(i) "
    "ELSE local_ms_text(local_interval_ms(i)) END",
    f"""local_div(a, b) AS CASE
        WHEN typeof({_SUM_TYPE}) IN ('DOUBLE', 'FLOAT') THEN cast_to_type(a / b, {_SUM_TYPE})
        WHEN b = 0 THEN cast_to_type(1 // CAST(b AS INTEGER), {_SUM_TYPE})
        WHEN starts_with(typeof({_SUM_TYPE}), 'DECIMAL') THEN cast_to_type(a / b, {_SUM_TYPE})
        ELSE cast_to_type(trunc(a // b), {_SUM_TYPE}) END""",
    # median keeps decimals and turns whole numbers into doubles, as Trino's avg does
    """local_avg(x) AS cast_to_type(avg(x),
        CASE WHEN false THEN list_aggregate([any_value(x)], 'median') END)""",
    """local_varchar(x) AS CASE typeof(x)
        WHEN 'DOUBLE' THEN local_double_text(TRY_CAST(CAST(x AS VARCHAR) AS DOUBLE))
        WHEN 'FLOAT' THEN local_real_text(TRY_CAST(CAST(x AS VARCHAR) AS FLOAT))
        WHEN 'TIMESTAMP' THEN
            strftime(TRY_CAST(CAST(x AS VARCHAR) AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g')
        WHEN 'TIMESTAMP WITH TIME ZONE' THEN
            strftime(TRY_CAST(CAST(x AS VARCHAR) AS TIMESTAMPTZ), '%Y-%m-%d %H:%M:%S.%g UTC')
        WHEN 'TIME' THEN local_time_text(TRY_CAST(CAST(x AS VARCHAR) AS TIME))
        WHEN 'JSON' THEN json_extract_string(CAST(x AS VARCHAR), '$')
        WHEN 'BLOB' THEN local_no_cast(x, 'varchar')
        ELSE CAST(x AS VARCHAR) END""",
    """local_varbinary(x) AS CASE typeof(x)
        WHEN 'BLOB' THEN TRY_CAST(CAST(x AS VARCHAR) AS BLOB)
        WHEN 'VARCHAR' THEN encode(CAST(x AS VARCHAR))
        WHEN '"NULL"' THEN NULL
        WHEN 'UUID' THEN unhex(replace(CAST(x AS VARCHAR), '-', ''))
        ELSE CAST(local_no_cast(x, 'varbinary') AS BLOB) END""",
    """local_uuid(x) AS CASE typeof(x)
        WHEN 'BLOB' THEN TRY_CAST(lower(hex(TRY_CAST(CAST(x AS VARCHAR) AS BLOB))) AS UUID)
        ELSE CAST(CAST(x AS VARCHAR) AS UUID) END""",
    "local_varchar_n(x, n) AS left(local_varchar(x), n)",
    "local_char_text(x, n) AS rpad(left(x, n), n, ' ')",
    "local_char(x, n) AS local_char_text(local_varchar(x), n)",
    """local_plus(d DATE, i INTERVAL) AS CAST(d + i AS DATE), (d TIMESTAMP, i INTERVAL) AS d + i,
        (d TIMESTAMPTZ, i INTERVAL) AS d + i, (d, i) AS d + i""",
    """local_minus(d DATE, i INTERVAL) AS CAST(d - i AS DATE), (d TIMESTAMP, i INTERVAL) AS d - i,
        (d TIMESTAMPTZ, i INTERVAL) AS d - i, (d, i) AS d - i""",
    # dates apart give an interval, not a number
    """local_apart(a DATE, b DATE) AS to_days(CAST(a - b AS INTEGER)), (a, b) AS a - b""",
    """local_time(x TIMESTAMPTZ) AS CAST(CAST(x AS TIMESTAMP) AS TIME),
        (x TIMESTAMP) AS CAST(x AS TIME), (x TIME) AS x, (x VARCHAR) AS CAST(x AS TIME)""",
    # a time is one of today
    """local_moment(x TIME) AS CAST(now() AS DATE) + x, (x) AS x""",
    """local_trunc(u, d DATE) AS CAST(date_trunc(u, d) AS DATE),
        (u, d TIMESTAMP) AS date_trunc(u, d), (u, d TIMESTAMPTZ) AS date_trunc(u, d)""",
    "local_sha1(x) AS unhex(sha1(x))", "local_sha256(x) AS unhex(sha256(x))",
    "local_md5(x) AS unhex(md5(x))",
    # dates and times
    "from_iso8601_timestamp(s) AS CAST(s AS TIMESTAMPTZ)",
    "from_iso8601_date(s) AS CAST(s AS DATE)",
    "to_iso8601(x DATE) AS CAST(x AS VARCHAR), "
    "(x TIMESTAMP) AS strftime(x, '%Y-%m-%dT%H:%M:%S.%g'), "
    "(x TIMESTAMPTZ) AS strftime(x, '%Y-%m-%dT%H:%M:%S.%gZ')",
    "local_from_unixtime(x) AS to_timestamp(CAST(x AS DOUBLE))",
    "to_unixtime(x) AS epoch(x)",
    "with_timezone(t, zone) AS timezone(zone, CAST(t AS TIMESTAMP))",
    "at_timezone(t, zone) AS t",
    "current_timezone() AS 'UTC'",
    "last_day_of_month(d) AS last_day(d)",
    "day_of_month(d) AS day(d)", "day_of_week(d) AS isodow(d)", "dow(d) AS isodow(d)",
    "day_of_year(d) AS dayofyear(d)", "doy(d) AS dayofyear(d)", "week_of_year(d) AS week(d)",
    "year_of_week(d) AS isoyear(d)", "yow(d) AS isoyear(d)",
    "millisecond(t) AS CAST(datepart('millisecond', t) % 1000 AS BIGINT)",
    # text
    "codepoint(s) AS CAST(unicode(s) AS INTEGER)",
    "local_split_part(s, d, n) AS CASE WHEN n > len(string_split(s, d)) THEN NULL "
    "ELSE split_part(s, d, n) END",
    "split_to_map(s, entry, pair) AS map_from_entries(list_transform(string_split(s, entry), "
    "LAMBDA p : (split_part(p, pair, 1), split_part(p, pair, 2))))",
    "regexp_count(s, p) AS CAST(len(regexp_extract_all(s, p)) AS BIGINT)",
    "regexp_split(s, p) AS string_split_regex(s, p)",
    "normalize(s) AS nfc_normalize(s)",
    "levenshtein_distance(a, b) AS levenshtein(a, b)",
    "hamming_distance(a, b) AS hamming(a, b)",
    "url_extract_protocol(u) AS nullif(regexp_extract(u, '^([^:/?#]+):', 1), '')",
    "url_extract_host(u) AS "
    "nullif(regexp_extract(u, '^[^:/?#]+://(?:[^/?#@]*@)?([^:/?#]+)', 1), '')",
    "url_extract_port(u) AS "
    "TRY_CAST(regexp_extract(u, '^[^:/?#]+://[^/?#]*:([0-9]+)', 1) AS BIGINT)",
    "url_extract_path(u) AS regexp_extract(u, '^(?:[^:/?#]+:)?(?://[^/?#]*)?([^?#]*)', 1)",
    "url_extract_query(u) AS regexp_extract(u, '\\?([^#]*)', 1)",
    "url_extract_fragment(u) AS regexp_extract(u, '#(.*)$', 1)",
    "url_extract_parameter(u, name) AS "
    "nullif(regexp_extract(u, '[?&]' || name || '=([^&#]*)', 1), '')",
    "local_length(x BLOB) AS octet_length(x), (x) AS length(x)",
    # soundex: letters to digits, h and w silent, vowels part what is the same, the first letter
    # stays and its digit goes
    "local_soundex_digits(s) AS regexp_replace(regexp_replace(regexp_replace(regexp_replace("
    "regexp_replace(regexp_replace(translate(s, 'BFPVCGJKQSXZDTLMNRAEIOUY', "
    "'111122222222334556000000'), '1+', '1', 'g'), '2+', '2', 'g'), "
    "'3+', '3', 'g'), '4+', '4', 'g'), '5+', '5', 'g'), '6+', '6', 'g')",
    "local_soundex(s) AS CASE WHEN s = '' THEN '' ELSE rpad(left(upper(s), 1) || "
    "left(replace(local_soundex_digits(left(upper(s), 1) || "
    "regexp_replace(upper(s)[2:], '[HW]', '', 'g'))[2:], '0', ''), 3), 4, '0') END",
    # arrays and maps
    "cardinality(x) AS len(x)", "array_max(x) AS list_max(x)", "array_min(x) AS list_min(x)",
    "array_sum(x) AS list_sum(x)", "array_average(x) AS list_avg(x)",
    "array_remove(x, e) AS list_filter(x, LAMBDA v : v <> e)",
    "array_union(a, b) AS list_distinct(list_concat(a, b))",
    "array_except(a, b) AS list_distinct(list_filter(a, LAMBDA v : NOT list_contains(b, v)))",
    "arrays_overlap(a, b) AS list_has_any(a, b)",
    "array_sort(x) AS list_sort(x)",
    "array_distinct(x) AS list_distinct(x)",
    "map_agg(k, v) AS map(list(k), list(v))",
    "ngrams(x, n) AS list_transform(range(1, len(x) - n + 2), LAMBDA i : x[i:i + n - 1])",
    # numbers
    "truncate(x) AS trunc(x)", "local_mod(a, b) AS a % b", "nan() AS CAST('nan' AS DOUBLE)",
    "infinity() AS CAST('inf' AS DOUBLE)", "e() AS exp(1.0)",
    "is_nan(x) AS isnan(CAST(x AS DOUBLE))", "is_infinite(x) AS isinf(CAST(x AS DOUBLE))",
    "is_finite(x) AS isfinite(CAST(x AS DOUBLE))",
    "from_base(s, base) AS list_reduce(list_transform(string_split(lower(s), ''), LAMBDA c : "
    "CAST(instr('0123456789abcdefghijklmnopqrstuvwxyz', c) - 1 AS BIGINT)), "
    "LAMBDA a, d : a * base + d)",
    "width_bucket(x, low, high, n) AS CASE WHEN x < low THEN 0 WHEN x >= high THEN n + 1 "
    "ELSE CAST(floor((x - low) * n / (high - low)) + 1 AS BIGINT) END",
    "bitwise_and(a, b) AS a & b", "bitwise_or(a, b) AS a | b", "bitwise_xor(a, b) AS xor(a, b)",
    "bitwise_not(a) AS ~a", "bitwise_left_shift(a, b) AS a << b",
    "bitwise_right_shift(a, b) AS a >> b",
    # aggregates
    "arbitrary(x) AS any_value(x)", "geometric_mean(x) AS exp(avg(ln(x)))",
    "checksum(x) AS encode(CAST(bit_xor(hash(x)) AS VARCHAR))",
    # json
    "json_size(j, p) AS coalesce(json_array_length(j, p), len(json_keys(j, p)))",
    "json_array_get(j, i) AS json_extract(j, '$[' || i || ']')",
    "is_json_scalar(j) AS json_type(j) NOT IN ('ARRAY', 'OBJECT')",
    "json_array_contains(j, v) AS json_contains(j, CAST(to_json(v) AS VARCHAR))",
]


def install(connection) -> None:
    """Defines every macro in a DuckDB database."""
    for statement in text.MACROS:
        connection.execute(statement)
    for macro in _MACROS:
        connection.execute(f"CREATE OR REPLACE MACRO {macro}")
