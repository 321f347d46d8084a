<?php
// Athena from PHP, by the functions odbc_*. Usage: odbc_queries.php 'DSN=AthenaLocal;...'
//
// Prints what it sees, a line each: a name and values between tabs, \N for NULL. The programs of
// the other languages print the same lines; tests/odbc/test_languages.py knows what they must be.
declare(strict_types=1);

require __DIR__ . '/report.php';

const TEXT = "it's “ž🐎”, a \\ and a ?";

ini_set('odbc.defaultlrl', (string)(8 << 20)); // the longest value that is read
$athena = odbc_connect($argv[1] ?? 'DSN=AthenaLocal', '', '') or exit(1);

function rows(mixed $result): Generator
{
    while ($row = odbc_fetch_array($result)) {
        yield $row;
    }
}

function value(mixed $result): mixed
{
    return odbc_fetch_row($result) ? odbc_result($result, 1) : null;
}

// By position: these functions speak ODBC 2, where TABLE_SCHEM is TABLE_OWNER.
function show_catalog(mixed $athena): void
{
    foreach (rows(odbc_tables($athena, null, 'sample', '%')) as $row) {
        report('table', ...array_slice(array_values($row), 1, 3));
    }
    foreach (rows(odbc_columns($athena, null, 'sample', 'zones', '%')) as $row) {
        report('column', $row['COLUMN_NAME'], $row['TYPE_NAME']);
    }
}

function show_types(mixed $athena): void
{
    foreach (rows(odbc_exec($athena, 'SELECT * FROM all_types ORDER BY id')) as $row) {
        foreach (array_slice($row, 1) as $name => $value) {
            if ($name === 'c_varbinary' && $value !== null) {
                $value = bin2hex($value);
            }
            report('type', $row['id'], $name, $value);
        }
    }
}

// What a query of one parameter gives. Every parameter goes as text.
function ask(mixed $athena, string $sql, mixed $value): mixed
{
    $query = odbc_prepare($athena, $sql);
    return odbc_execute($query, [$value]) ? value($query) : odbc_errormsg($athena);
}

function show_parameters(mixed $athena): void
{
    report('parameter', 'integer', ask($athena, 'SELECT CAST(? AS integer) + 1', 41));
    report('parameter', 'bigint', ask($athena, 'SELECT CAST(? AS bigint) + 1', '9223372036854775806'));
    report('parameter', 'double', ask($athena, 'SELECT CAST(? AS double) * 2', 0.25));
    report('parameter', 'decimal', ask($athena, 'SELECT CAST(? AS decimal(20,2)) + 1', '12345678901234567.25'));
    report('parameter', 'text', ask($athena, 'SELECT ?', TEXT));
    report('parameter', 'empty', ask($athena, 'SELECT ?', ''));
    report('parameter', 'null', ask($athena, 'SELECT ?', null));
    report('parameter', 'date', ask($athena, 'SELECT CAST(? AS date)', '2024-02-29'));
    report('parameter', 'timestamp', ask($athena, 'SELECT CAST(? AS timestamp)', '2024-02-29 12:34:56.789'));
    $query = odbc_prepare($athena, 'SELECT name FROM zones WHERE id = CAST(? AS integer)');
    foreach ([1, 2, 3] as $id) {
        odbc_execute($query, [$id]);
        report('again', $id, value($query));
    }
}

function show_much(mixed $athena): void
{
    $long = value(odbc_exec($athena, "SELECT rpad('', 1048576, 'ž🐎x')"));
    report('long', characters($long), md5($long));
    $rows = $sum = 0;
    $result = odbc_exec($athena, 'SELECT trip_id FROM taxi_trips WHERE trip_id BETWEEN 1 AND 20000');
    while (odbc_fetch_row($result)) {
        $rows++;
        $sum += odbc_result($result, 1);
    }
    report('many', $rows, $sum);
}

function show_scrolling(mixed $athena): void
{
    $result = odbc_exec($athena, 'SELECT id FROM zones ORDER BY id');
    $numbers = [];
    foreach ([20, 2, 1] as $row) {
        $numbers[] = odbc_fetch_row($result, $row) ? odbc_result($result, 'id') : null;
    }
    report('scrolled', ...$numbers);
}

function show_writing(mixed $athena): void
{
    odbc_exec($athena, 'DROP TABLE IF EXISTS from_php');
    odbc_exec($athena, "CREATE TABLE from_php AS SELECT 1 AS id, CAST('one' AS varchar) AS name");
    $insert = odbc_prepare($athena, 'INSERT INTO from_php VALUES (CAST(? AS integer), ?), (3, NULL)');
    odbc_execute($insert, [2, TEXT]);
    report('inserted', odbc_num_rows($insert));
    foreach (rows(odbc_exec($athena, 'SELECT id, name FROM from_php ORDER BY id')) as $row) {
        report('stored', $row['id'], $row['name']);
    }
    odbc_exec($athena, 'DROP TABLE from_php');
}

function show_transaction(mixed $athena): void
{
    odbc_autocommit($athena, false);
    $one = value(odbc_exec($athena, 'SELECT 1'));
    odbc_commit($athena) && odbc_autocommit($athena, true) && report('committed', $one);
}

function show_errors(mixed $athena): void
{
    foreach (['SELECT * FROM no_such_table', 'SELEC 1', 'SELECT 1 / 0'] as $sql) {
        if (!@odbc_exec($athena, $sql)) {
            report('error', odbc_error($athena), odbc_errormsg($athena));
        }
    }
    report('after errors', value(odbc_exec($athena, 'SELECT 5')));
}

show_catalog($athena);
show_types($athena);
show_parameters($athena);
show_much($athena);
show_scrolling($athena);
show_writing($athena);
show_transaction($athena);
show_errors($athena);
