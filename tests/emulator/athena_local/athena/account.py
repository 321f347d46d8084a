"""What an account keeps besides data: workgroups, prepared statements, named queries, tags.

Kept in one JSON file, so that a restart finds it. The workgroups that tests rely on:

    primary     results to s3://athena-local-results/ unless the client says otherwise
    enforced    results to s3://athena-local-results/enforced/ whatever the client says
    managed     results kept by Athena: no OutputLocation, read by GetQueryResults only
    people      its tag names an application of IAM Identity Center (tip.py)
    nolocation  no output location: the client must give one
    disabled    refuses queries
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
import uuid
from pathlib import Path
from typing import Any

from .. import tip
from ..errors import AthenaError
from .query import ENGINE

RESULTS_BUCKET = "athena-local-results"
DEFAULT_LOCATION = f"s3://{RESULTS_BUCKET}/"
_NAME = re.compile(r"[a-zA-Z0-9._-]{1,128}")


def invalid(message: str, code: str = "INVALID_INPUT") -> AthenaError:
    return AthenaError("InvalidRequestException", message, extra={"AthenaErrorCode": code})


def not_found(message: str, name: str) -> AthenaError:
    return AthenaError("ResourceNotFoundException", message, extra={"ResourceName": name})


def _workgroup(name: str, description: str, state: str = "ENABLED", **configuration: Any
               ) -> dict[str, Any]:
    return {"Name": name, "State": state, "Description": description, "CreationTime": time.time(),
            "Configuration": {
                "ResultConfiguration": {}, "EnforceWorkGroupConfiguration": False,
                "PublishCloudWatchMetricsEnabled": False, "RequesterPaysEnabled": False,
                "EngineVersion": {"SelectedEngineVersion": "AUTO",
                                  "EffectiveEngineVersion": ENGINE}, **configuration}}


def _built_in() -> dict[str, dict[str, Any]]:
    groups = [
        _workgroup("primary", "", ResultConfiguration={"OutputLocation": DEFAULT_LOCATION}),
        _workgroup("enforced", "Its output location wins over the client's",
                   ResultConfiguration={"OutputLocation": DEFAULT_LOCATION + "enforced/"},
                   EnforceWorkGroupConfiguration=True),
        _workgroup("managed", "Managed query results", EnforceWorkGroupConfiguration=True,
                   ManagedQueryResultsConfiguration={"Enabled": True}),
        _workgroup(tip.WORKGROUP, "Its tag names an application of IAM Identity Center",
                   ResultConfiguration={"OutputLocation": DEFAULT_LOCATION}),
        _workgroup("nolocation", "Has no output location"),
        _workgroup("disabled", "Refuses queries", "DISABLED",
                   ResultConfiguration={"OutputLocation": DEFAULT_LOCATION}),
    ]
    return {g["Name"]: g for g in groups}


class Account:
    def __init__(self, path: Path):
        self._path = path
        self._lock = threading.RLock()  # PREPARE runs in a worker thread
        self.workgroups = _built_in()
        self.prepared: dict[str, dict[str, dict[str, Any]]] = {}  # workgroup -> name -> statement
        self.named: dict[str, dict[str, Any]] = {}
        self.tags = {tip.WORKGROUP: [{"Key": tip.TAG, "Value": tip.APPLICATION}]}
        if path.exists():
            saved = json.loads(path.read_text("utf-8"))
            self.workgroups.update(saved["workgroups"])
            self.prepared, self.named = saved["prepared"], saved["named"]
            self.tags |= saved["tags"]

    def save(self) -> None:
        with self._lock:
            fresh = self._path.with_suffix(".new")
            fresh.write_text(json.dumps({"workgroups": self.workgroups, "prepared": self.prepared,
                                         "named": self.named, "tags": self.tags}), "utf-8")
            os.replace(fresh, self._path)

    # Workgroups

    def workgroup(self, name: str | None) -> dict[str, Any]:
        found = self.workgroups.get(name or "primary")
        if not found:
            raise invalid(f"WorkGroup {name} is not found.")
        return found

    def get_work_group(self, r: dict[str, Any]) -> dict[str, Any]:
        return {"WorkGroup": self.workgroup(r["WorkGroup"])}

    def list_work_groups(self, r: dict[str, Any]) -> dict[str, Any]:
        every = [{"Name": g["Name"], "State": g["State"], "Description": g["Description"],
                  "CreationTime": g["CreationTime"],
                  "EngineVersion": g["Configuration"]["EngineVersion"]}
                 for _, g in sorted(self.workgroups.items())]
        return page(every, r, "WorkGroups", 50)

    def create_work_group(self, r: dict[str, Any]) -> dict[str, Any]:
        name = r["Name"]
        if not _NAME.fullmatch(name):
            raise invalid("Invalid workgroup name")
        if name in self.workgroups:
            raise invalid("WorkGroup is already created")
        made = _workgroup(name, r.get("Description", ""))
        made["Configuration"]["EnforceWorkGroupConfiguration"] = True
        self._configure(made, r.get("Configuration", {}))
        self.workgroups[name] = made
        self.tags[name] = r.get("Tags", [])
        self.save()
        return {}

    def _configure(self, group: dict[str, Any], values: dict[str, Any]) -> None:
        values.pop("EngineVersion", None)  # there is one engine
        if values.get("ManagedQueryResultsConfiguration", {}).get("Enabled") and values.get(
                "ResultConfiguration", {}).get("OutputLocation"):
            raise invalid("ResultConfiguration cannot be set with managed query results")
        group["Configuration"].update(values)

    def update_work_group(self, r: dict[str, Any]) -> dict[str, Any]:
        group = self.workgroup(r["WorkGroup"])
        group["State"] = r.get("State", group["State"])
        group["Description"] = r.get("Description", group["Description"])
        updates = dict(r.get("ConfigurationUpdates", {}))
        results = updates.pop("ResultConfigurationUpdates", {})
        current = dict(group["Configuration"].get("ResultConfiguration", {}))
        for key, value in results.items():
            if key.startswith("Remove"):
                if value:
                    current.pop(key.removeprefix("Remove"), None)
            else:
                current[key] = value
        managed = updates.pop("ManagedQueryResultsConfigurationUpdates", None)
        if managed is not None:
            updates["ManagedQueryResultsConfiguration"] = managed
        if updates.pop("RemoveBytesScannedCutoffPerQuery", False):
            group["Configuration"].pop("BytesScannedCutoffPerQuery", None)
        self._configure(group, {**updates, "ResultConfiguration": current})
        self.save()
        return {}

    def delete_work_group(self, r: dict[str, Any]) -> dict[str, Any]:
        name = r["WorkGroup"]
        self.workgroup(name)
        if name == "primary":
            raise invalid("Primary WorkGroup could not be deleted")
        if self.prepared.get(name) and not r.get("RecursiveDeleteOption"):
            raise invalid(f"WorkGroup {name} is not empty")
        self.workgroups.pop(name)
        self.prepared.pop(name, None)
        self.tags.pop(name, None)
        self.save()
        return {}

    # Prepared statements

    def prepared_statement(self, workgroup: str, name: str) -> dict[str, Any]:
        found = self.prepared.get(workgroup, {}).get(name)
        if not found:
            raise not_found(f"Prepared Statement {name} was not found in WorkGroup {workgroup}.",
                            name)
        return found

    def set_prepared(self, workgroup: str, name: str, sql: str | None, description: str = ""
                     ) -> None:
        """PREPARE, DEALLOCATE (sql None) and the API's calls. From any thread."""
        with self._lock:
            group = self.prepared.setdefault(workgroup, {})
            if sql is None:
                del group[name]
            else:
                group[name] = {"StatementName": name, "QueryStatement": sql,
                               "WorkGroupName": workgroup, "Description": description,
                               "LastModifiedTime": time.time()}
            self.save()

    def create_prepared_statement(self, r: dict[str, Any]) -> dict[str, Any]:
        self.workgroup(r["WorkGroup"])
        if r["StatementName"] in self.prepared.get(r["WorkGroup"], {}):
            raise invalid(f"Prepared Statement {r['StatementName']} already exists in WorkGroup "
                          f"{r['WorkGroup']}.")
        return self._set(r)

    def update_prepared_statement(self, r: dict[str, Any]) -> dict[str, Any]:
        self.prepared_statement(r["WorkGroup"], r["StatementName"])
        return self._set(r)

    def _set(self, r: dict[str, Any]) -> dict[str, Any]:
        self.set_prepared(r["WorkGroup"], r["StatementName"], r["QueryStatement"],
                          r.get("Description", ""))
        return {}

    def get_prepared_statement(self, r: dict[str, Any]) -> dict[str, Any]:
        return {"PreparedStatement": self.prepared_statement(r["WorkGroup"], r["StatementName"])}

    def delete_prepared_statement(self, r: dict[str, Any]) -> dict[str, Any]:
        self.prepared_statement(r["WorkGroup"], r["StatementName"])
        self.set_prepared(r["WorkGroup"], r["StatementName"], None)
        return {}

    def list_prepared_statements(self, r: dict[str, Any]) -> dict[str, Any]:
        self.workgroup(r["WorkGroup"])
        every = [{k: s[k] for k in ("StatementName", "LastModifiedTime")}
                 for _, s in sorted(self.prepared.get(r["WorkGroup"], {}).items())]
        return page(every, r, "PreparedStatements", 50)

    def batch_get_prepared_statement(self, r: dict[str, Any]) -> dict[str, Any]:
        group = self.prepared.get(r["WorkGroup"], {})
        names = r["PreparedStatementNames"]
        return {"PreparedStatements": [group[n] for n in names if n in group],
                "UnprocessedPreparedStatementNames": [
                    {"StatementName": n, "ErrorCode": "STATEMENT_NOT_FOUND",
                     "ErrorMessage": f"Prepared Statement {n} was not found"}
                    for n in names if n not in group]}

    # Named queries and tags

    def create_named_query(self, r: dict[str, Any]) -> dict[str, Any]:
        workgroup = r.get("WorkGroup", "primary")
        self.workgroup(workgroup)
        name = str(uuid.uuid4())
        self.named[name] = {k: r[k] for k in ("Name", "Description", "Database", "QueryString")
                            if k in r} | {"NamedQueryId": name, "WorkGroup": workgroup}
        self.save()
        return {"NamedQueryId": name}

    def _named(self, name: str) -> dict[str, Any]:
        if name not in self.named:
            raise invalid(f"NamedQuery {name} was not found")
        return self.named[name]

    def get_named_query(self, r: dict[str, Any]) -> dict[str, Any]:
        return {"NamedQuery": self._named(r["NamedQueryId"])}

    def update_named_query(self, r: dict[str, Any]) -> dict[str, Any]:
        self._named(r["NamedQueryId"]).update(
            {k: r[k] for k in ("Name", "Description", "QueryString") if k in r})
        self.save()
        return {}

    def delete_named_query(self, r: dict[str, Any]) -> dict[str, Any]:
        self._named(r["NamedQueryId"])
        del self.named[r["NamedQueryId"]]
        self.save()
        return {}

    def list_named_queries(self, r: dict[str, Any]) -> dict[str, Any]:
        workgroup = r.get("WorkGroup", "primary")
        self.workgroup(workgroup)
        return page([n for n, q in self.named.items() if q["WorkGroup"] == workgroup], r,
                    "NamedQueryIds", 50)

    def batch_get_named_query(self, r: dict[str, Any]) -> dict[str, Any]:
        ids = r["NamedQueryIds"]
        return {"NamedQueries": [self.named[n] for n in ids if n in self.named],
                "UnprocessedNamedQueryIds": [
                    {"NamedQueryId": n, "ErrorCode": "INVALID_INPUT",
                     "ErrorMessage": f"NamedQuery {n} was not found"}
                    for n in ids if n not in self.named]}

    def _tagged(self, arn: str) -> list[dict[str, str]]:
        name = arn.rsplit("/", 1)[-1]
        if name not in self.workgroups and name != "AwsDataCatalog":
            raise not_found(f"Resource {arn} was not found", arn)
        return self.tags.setdefault(name, [])

    def list_tags_for_resource(self, r: dict[str, Any]) -> dict[str, Any]:
        return page(self._tagged(r["ResourceARN"]), r, "Tags", 75)

    def tag_resource(self, r: dict[str, Any]) -> dict[str, Any]:
        tags = self._tagged(r["ResourceARN"])
        fresh = {t["Key"]: t for t in [*tags, *r["Tags"]]}
        tags[:] = fresh.values()
        self.save()
        return {}

    def untag_resource(self, r: dict[str, Any]) -> dict[str, Any]:
        tags = self._tagged(r["ResourceARN"])
        tags[:] = [t for t in tags if t["Key"] not in r["TagKeys"]]
        self.save()
        return {}


def page(every: list[Any], request: dict[str, Any], member: str, default: int) -> dict[str, Any]:
    """One page of a list; the token is the number of the first element of the next."""
    try:
        start = int(request.get("NextToken") or 0)
    except ValueError:
        raise invalid("Invalid nextToken") from None
    end = start + (request.get("MaxResults") or default)
    answer: dict[str, Any] = {member: every[start:end]}
    if end < len(every):
        answer["NextToken"] = str(end)
    return answer
