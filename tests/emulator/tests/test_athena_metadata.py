"""Catalogs, databases, tables, workgroups, prepared statements, named queries, tags."""

from __future__ import annotations

import uuid

import pytest
from botocore.exceptions import ClientError

from local_aws import Emulator
from queries import Queries

CATALOG = "AwsDataCatalog"


def test_data_catalogs(queries: Queries) -> None:
    found = queries.athena.list_data_catalogs()["DataCatalogsSummary"]
    assert found == [{"CatalogName": CATALOG, "Type": "GLUE"}]
    assert queries.athena.get_data_catalog(Name="awsdatacatalog")["DataCatalog"]["Type"] == "GLUE"
    with pytest.raises(queries.athena.exceptions.InvalidRequestException):
        queries.athena.get_data_catalog(Name="nope")


def test_databases(queries: Queries) -> None:
    names = [d["Name"] for d in queries.athena.list_databases(CatalogName=CATALOG)["DatabaseList"]]
    assert {"default", "sample"} <= set(names)
    found = queries.athena.get_database(CatalogName="awsdatacatalog", DatabaseName="SAMPLE")
    assert found["Database"]["Description"] == "Sample data of the local Athena"
    with pytest.raises(
        queries.athena.exceptions.MetadataException, match="EntityNotFoundException"
    ):
        queries.athena.get_database(CatalogName=CATALOG, DatabaseName="nope")


def test_table_metadata(queries: Queries) -> None:
    found = queries.athena.get_table_metadata(
        CatalogName=CATALOG, DatabaseName="sample", TableName="taxi_trips"
    )["TableMetadata"]
    assert found["TableType"] == "EXTERNAL_TABLE"
    assert found["Columns"][0] == {
        "Name": "trip_id",
        "Type": "bigint",
        "Comment": "unique number of the trip",
    }
    assert [c["Type"] for c in found["Columns"]] == [
        "bigint",
        "timestamp",
        "timestamp",
        "int",
        "int",
        "tinyint",
        "double",
        "decimal(10,2)",
        "decimal(10,2)",
        "string",
    ]
    assert found["Parameters"]["location"] == "s3://athena-local-data/sample/taxi_trips/"
    assert found["Parameters"]["comment"] == "Two million taxi trips"
    assert found["PartitionKeys"] == []
    found = queries.athena.get_table_metadata(
        CatalogName=CATALOG, DatabaseName="sample", TableName="orders_by_month"
    )["TableMetadata"]
    assert found["PartitionKeys"] == [
        {"Name": "year", "Type": "int"},
        {"Name": "month", "Type": "int"},
    ]
    view = queries.athena.get_table_metadata(
        CatalogName=CATALOG, DatabaseName="sample", TableName="all_types"
    )["TableMetadata"]
    assert view["TableType"] == "VIRTUAL_VIEW"
    types = {c["Name"]: c["Type"] for c in view["Columns"]}
    assert types["c_row"] == "struct<a:int,b:string>"
    assert types["c_varchar_n"] == "varchar(20)"
    assert types["c_nested"] == "array<struct<name:string,tags:map<string,array<double>>>>"


def test_list_table_metadata_is_paged_and_filtered(queries: Queries, database: str) -> None:
    for at in range(53):
        queries.start(f"CREATE VIEW {database}.v{at:02} AS SELECT 1 AS a")
    queries.succeed(f"CREATE VIEW {database}.other AS SELECT 1 AS a")
    request = {"CatalogName": CATALOG, "DatabaseName": database}
    deadline = 200
    while deadline and len(queries.rows(f"SHOW TABLES IN {database}")) < 54:
        deadline -= 1
    first = queries.athena.list_table_metadata(**request)
    assert len(first["TableMetadataList"]) == 50
    rest = queries.athena.list_table_metadata(**request, NextToken=first["NextToken"])
    assert [t["Name"] for t in rest["TableMetadataList"]] == ["v49", "v50", "v51", "v52"]
    assert "NextToken" not in rest
    found = queries.athena.list_table_metadata(**request, Expression="v1.")
    assert [t["Name"] for t in found["TableMetadataList"]] == [f"v{i}" for i in range(10, 20)]


