#!/usr/bin/env Rscript
# Athena from R, by RODBC. Usage: queries.R 'DSN=AthenaLocal;StringColumnLength=65535'
#
# Prints what it sees, a line each: a name and values between tabs, \N for NULL. The programs of
# the other languages print the same lines; tests/odbc/test_languages.py knows what they must be.
#
# RODBC binds buffers of the length that a column reports, between 256 and 65535 bytes, and cuts
# what is longer. Its queries take no parameters; sqlSave sends what it inserts as such.
library(RODBC)

text <- "it's “ž🐎”, a \\ and a ?"

escaped <- function(value) {
  if (is.raw(value)) return(paste(value, collapse = ""))
  if (is.null(value) || (is.na(value) && !is.nan(value))) return("\\N")
  if (is.numeric(value)) return(format(value, digits = 17, trim = TRUE))
  value <- as.character(value)
  for (pair in list(c("\\", "\\\\"), c("\t", "\\t"), c("\n", "\\n"))) {
    value <- gsub(pair[1], pair[2], value, fixed = TRUE)
  }
  value
}

report <- function(...) {
  values <- lapply(list(...), function(value) if (is.list(value)) value[[1]] else value)
  cat(vapply(values, escaped, ""), sep = "\t")
  cat("\n")
}

arguments <- commandArgs(trailingOnly = TRUE)
source <- if (length(arguments)) arguments[1] else "DSN=AthenaLocal;StringColumnLength=65535"
athena <- odbcDriverConnect(source, DBMSencoding = "UTF-8", rows_at_time = 50)

# The rows of a query; an error is a text in place of them.
ask <- function(sql) {
  found <- sqlQuery(athena, sql, as.is = TRUE)
  if (is.character(found) && length(found)) stop(found[1])
  found
}

show_catalog <- function() {
  tables <- sqlTables(athena, schema = "sample")
  for (i in seq_len(nrow(tables))) {
    report("table", tables$TABLE_SCHEM[i], tables$TABLE_NAME[i], tables$TABLE_TYPE[i])
  }
  columns <- sqlColumns(athena, "zones")
  for (i in seq_len(nrow(columns))) {
    report("column", columns$COLUMN_NAME[i], columns$TYPE_NAME[i])
  }
}

show_types <- function() {
  rows <- ask("SELECT * FROM all_types ORDER BY id")
  for (i in seq_len(nrow(rows))) {
    for (name in names(rows)[-1]) report("type", rows$id[i], name, rows[[name]][i])
  }
}

show_much <- function() {
  long <- ask("SELECT rpad('', 16000, 'ž🐎x') AS long")$long
  file <- tempfile()
  writeBin(charToRaw(enc2utf8(long)), file)
  report("long", nchar(long), tools::md5sum(file))
  trips <- ask("SELECT trip_id FROM taxi_trips WHERE trip_id BETWEEN 1 AND 20000")
  report("many", nrow(trips), sum(as.numeric(trips$trip_id)))
}

show_writing <- function() {
  ask("DROP TABLE IF EXISTS from_r")
  ask("CREATE TABLE from_r AS SELECT 1 AS id, CAST('one' AS varchar) AS name")
  rows <- data.frame(id = 2:3, name = c(text, NA))
  report("inserted", sqlSave(athena, rows, "from_r", append = TRUE, rownames = FALSE) * nrow(rows))
  stored <- ask("SELECT id, name FROM from_r ORDER BY id")
  for (i in seq_len(nrow(stored))) report("stored", stored$id[i], stored$name[i])
  ask("DROP TABLE from_r")
}

show_transaction <- function() {
  odbcSetAutoCommit(athena, FALSE)
  one <- ask("SELECT 1 AS one")$one
  if (odbcEndTran(athena, commit = TRUE) == 0) report("committed", one)
  odbcSetAutoCommit(athena, TRUE)
}

show_errors <- function() {
  for (sql in c("SELECT * FROM no_such_table", "SELEC 1", "SELECT 1 / 0")) {
    parts <- strsplit(sqlQuery(athena, sql)[1], " ")[[1]] # "42S02 1301 [Athena] ..."
    report("error", parts[1], paste(parts[-(1:2)], collapse = " "))
  }
  report("after errors", ask("SELECT 5 AS five")$five)
}

show_catalog()
show_types()
show_much()
invisible(show_writing())
invisible(show_transaction())
show_errors()
odbcClose(athena)
