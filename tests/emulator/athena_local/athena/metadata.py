"""Data catalogs, databases and tables as the API describes them."""

from __future__ import annotations

import re
from typing import Any

from ..errors import AthenaError
from ..sql import catalog
from ..sql.catalog import Catalog, Column, Database, Table
from .account import invalid, page


def metadata_error(message: str) -> AthenaError:
    return AthenaError("MetadataException", message)


class Metadata:
    def __init__(self, tables: Catalog, account_id: str):
        self._catalog = tables
        self._account_id = account_id

    def list_data_catalogs(self, r: dict[str, Any]) -> dict[str, Any]:
        return page([{"CatalogName": catalog.NAME, "Type": "GLUE"}], r, "DataCatalogsSummary", 50)

    def get_data_catalog(self, r: dict[str, Any]) -> dict[str, Any]:
        if r["Name"].lower() != catalog.NAME.lower():
            raise invalid(f"DataCatalog {r['Name']} was not found")
        return {"DataCatalog": {"Name": catalog.NAME, "Type": "GLUE", "Parameters": {
            "catalog-id": self._account_id}}}

    def _check(self, name: str) -> None:
        if name.lower() != catalog.NAME.lower():
            raise invalid(f"DataCatalog {name} was not found")

    def _database(self, r: dict[str, Any]) -> Database:
        self._check(r["CatalogName"])
        found = self._catalog.database(r["DatabaseName"])
        if not found:
            raise metadata_error(
                f"Database {r['DatabaseName']} not found. (Service: AWSGlue; Status Code: 400; "
                "Error Code: EntityNotFoundException)")
        return found

    def list_databases(self, r: dict[str, Any]) -> dict[str, Any]:
        self._check(r["CatalogName"])
        return page([_describe_database(d) for d in self._catalog.databases()], r, "DatabaseList",
                    50)

    def get_database(self, r: dict[str, Any]) -> dict[str, Any]:
        return {"Database": _describe_database(self._database(r))}

    def list_table_metadata(self, r: dict[str, Any]) -> dict[str, Any]:
        database = self._database(r)
        try:
            wanted = re.compile(r.get("Expression") or ".*", re.IGNORECASE)
        except re.error as error:
            raise metadata_error(f"Invalid expression: {error}") from error
        return page([describe_table(t) for t in self._catalog.tables(database.name)
                     if wanted.fullmatch(t.name)], r, "TableMetadataList", 50)

    def get_table_metadata(self, r: dict[str, Any]) -> dict[str, Any]:
        database = self._database(r)
        found = self._catalog.table(database.name, r["TableName"])
        if not found:
            raise metadata_error(
                f"EntityNotFoundException: Entity Not Found (Service: AWSGlue; Status Code: 400; "
                f"Error Code: EntityNotFoundException) Table {r['TableName']} not found")
        return {"TableMetadata": describe_table(found)}


def _describe_database(database: Database) -> dict[str, Any]:
    found: dict[str, Any] = {"Name": database.name}
    if database.comment:
        found["Description"] = database.comment
    if database.parameters or database.location:
        found["Parameters"] = {**database.parameters, **(
            {"location": database.location} if database.location else {})}
    return found


def _column(column: Column) -> dict[str, str]:
    found = {"Name": column.name, "Type": column.type}
    if column.comment:
        found["Comment"] = column.comment
    return found


def describe_table(table: Table) -> dict[str, Any]:
    parameters = dict(table.parameters)
    if table.comment:
        parameters["comment"] = table.comment
    if not table.is_view:
        parameters |= {"EXTERNAL": "TRUE", "location": table.location,
                       "inputformat": table.input_format, "outputformat": table.output_format,
                       "serde.serialization.lib": table.serde}
        parameters |= {f"serde.param.{k}": v for k, v in table.serde_params.items()}
    else:
        parameters["presto_view"] = "true"
    return {"Name": table.name, "CreateTime": round(table.created), "LastAccessTime": 0,
            "TableType": table.table_type, "Columns": [_column(c) for c in table.columns],
            "PartitionKeys": [_column(c) for c in table.partition_keys],
            "Parameters": parameters}