@pytest.mark.parametrize(
    "request_", [{"DatabaseName": "nope"}, {"DatabaseName": "sample", "TableName": "nope"}]
)
def test_unknown_metadata(queries: Queries, request_: dict) -> None:
    call = (
        queries.athena.get_table_metadata
        if "TableName" in request_
        else queries.athena.list_table_metadata
    )
    with pytest.raises(queries.athena.exceptions.MetadataException):
        call(CatalogName=CATALOG, **request_)


# Workgroups


def test_built_in_workgroups(queries: Queries) -> None:
    found = {g["Name"]: g for g in queries.athena.list_work_groups()["WorkGroups"]}
    assert {"primary", "enforced", "managed", "nolocation", "disabled"} <= set(found)
    assert found["disabled"]["State"] == "DISABLED"
    group = queries.athena.get_work_group(WorkGroup="enforced")["WorkGroup"]
    assert group["Configuration"]["EnforceWorkGroupConfiguration"]
    assert (
        group["Configuration"]["ResultConfiguration"]["OutputLocation"]
        == "s3://athena-local-results/enforced/"
    )
    with pytest.raises(queries.athena.exceptions.InvalidRequestException, match="not found"):
        queries.athena.get_work_group(WorkGroup="nope")


def test_making_changing_and_deleting_a_workgroup(queries: Queries, bucket: str) -> None:
    name = f"wg-{uuid.uuid4().hex[:8]}"
    athena = queries.athena
    athena.create_work_group(
        Name=name,
        Description="d",
        Tags=[{"Key": "k", "Value": "v"}],
        Configuration={"ResultConfiguration": {"OutputLocation": f"s3://{bucket}/wg/"}},
    )
    with pytest.raises(athena.exceptions.InvalidRequestException):
        athena.create_work_group(Name=name)
    found = queries.succeed("SELECT 1", WorkGroup=name)
    assert found["ResultConfiguration"]["OutputLocation"].startswith(f"s3://{bucket}/wg/")
    arn = f"arn:aws:athena:us-east-1:123456789012:workgroup/{name}"
    athena.tag_resource(ResourceARN=arn, Tags=[{"Key": "x", "Value": "y"}])
    athena.untag_resource(ResourceARN=arn, TagKeys=["k"])
    assert athena.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "x", "Value": "y"}]
    athena.update_work_group(
        WorkGroup=name,
        ConfigurationUpdates={"ResultConfigurationUpdates": {"RemoveOutputLocation": True}},
    )
    assert "No output location provided" in queries.refusal("SELECT 1", WorkGroup=name)
    athena.update_work_group(WorkGroup=name, State="DISABLED")
    assert "is disabled" in queries.refusal("SELECT 1", WorkGroup=name)
    athena.delete_work_group(WorkGroup=name)
    with pytest.raises(athena.exceptions.InvalidRequestException):
        athena.get_work_group(WorkGroup=name)


# Prepared statements and named queries


def test_prepared_statements(queries: Queries) -> None:
    athena, name = queries.athena, f"p_{uuid.uuid4().hex[:8]}"
    request = {"StatementName": name, "WorkGroup": "primary"}
    athena.create_prepared_statement(**request, QueryStatement="SELECT ? + 1", Description="d")
    found = athena.get_prepared_statement(**request)["PreparedStatement"]
    assert (found["QueryStatement"], found["Description"]) == ("SELECT ? + 1", "d")
    assert queries.rows(f"EXECUTE {name} USING 4") == [["5"]]
    athena.update_prepared_statement(**request, QueryStatement="SELECT ? + 2")
    assert queries.rows(f"EXECUTE {name}", ExecutionParameters=["4"]) == [["6"]]
    listed = athena.list_prepared_statements(WorkGroup="primary")["PreparedStatements"]
    assert name in [p["StatementName"] for p in listed]
    batch = athena.batch_get_prepared_statement(
        PreparedStatementNames=[name, "nope"], WorkGroup="primary"
    )
    assert len(batch["PreparedStatements"]) == 1
    assert batch["UnprocessedPreparedStatementNames"][0]["ErrorCode"] == "STATEMENT_NOT_FOUND"
    athena.delete_prepared_statement(**request)
    with pytest.raises(athena.exceptions.ResourceNotFoundException) as error:
        athena.get_prepared_statement(**request)
    assert error.value.response["ResourceName"] == name


