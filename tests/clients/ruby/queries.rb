#!/usr/bin/env ruby
# frozen_string_literal: true

# Athena from Ruby, by ruby-odbc. Usage: queries.rb 'DSN=AthenaLocal;...'
#
# Prints what it sees, a line each: a name and values between tabs, \N for NULL. The programs of
# the other languages print the same lines; tests/odbc/test_languages.py knows what they must be.
require 'digest'
require 'fiddle'
Fiddle.dlopen('libodbc.so.2') # Debian's ruby-odbc finds no driver manager of itself
require 'odbc' # text is UTF-8 either way, and odbc_utf8 garbles what is beyond U+FFFF

TEXT = "it's “ž🐎”, a \\ and a ?"

# ruby-odbc gives bytes.
def utf8(value)
  value.is_a?(String) ? value.dup.force_encoding('UTF-8') : value
end

def escaped(value)
  return '\N' if value.nil?
  return format('%s.%09d', value.to_s[0, 19], value.fraction) if value.is_a?(ODBC::TimeStamp)

  utf8(value.to_s).gsub(/[\\\t\n]/, '\\' => '\\\\', "\t" => '\t', "\n" => '\n')
end

def report(*values)
  puts values.map { |value| escaped(value) }.join("\t")
end

# What stands in a connection string goes into a driver object.
def connect(source)
  driver = ODBC::Driver.new
  driver.name = 'Athena'
  driver.attrs = source.split(';').to_h { |option| option.split('=', 2) }
  ODBC::Database.new.drvconnect(driver)
end

# The rows of a statement, which is dropped then.
def rows(statement)
  found = []
  statement.each_hash { |row| found << row }
  statement.drop
  found
end

def value(statement)
  row = statement.fetch
  statement.drop
  row && utf8(row[0])
end

# By position: ruby-odbc speaks ODBC 2, where TABLE_SCHEM is TABLE_OWNER.
def show_catalog(athena)
  rows(athena.tables).map(&:values).select { |row| row[1] == 'sample' }.each do |row|
    report('table', *row[1..3])
  end
  rows(athena.columns('zones')).each { |row| report('column', row['COLUMN_NAME'], row['TYPE_NAME']) }
end

def show_types(athena)
  rows(athena.run('SELECT * FROM all_types ORDER BY id')).each do |row|
    row.drop(1).each do |name, value|
      report('type', row['id'], name, value)
    end
  end
end

# What a query of one parameter gives.
def ask(athena, sql, parameter)
  value(athena.run(sql, parameter))
end

def show_parameters(athena)
  report('parameter', 'integer', ask(athena, 'SELECT ? + 1', 41))
  report('parameter', 'bigint', ask(athena, 'SELECT CAST(? AS bigint) + 1', '9223372036854775806'))
  report('parameter', 'double', ask(athena, 'SELECT ? * 2', 0.25))
  report('parameter', 'decimal', ask(athena, 'SELECT CAST(? AS decimal(20,2)) + 1', '12345678901234567.25'))
  report('parameter', 'text', ask(athena, 'SELECT ?', TEXT))
  report('parameter', 'empty', ask(athena, 'SELECT ?', ''))
  report('parameter', 'null', ask(athena, 'SELECT ?', nil))
  report('parameter', 'date', ask(athena, 'SELECT ?', ODBC::Date.new(2024, 2, 29)))
  time = ODBC::TimeStamp.new(2024, 2, 29, 12, 34, 56, 789_000_000)
  report('parameter', 'timestamp', ask(athena, 'SELECT ?', time))
  by_id = athena.prepare('SELECT name FROM zones WHERE id = ?')
  (1..3).each do |id|
    by_id.execute(id)
    report('again', id, by_id.fetch[0])
  end
  by_id.drop
end

def show_much(athena)
  long = value(athena.run("SELECT rpad('', 1048576, 'ž🐎x')"))
  report('long', long.length, Digest::MD5.hexdigest(long))
  count = sum = 0
  athena.run('SELECT trip_id FROM taxi_trips WHERE trip_id BETWEEN 1 AND 20000') do |trips|
    trips.each do |row|
      count += 1
      sum += row[0]
    end
  end
  report('many', count, sum)
end

def show_scrolling(athena)
  zones = athena.newstmt # a prepared statement's cursor is what it is
  zones.cursortype = ODBC::SQL_CURSOR_STATIC
  zones.run('SELECT id FROM zones ORDER BY id')
  last = zones.fetch_scroll(ODBC::SQL_FETCH_LAST)
  second = zones.fetch_scroll(ODBC::SQL_FETCH_ABSOLUTE, 2)
  first = zones.fetch_scroll(ODBC::SQL_FETCH_PRIOR)
  zones.drop
  report('scrolled', last[0], second[0], first[0])
end

def show_writing(athena)
  athena.do('DROP TABLE IF EXISTS from_ruby')
  athena.do("CREATE TABLE from_ruby AS SELECT 1 AS id, CAST('one' AS varchar) AS name")
  report('inserted', athena.do('INSERT INTO from_ruby VALUES (?, ?), (3, NULL)', 2, TEXT))
  rows(athena.run('SELECT id, name FROM from_ruby ORDER BY id')).each do |row|
    report('stored', row['id'], row['name'])
  end
  athena.do('DROP TABLE from_ruby')
end

def show_transaction(athena)
  athena.autocommit = false
  one = value(athena.run('SELECT 1'))
  athena.commit
  athena.autocommit = true
  report('committed', one)
end

# A query that takes too long is stopped, in Athena too.
def show_timeout(athena)
  query = athena.newstmt
  query.timeout = 1
  query.run('/* athena-local: run_ms=20000 */ SELECT 1')
rescue ODBC::Error => e
  report('stopped', e.message.split[0])
ensure
  query.drop
end

def show_errors(athena)
  ['SELECT * FROM no_such_table', 'SELEC 1', 'SELECT 1 / 0'].each do |sql|
    athena.run(sql).fetch_all
  rescue ODBC::Error => e
    state, message = e.message.split(' ', 2)
    report('error', state, message)
  end
  report('after errors', value(athena.run('SELECT 5')))
end

athena = connect(ARGV[0] || 'DSN=AthenaLocal')
show_catalog(athena)
show_types(athena)
show_parameters(athena)
show_much(athena)
show_scrolling(athena)
show_writing(athena)
show_transaction(athena)
show_timeout(athena)
show_errors(athena)
athena.disconnect
