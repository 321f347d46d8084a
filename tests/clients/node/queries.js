#!/usr/bin/env node
// Athena from Node, by the package odbc. Usage: queries.js 'DSN=AthenaLocal;...'
//
// Prints what it sees, a line each: a name and values between tabs, \N for NULL. The programs of
// the other languages print the same lines; tests/odbc/test_languages.py knows what they must be.
'use strict';

const crypto = require('crypto');
const odbc = require('odbc');

const text = "it's “ž🐎”, a \\ and a ?";

function escaped(value) {
  if (value === null || value === undefined) return '\\N';
  if (value instanceof ArrayBuffer) return Buffer.from(value).toString('hex');
  const names = { '\\': '\\\\', '\t': '\\t', '\n': '\\n' };
  return String(value).replace(/[\\\t\n]/g, (c) => names[c]);
}

function report(...values) {
  console.log(values.map(escaped).join('\t'));
}

async function showCatalog(athena) {
  for (const row of await athena.tables(null, 'sample', null, null)) {
    report('table', row.TABLE_SCHEM, row.TABLE_NAME, row.TABLE_TYPE);
  }
  for (const row of await athena.columns(null, 'sample', 'zones', null)) {
    report('column', row.COLUMN_NAME, row.TYPE_NAME);
  }
}

// The package reads a real into nine characters, where -3.4028235E38 has thirteen, and a decimal
// into one too few, silently.
function readable({ COLUMN_NAME: name, TYPE_NAME: type }) {
  if (type === 'real') return `CAST(${name} AS double) AS ${name}`;
  if (type === 'decimal') return `CAST(${name} AS varchar) AS ${name}`;
  return name;
}

async function showTypes(athena) {
  const columns = await athena.columns(null, 'sample', 'all_types', null);
  const list = columns.map(readable).join(', ');
  for (const row of await athena.query(`SELECT ${list} FROM all_types ORDER BY id`)) {
    for (const [name, value] of Object.entries(row).slice(1)) {
      report('type', row.id, name, value);
    }
  }
}

// What a query of one parameter gives.
async function ask(athena, sql, value) {
  const [row] = await athena.query(sql, [value]);
  return Object.values(row)[0];
}

async function showParameters(athena) {
  report('parameter', 'integer', await ask(athena, 'SELECT ? + 1', 41));
  report('parameter', 'bigint', await ask(athena, 'SELECT ? + 1', 9223372036854775806n));
  report('parameter', 'double', await ask(athena, 'SELECT ? * 2', 0.25));
  report('parameter', 'decimal', await ask(athena,
    'SELECT CAST(CAST(? AS decimal(20,2)) + 1 AS varchar)', '12345678901234567.25'));
  report('parameter', 'text', await ask(athena, 'SELECT ?', text));
  report('parameter', 'empty', await ask(athena, 'SELECT ?', ''));
  report('parameter', 'null', await ask(athena, 'SELECT ?', null));
  report('parameter', 'date', await ask(athena, 'SELECT CAST(? AS date)', '2024-02-29'));
  report('parameter', 'timestamp', await ask(athena, 'SELECT CAST(? AS timestamp)', '2024-02-29 12:34:56.789'));
  const byId = await athena.createStatement();
  await byId.prepare('SELECT name FROM zones WHERE id = ?');
  for (const id of [1, 2, 3]) {
    await byId.bind([id]);
    report('again', id, (await byId.execute())[0].name);
  }
  await byId.close();
}

async function showMuch(athena) {
  const [{ long }] = await athena.query("SELECT rpad('', 1048576, 'ž🐎x') AS long");
  report('long', [...long].length, crypto.createHash('md5').update(long).digest('hex'));
  let rows = 0;
  let sum = 0;
  const cursor = await athena.query('SELECT trip_id FROM taxi_trips WHERE trip_id BETWEEN 1 AND 20000',
    { cursor: true, fetchSize: 1000 });
  for (let some = await cursor.fetch(); !cursor.noData; some = await cursor.fetch()) {
    rows += some.length;
    for (const row of some) sum += Number(row.trip_id);
  }
  await cursor.close();
  report('many', rows, sum);
}

async function showWriting(athena) {
  await athena.query('DROP TABLE IF EXISTS from_node');
  await athena.query("CREATE TABLE from_node AS SELECT 1 AS id, CAST('one' AS varchar) AS name");
  const insert = 'INSERT INTO from_node VALUES (CAST(? AS integer), ?), (3, NULL)';
  const inserted = await athena.query(insert, [2, text]); // every whole number goes as a bigint
  report('inserted', inserted.count);
  for (const row of await athena.query('SELECT id, name FROM from_node ORDER BY id')) {
    report('stored', row.id, row.name);
  }
  await athena.query('DROP TABLE from_node');
}

async function showTransaction(athena) {
  await athena.beginTransaction();
  const [{ one }] = await athena.query('SELECT 1 AS one');
  await athena.commit();
  report('committed', one);
}

// Node waits for each query on a thread of its own, four at a time unless told otherwise.
async function showTogether(source) {
  const pool = await odbc.pool({ connectionString: source, initialSize: 4, maxSize: 4 });
  const numbers = [...Array(12).keys()];
  const answers = await Promise.all(numbers.map((n) => pool.query(`SELECT ${n} AS n`)));
  await pool.close();
  report('together', answers.length, answers.reduce((sum, [{ n }]) => sum + n, 0));
}

// A query that takes too long is stopped, in Athena too.
async function showTimeout(athena) {
  try {
    await athena.query('/* athena-local: run_ms=20000 */ SELECT 1', { timeout: 1 });
  } catch (error) {
    report('stopped', error.odbcErrors[0].state);
  }
}

async function showErrors(athena) {
  for (const sql of ['SELECT * FROM no_such_table', 'SELEC 1', 'SELECT 1 / 0']) {
    try {
      await athena.query(sql);
    } catch (error) {
      report('error', error.odbcErrors[0].state, error.odbcErrors[0].message);
    }
  }
  report('after errors', (await athena.query('SELECT 5 AS five'))[0].five);
}

async function main() {
  const source = process.argv[2] || 'DSN=AthenaLocal';
  const athena = await odbc.connect(source);
  await showCatalog(athena);
  await showTypes(athena);
  await showParameters(athena);
  await showMuch(athena);
  await showWriting(athena);
  await showTransaction(athena);
  await showTogether(source);
  await showTimeout(athena);
  await showErrors(athena);
  await athena.close();
}

main().catch((error) => {
  console.error(error.odbcErrors || error);
  process.exit(1);
});