def test_named_queries(queries: Queries) -> None:
    athena = queries.athena
    name = athena.create_named_query(Name="n", Database="sample", QueryString="SELECT 1")
    name = name["NamedQueryId"]
    found = athena.get_named_query(NamedQueryId=name)["NamedQuery"]
    assert (found["Name"], found["QueryString"], found["WorkGroup"]) == ("n", "SELECT 1", "primary")
    assert name in athena.list_named_queries()["NamedQueryIds"]
    assert len(athena.batch_get_named_query(NamedQueryIds=[name])["NamedQueries"]) == 1
    athena.delete_named_query(NamedQueryId=name)
    with pytest.raises(ClientError):
        athena.get_named_query(NamedQueryId=name)


def test_other_catalogs(queries: Queries, emulator: Emulator) -> None:
    emulator.control("POST", "catalogs", [
        {"name": "redis", "databases": {"Keys": ["Users", "orders"]}, "columns": [["id", "int"]]},
        {"name": CATALOG, "databases": 120, "tables": 3, "columns": 2, "partition_keys": 1},
    ])
    athena = queries.athena
    found = athena.list_data_catalogs()["DataCatalogsSummary"]
    assert [(c["CatalogName"], c["Type"]) for c in found] == [(CATALOG, "GLUE"),
                                                             ("redis", "LAMBDA")]
    assert athena.get_data_catalog(Name="redis")["DataCatalog"]["Type"] == "LAMBDA"
    found = athena.list_table_metadata(CatalogName="redis", DatabaseName="Keys")
    assert [t["Name"] for t in found["TableMetadataList"]] == ["Users", "orders"]
    assert found["TableMetadataList"][0]["Columns"] == [{"Name": "id", "Type": "int"}]
    table = athena.get_table_metadata(CatalogName=CATALOG, DatabaseName="db_0120",
                                      TableName="table_0003")["TableMetadata"]
    assert [c["Name"] for c in table["Columns"]] == ["column_0001", "column_0002"]
    assert [c["Name"] for c in table["PartitionKeys"]] == ["key_0001"]
    pages = athena.get_paginator("list_databases").paginate(CatalogName=CATALOG)
    assert sum(len(p["DatabaseList"]) for p in pages) >= 122
    emulator.reset()
    assert len(athena.list_data_catalogs()["DataCatalogsSummary"]) == 1


def test_show_tables_of_another_catalog(queries: Queries, emulator: Emulator) -> None:
    emulator.control("POST", "catalogs", [{"name": "redis", "databases": {"keys": ["b", "a"]}}])
    started = queries.athena.start_query_execution(
        QueryString="SHOW TABLES IN `keys`",
        QueryExecutionContext={"Catalog": "redis", "Database": "keys"})
    queries.wait(started["QueryExecutionId"])
    found = queries.athena.get_query_results(QueryExecutionId=started["QueryExecutionId"])
    assert [r["Data"][0]["VarCharValue"] for r in found["ResultSet"]["Rows"]] == ["a", "b"]


def test_empty_pages(queries: Queries, emulator: Emulator) -> None:
    emulator.control("POST", "catalogs", [
        {"name": CATALOG, "databases": ["many"], "tables": 60, "empty_pages": 2}])
    token: dict[str, str] = {}
    sizes = []
    while True:
        found = queries.athena.list_table_metadata(CatalogName=CATALOG, DatabaseName="many",
                                                   **token)
        sizes.append(len(found["TableMetadataList"]))
        if "NextToken" not in found:
            break
        token = {"NextToken": found["NextToken"]}
    assert sizes == [0, 0, 50, 0, 0, 10]
