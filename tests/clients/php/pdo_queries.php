<?php
// Athena from PHP, by PDO_ODBC. Usage: pdo_queries.php 'DSN=AthenaLocal;...'
//
// Prints what it sees, a line each: a name and values between tabs, \N for NULL. The programs of
// the other languages print the same lines; tests/odbc/test_languages.py knows what they must be.
//
// PDO has no call for catalogs; the columns and tables come from information_schema here, and by
// SQLTables and SQLColumns in odbc_queries.php.
declare(strict_types=1);

require __DIR__ . '/report.php';

const TEXT = "it's “ž🐎”, a \\ and a ?";

$athena = new PDO('odbc:' . ($argv[1] ?? 'DSN=AthenaLocal'));
$athena->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);

function show_catalog(PDO $athena): void
{
    $tables = $athena->prepare('SELECT table_schema, table_name, table_type
        FROM information_schema.tables WHERE table_schema = ? ORDER BY table_name');
    $tables->execute(['sample']);
    foreach ($tables as [$schema, $name, $type]) {
        report('table', $schema, $name, $type);
    }
    $columns = $athena->prepare('SELECT column_name, data_type FROM information_schema.columns
        WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position');
    $columns->execute(['sample', 'zones']);
    foreach ($columns as [$name, $type]) {
        report('column', $name, $type);
    }
}

function show_types(PDO $athena): void
{
    foreach ($athena->query('SELECT * FROM all_types ORDER BY id', PDO::FETCH_ASSOC) as $row) {
        foreach (array_slice($row, 1) as $name => $value) {
            report('type', $row['id'], $name, $value); // PDO asks for bytes as text: hex digits
        }
    }
}

// What a query of one parameter gives. PDO knows integers, NULL, booleans and text.
function ask(PDO $athena, string $sql, mixed $value, int $type = PDO::PARAM_STR): mixed
{
    $query = $athena->prepare($sql);
    $query->bindValue(1, $value, $type);
    $query->execute();
    return $query->fetchColumn();
}

function show_parameters(PDO $athena): void
{
    report('parameter', 'integer', ask($athena, 'SELECT CAST(? AS integer) + 1', 41, PDO::PARAM_INT));
    report('parameter', 'bigint', ask($athena, 'SELECT CAST(? AS bigint) + 1', '9223372036854775806'));
    report('parameter', 'double', ask($athena, 'SELECT CAST(? AS double) * 2', '0.25'));
    report('parameter', 'decimal', ask($athena, 'SELECT CAST(? AS decimal(20,2)) + 1', '12345678901234567.25'));
    report('parameter', 'text', ask($athena, 'SELECT ?', TEXT));
    report('parameter', 'empty', ask($athena, 'SELECT ?', ''));
    report('parameter', 'null', ask($athena, 'SELECT ?', null, PDO::PARAM_NULL));
    report('parameter', 'date', ask($athena, 'SELECT CAST(? AS date)', '2024-02-29'));
    report('parameter', 'timestamp', ask($athena, 'SELECT CAST(? AS timestamp)', '2024-02-29 12:34:56.789'));
    $query = $athena->prepare('SELECT name FROM zones WHERE id = CAST(? AS integer)');
    foreach ([1, 2, 3] as $id) {
        $query->execute([$id]);
        report('again', $id, $query->fetchColumn());
    }
}

function show_much(PDO $athena): void
{
    $long = $athena->query("SELECT rpad('', 1048576, 'ž🐎x')")->fetchColumn();
    report('long', characters($long), md5($long));
    $rows = $sum = 0;
    foreach ($athena->query('SELECT trip_id FROM taxi_trips WHERE trip_id BETWEEN 1 AND 20000') as [$id]) {
        $rows++;
        $sum += $id;
    }
    report('many', $rows, $sum);
}

function show_scrolling(PDO $athena): void
{
    $query = $athena->prepare('SELECT id FROM zones ORDER BY id', [PDO::ATTR_CURSOR => PDO::CURSOR_SCROLL]);
    $query->execute();
    $last = $query->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_LAST);
    $second = $query->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_ABS, 2);
    $first = $query->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_PRIOR);
    report('scrolled', $last[0], $second[0], $first[0]);
}

function show_writing(PDO $athena): void
{
    $athena->exec('DROP TABLE IF EXISTS from_pdo');
    $athena->exec("CREATE TABLE from_pdo AS SELECT 1 AS id, CAST('one' AS varchar) AS name");
    $insert = $athena->prepare('INSERT INTO from_pdo VALUES (CAST(? AS integer), ?), (3, NULL)');
    $insert->execute([2, TEXT]);
    report('inserted', $insert->rowCount());
    foreach ($athena->query('SELECT id, name FROM from_pdo ORDER BY id') as [$id, $name]) {
        report('stored', $id, $name);
    }
    $athena->exec('DROP TABLE from_pdo');
}

function show_transaction(PDO $athena): void
{
    $athena->beginTransaction();
    $one = $athena->query('SELECT 1')->fetchColumn();
    $athena->commit();
    report('committed', $one);
}

function show_errors(PDO $athena): void
{
    foreach (['SELECT * FROM no_such_table', 'SELEC 1', 'SELECT 1 / 0'] as $sql) {
        try {
            $athena->query($sql)->fetchAll();
        } catch (PDOException $e) {
            report('error', $e->getCode(), $e->getMessage());
        }
    }
    report('after errors', $athena->query('SELECT 5')->fetchColumn());
}

show_catalog($athena);
show_types($athena);
show_parameters($athena);
show_much($athena);
show_scrolling($athena);
show_writing($athena);
show_transaction($athena);
show_errors($athena);
