"""The SQL engine: Athena's two dialects (Trino for DML, Hive for DDL) on DuckDB."""
