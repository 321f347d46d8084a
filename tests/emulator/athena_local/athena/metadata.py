"""Data catalogs, databases and tables as the API describes them."""

from __future__ import annotations

import re
from typing import Any

from ..errors import AthenaError
from ..sql import catalog
from ..sql.catalog import Catalog, Column, Database, Table
from ..sql.others import Other, Others
from .account import Account, invalid, page


def metadata_error(message: str) -> AthenaError:
    return AthenaError("MetadataException", message)


class Metadata:
    def __init__(self, others: Others, account: Account, account_id: str):
        self._others = others
        self._account = account
        self._account_id = account_id

    def list_data_catalogs(self, r: dict[str, Any]) -> dict[str, Any]:
        self._account.workgroup(r.get("WorkGroup"))
        return self._page(self._others.summaries(), r, "DataCatalogsSummary")

    def get_data_catalog(self, r: dict[str, Any]) -> dict[str, Any]:
        found = self._catalog(r, "Name")
        if isinstance(found, Other):
            return {"DataCatalog": {"Name": found.name, "Type": found.type}}
        return {"DataCatalog": {"Name": catalog.NAME, "Type": "GLUE", "Parameters": {
            "catalog-id": self._account_id}}}

    def _catalog(self, r: dict[str, Any], member: str = "CatalogName") -> Catalog | Other:
        self._account.workgroup(r.get("WorkGroup"))
        name = r[member]
        found = self._others.find(name)
        if not found:
            raise invalid(f"DataCatalog {name} was not found")
        return found

    def _database(self, r: dict[str, Any]) -> Database:
        found = self._catalog(r).database(r["DatabaseName"])
        if not found:
            raise metadata_error(
                f"Database {r['DatabaseName']} not found. (Service: AWSGlue; Status Code: 400; "
                "Error Code: EntityNotFoundException)")
        return found

    def _page(self, every: list[Any], r: dict[str, Any], member: str) -> dict[str, Any]:
        """As page(), with as many empty pages in front of each as others.py's empty_pages says."""
        at, _, empties = (r.get("NextToken") or "").partition(".")
        if (seen := len(empties)) < self._others.empty_pages:
            return {member: [], "NextToken": f"{at or 0}.{'e' * (seen + 1)}"}
        return page(every, {**r, "NextToken": at}, member, 50)

    def list_databases(self, r: dict[str, Any]) -> dict[str, Any]:
        every = self._catalog(r).databases()
        found = self._page(every, r, "DatabaseList")
        return {**found, "DatabaseList": [_describe_database(d) for d in found["DatabaseList"]]}

    def get_database(self, r: dict[str, Any]) -> dict[str, Any]:
        return {"Database": _describe_database(self._database(r))}

    def list_table_metadata(self, r: dict[str, Any]) -> dict[str, Any]:
        database = self._database(r)
        try:
            wanted = re.compile(r.get("Expression") or ".*", re.IGNORECASE)
        except re.error as error:
            raise metadata_error(f"Invalid expression: {error}") from error
        every = [t for t in self._catalog(r).tables(database.name)
                 if wanted.fullmatch(t.name)]
        found = self._page(every, r, "TableMetadataList")
        return {**found,
                "TableMetadataList": [describe_table(t) for t in found["TableMetadataList"]]}

    def get_table_metadata(self, r: dict[str, Any]) -> dict[str, Any]:
        database = self._database(r)
        found = self._catalog(r).table(database.name, r["TableName"])
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
