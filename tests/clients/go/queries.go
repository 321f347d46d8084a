// Athena from Go, by database/sql and github.com/alexbrainman/odbc.
// Usage: queries 'DSN=AthenaLocal;...'
//
// Prints what it sees, a line each: a name and values between tabs, \N for NULL. The programs of
// the other languages print the same lines; tests/odbc/test_languages.py knows what they must be.
//
// database/sql has no call for catalogs: tables and columns come from information_schema.
package main

import (
	"crypto/md5"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexbrainman/odbc"
)

const text = "it's “ž🐎”, a \\ and a ?"

var athena *sql.DB

func escaped(value any) string {
	switch v := value.(type) {
	case nil:
		return `\N`
	case []byte:
		value = string(v)
	case time.Time:
		return v.Format("2006-01-02 15:04:05.999999999")
	case float64:
		return fmt.Sprintf("%.17g", v)
	}
	return strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`).Replace(fmt.Sprint(value))
}

func report(values ...any) {
	line := make([]string, len(values))
	for i, value := range values {
		line[i] = escaped(value)
	}
	fmt.Println(strings.Join(line, "\t"))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// rowsOf calls a function with each row of a query.
func rowsOf(use func(columns []string, row []any), query string, parameters ...any) {
	rows, err := athena.Query(query, parameters...)
	must(err)
	defer rows.Close()
	columns, err := rows.Columns()
	must(err)
	for rows.Next() {
		row := make([]any, len(columns))
		places := make([]any, len(columns))
		for i := range row {
			places[i] = &row[i]
		}
		must(rows.Scan(places...))
		use(columns, row)
	}
	must(rows.Err())
}

// reportRows prints the rows of a query behind a name.
func reportRows(name, query string, parameters ...any) {
	rowsOf(func(_ []string, row []any) {
		report(append([]any{name}, row...)...)
	}, query, parameters...)
}

func showCatalog() {
	reportRows("table", `SELECT table_schema, table_name, table_type
		FROM information_schema.tables WHERE table_schema = ? ORDER BY table_name`, "sample")
	reportRows("column", `SELECT column_name, data_type FROM information_schema.columns
		WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position`, "sample", "zones")
}

func showTypes() {
	rowsOf(func(columns []string, row []any) {
		for i := 1; i < len(row); i++ {
			if bytes, ok := row[i].([]byte); ok && columns[i] == "c_varbinary" {
				row[i] = fmt.Sprintf("%x", bytes)
			}
			report("type", row[0], columns[i], row[i])
		}
	}, "SELECT * FROM all_types ORDER BY id")
}

// ask gives what a query of one parameter gives.
func ask(query string, parameter any) (value any) {
	must(athena.QueryRow(query, parameter).Scan(&value))
	return value
}

func showParameters() {
	report("parameter", "integer", ask("SELECT ? + 1", 41))
	report("parameter", "bigint", ask("SELECT ? + 1", int64(9223372036854775806)))
	report("parameter", "double", ask("SELECT ? * 2", 0.25))
	report("parameter", "decimal", ask("SELECT CAST(CAST(? AS decimal(20,2)) + 1 AS varchar)",
		"12345678901234567.25")) // a decimal as such comes as a float64
	report("parameter", "text", ask("SELECT ?", text))
	report("parameter", "empty", ask("SELECT ?", ""))
	report("parameter", "null", ask("SELECT ?", nil))
	date := time.Date(2024, 2, 29, 12, 34, 56, 789000000, time.UTC)
	report("parameter", "date", ask("SELECT CAST(? AS date)", date))
	report("parameter", "timestamp", ask("SELECT ?", date))
	byID, err := athena.Prepare("SELECT name FROM zones WHERE id = ?")
	must(err)
	defer byID.Close()
	for id := 1; id <= 3; id++ {
		var name string
		must(byID.QueryRow(id).Scan(&name))
		report("again", id, name)
	}
}

func showMuch() {
	var long string
	must(athena.QueryRow("SELECT rpad('', 1048576, 'ž🐎x')").Scan(&long))
	report("long", utf8.RuneCountInString(long), fmt.Sprintf("%x", md5.Sum([]byte(long))))
	count, sum := 0, int64(0)
	rowsOf(func(_ []string, row []any) {
		count++
		sum += row[0].(int64)
	}, "SELECT trip_id FROM taxi_trips WHERE trip_id BETWEEN 1 AND 20000")
	report("many", count, sum)
}

func execute(query string, parameters ...any) sql.Result {
	result, err := athena.Exec(query, parameters...)
	must(err)
	return result
}

func showWriting() {
	execute("DROP TABLE IF EXISTS from_go")
	execute("CREATE TABLE from_go AS SELECT 1 AS id, CAST('one' AS varchar) AS name")
	rows, err := execute("INSERT INTO from_go VALUES (?, ?), (3, NULL)", 2, text).RowsAffected()
	must(err)
	report("inserted", rows)
	reportRows("stored", "SELECT id, name FROM from_go ORDER BY id")
	execute("DROP TABLE from_go")
}

func showTransaction() {
	transaction, err := athena.Begin()
	must(err)
	var one int
	must(transaction.QueryRow("SELECT 1").Scan(&one))
	must(transaction.Commit())
	report("committed", one)
}

func showTogether() {
	const count = 12
	answers := make(chan int, count)
	athena.SetMaxOpenConns(4)
	for i := 0; i < count; i++ {
		go func(i int) {
			var n int
			must(athena.QueryRow("SELECT ?", i).Scan(&n))
			answers <- n
		}(i)
	}
	sum := 0
	for i := 0; i < count; i++ {
		sum += <-answers
	}
	report("together", count, sum)
}

func showErrors() {
	for _, query := range []string{"SELECT * FROM no_such_table", "SELEC 1", "SELECT 1 / 0"} {
		var value any
		var failure *odbc.Error
		if err := athena.QueryRow(query).Scan(&value); errors.As(err, &failure) {
			report("error", failure.Diag[0].State, failure.Diag[0].Message)
		}
	}
	reportRows("after errors", "SELECT 5")
}

func main() {
	source := "DSN=AthenaLocal"
	if len(os.Args) > 1 {
		source = os.Args[1]
	}
	var err error
	athena, err = sql.Open("odbc", source)
	must(err)
	defer athena.Close()
	showCatalog()
	showTypes()
	showParameters()
	showMuch()
	showWriting()
	showTransaction()
	showTogether()
	showErrors()
}
