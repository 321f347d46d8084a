#!/usr/bin/env perl
# Athena from Perl, by DBI and DBD::ODBC. Usage: queries.pl 'DSN=AthenaLocal;...'
#
# Prints what it sees, a line each: a name and values between tabs, \N for NULL. The programs of
# the other languages print the same lines; tests/odbc/test_languages.py knows what they must be.
use strict;
use warnings;
use utf8;
use DBI qw(:sql_types);
use Digest::MD5 qw(md5_hex);
use Encode qw(encode_utf8);

binmode STDOUT, ':encoding(UTF-8)';
my $source = shift // 'DSN=AthenaLocal';
my $text = "it's “ž🐎”, a \\ and a ?";

# LongReadLen: the room for values whose length is not known (StringColumnLength=0).
# odbc_utf8_on: what comes is UTF-8; what goes is encoded by hand, see u().
my $dbh = DBI->connect("dbi:ODBC:$source", undef, undef,
    { RaiseError => 1, PrintError => 0, LongReadLen => 8 << 20, odbc_utf8_on => 1 });

sub u { return encode_utf8(shift) }

sub escaped {
    my $value = shift;
    my %names = ("\\" => '\\\\', "\t" => '\t', "\n" => '\n');
    return defined $value ? $value =~ s/([\\\t\n])/$names{$1}/gr : '\N';
}

sub report { print join("\t", map { escaped($_) } @_), "\n" }

sub show_catalog {
    my $tables = $dbh->table_info(undef, 'sample', '%', undef);
    while (my $row = $tables->fetchrow_hashref) {
        report('table', @$row{qw(TABLE_SCHEM TABLE_NAME TABLE_TYPE)});
    }
    my $columns = $dbh->column_info(undef, 'sample', 'zones', '%');
    while (my $row = $columns->fetchrow_hashref) {
        report('column', @$row{qw(COLUMN_NAME TYPE_NAME)});
    }
}

sub show_types {
    my $query = $dbh->prepare('SELECT * FROM all_types ORDER BY id');
    $query->execute;
    my ($names, $types) = @$query{qw(NAME TYPE)};
    while (my @row = $query->fetchrow_array) {
        for my $i (1 .. $#row) {
            my $value = $row[$i];
            $value = unpack('H*', $value) if $types->[$i] == SQL_VARBINARY && defined $value;
            report('type', $row[0], $names->[$i], $value);
        }
    }
}

# What a query of one parameter gives. A value whose type is not said goes as text.
sub ask {
    my ($sql, $value, $type) = @_;
    my $query = $dbh->prepare($sql);
    $query->bind_param(1, $value, $type // SQL_VARCHAR);
    $query->execute;
    return ($query->fetchrow_array)[0];
}

sub show_parameters {
    report('parameter', 'integer', ask('SELECT ? + 1', 41, SQL_INTEGER));
    report('parameter', 'bigint', ask('SELECT ? + 1', '9223372036854775806', SQL_BIGINT));
    report('parameter', 'double', ask('SELECT ? * 2', 0.25, SQL_DOUBLE));
    report('parameter', 'decimal', ask('SELECT CAST(? AS decimal(20,2)) + 1', '12345678901234567.25'));
    report('parameter', 'text', ask('SELECT ?', u($text)));
    report('parameter', 'empty', ask('SELECT ?', ''));
    report('parameter', 'null', ask('SELECT ?', undef));
    report('parameter', 'date', ask('SELECT ?', '2024-02-29', SQL_TYPE_DATE));
    report('parameter', 'timestamp', ask('SELECT ?', '2024-02-29 12:34:56.789', SQL_TYPE_TIMESTAMP));
    my $query = $dbh->prepare('SELECT name FROM zones WHERE id = ?');
    for my $id (1 .. 3) {
        $query->bind_param(1, $id, SQL_INTEGER);
        $query->execute;
        report('again', $id, $query->fetchrow_array);
    }
}

sub show_much {
    my ($long) = $dbh->selectrow_array(u("SELECT rpad('', 1048576, 'ž🐎x')"));
    report('long', length $long, md5_hex(encode_utf8($long)));
    my ($rows, $sum) = (0, 0);
    my $query = $dbh->prepare('SELECT trip_id FROM taxi_trips WHERE trip_id BETWEEN 1 AND 20000');
    $query->execute;
    while (my ($id) = $query->fetchrow_array) { $rows++; $sum += $id }
    report('many', $rows, $sum);
}

sub show_writing {
    $dbh->do('DROP TABLE IF EXISTS from_perl');
    $dbh->do("CREATE TABLE from_perl AS SELECT 1 AS id, CAST('one' AS varchar) AS name");
    my $insert = $dbh->prepare('INSERT INTO from_perl VALUES (?, ?), (3, NULL)');
    $insert->bind_param(1, 2, SQL_INTEGER);
    $insert->bind_param(2, u($text));
    report('inserted', $insert->execute);
    report('stored', @$_) for @{ $dbh->selectall_arrayref('SELECT * FROM from_perl ORDER BY id') };
    $dbh->do('DROP TABLE from_perl');
}

sub show_transaction {
    local $dbh->{AutoCommit} = 0;
    my ($one) = $dbh->selectrow_array('SELECT 1');
    $dbh->commit;
    report('committed', $one);
}

# Parameter arrays: a thousand rows in a few INSERTs of many. Without odbc_array_operations each row
# is an INSERT of its own.
sub show_bulk {
    $dbh->do('DROP TABLE IF EXISTS bulk_perl');
    $dbh->do("CREATE TABLE bulk_perl AS SELECT 0 AS id, CAST('' AS varchar) AS name");
    my $insert = $dbh->prepare('INSERT INTO bulk_perl VALUES (?, ?)');
    @$insert{qw(odbc_array_operations odbc_batch_size)} = (1, 500);
    $insert->bind_param_array(1, [1 .. 1000], SQL_INTEGER);
    $insert->bind_param_array(2, [map { u("$_ $text") } 1 .. 1000]);
    $insert->execute_array({ ArrayTupleStatus => \my @statuses });
    report('bulk', $dbh->selectrow_array(u("SELECT count(*), sum(id),
        count_if(name LIKE '% it''s “ž🐎”%') FROM bulk_perl")));
    $dbh->do('DROP TABLE bulk_perl');
}

# A query that takes too long is stopped, in Athena too.
sub show_timeout {
    local $dbh->{odbc_query_timeout} = 1;
    eval { $dbh->selectall_arrayref('/* athena-local: run_ms=20000 */ SELECT 1') };
    report('stopped', $dbh->state);
}

sub show_errors {
    for my $sql ('SELECT * FROM no_such_table', 'SELEC 1', 'SELECT 1 / 0') {
        eval { $dbh->selectall_arrayref($sql) };
        report('error', $dbh->state, $dbh->errstr);
    }
    report('after errors', $dbh->selectrow_array('SELECT 5'));
}

show_catalog();
show_types();
show_parameters();
show_much();
show_writing();
show_transaction();
show_bulk();
show_timeout();
show_errors();
$dbh->disconnect;
