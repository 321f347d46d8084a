"""StartQueryExecution: from the request to a query that is ready to be submitted, or a refusal."""

from __future__ import annotations

import re
import uuid
from typing import Any

from ..errors import AthenaError
from ..sql import catalog, grammar, lexer
from ..sql.engine import Engine, Job
from ..sql.errors import GrammarError, QueryFailure
from ..sql.scan import split_location
from ..sql.statement import Statement, classify, mismatched
from ..store import ObjectStore
from . import dials
from .account import Account, invalid
from .query import Query

MANAGED_BUCKET = "athena-local-managed"
MAX_QUERY_CHARS = 262144
_ECHOED = ("QueryExecutionContext", "ExecutionParameters", "ResultReuseConfiguration")


class Starter:
    def __init__(self, engine: Engine, store: ObjectStore, account: Account):
        self._engine = engine
        self._store = store
        self._account = account

    def make(self, request: dict[str, Any], identity: Any) -> Query:
        """Raises AthenaError; nothing has happened then."""
        group = self._account.workgroup(request.get("WorkGroup"))
        if group["State"] != "ENABLED":
            raise invalid(f"WorkGroup {group['Name']} is disabled.")
        sql = request["QueryString"]
        if len(sql.encode()) > MAX_QUERY_CHARS:
            raise invalid("1 validation error detected: Value at 'queryString' failed to satisfy "
                          "constraint: Member must have length less than or equal to 262144")
        turned = _dials(sql)
        statement, parameters = self._statement(sql, group["Name"],
                                                request.get("ExecutionParameters"))
        query_id = str(uuid.uuid4())
        prefix, configuration = self._location(request, group)
        statement_type, substatement, extension = statement.types
        context = request.get("QueryExecutionContext", {})
        workgroup = group["Name"]
        job = Job(
            statement, (context.get("Database") or "default").lower(), query_id,
            prefix if configuration is not None else None,
            can_write_s3=getattr(identity, "can_write_s3", True),
            catalog=context.get("Catalog") or catalog.NAME,
            is_location_enforced=group["Configuration"]["EnforceWorkGroupConfiguration"],
            parameters=parameters,
            prepare=lambda name, text: self._prepare(workgroup, name, text))
        bucket, key = split_location(prefix)
        return Query(
            query_id, sql, statement.kind, statement_type, substatement, workgroup,
            {k: request[k] for k in _ECHOED if k in request}, configuration, bucket,
            f"{key}{query_id}{extension}", job, turned, is_managed=configuration is None,
            cutoff_bytes=group["Configuration"].get("BytesScannedCutoffPerQuery"))

    # The statement

    def check(self, request: dict[str, Any]) -> None:
        """The grammar alone: nothing that changes, so it may be called in any thread."""
        if len(request["QueryString"].encode()) <= MAX_QUERY_CHARS:
            group = request.get("WorkGroup") or "primary"
            self._statement(request["QueryString"], group, request.get("ExecutionParameters"))

    def _statement(self, sql: str, workgroup: str, parameters: list[str] | None
                   ) -> tuple[Statement, list[str]]:
        try:
            statement = classify(sql)
            if statement.kind == "execute":
                statement, parameters = self._executed(statement, workgroup, parameters)
            grammar.check(statement)
        except GrammarError as error:
            raise invalid(str(error), error.code) from error
        return statement, parameters or []

    def _executed(self, statement: Statement, workgroup: str, parameters: list[str] | None
                  ) -> tuple[Statement, list[str]]:
        """EXECUTE name [USING v1, v2]: the prepared statement, and the values' texts."""
        tokens = statement.tokens
        if tokens[1].kind not in ("word", "dquote"):
            raise mismatched(statement.sql, tokens[1], "<identifier>")
        name = lexer.unquote(tokens[1], hive=False)
        found = self._account.prepared.get(workgroup, {}).get(name)
        if not found:
            raise invalid(f"PreparedStatement {name} was not found in workGroup {workgroup}")
        given = list(parameters or [])
        if tokens[2].upper == "USING":
            given = _values(statement, 3)
        elif tokens[2].kind != "end":
            raise mismatched(statement.sql, tokens[2], "'USING', <EOF>")
        return classify(found["QueryStatement"]), given

    def _prepare(self, workgroup: str, name: str, text: str | None) -> None:
        if text is None and name not in self._account.prepared.get(workgroup, {}):
            raise QueryFailure(f"Prepared Statement {name} was not found in WorkGroup "
                               f"{workgroup}", 1301)
        self._account.set_prepared(workgroup, name, text)

    # Where the result goes

    def _location(self, request: dict[str, Any], group: dict[str, Any]
                  ) -> tuple[str, dict[str, Any] | None]:
        """The prefix, and the ResultConfiguration to show: None with managed results."""
        configuration = group["Configuration"]
        wanted = request.get("ResultConfiguration")
        if configuration.get("ManagedQueryResultsConfiguration", {}).get("Enabled"):
            if wanted:
                raise invalid("ResultConfiguration cannot be set in a workgroup with managed "
                              "query results")
            return f"s3://{MANAGED_BUCKET}/", None
        own = configuration.get("ResultConfiguration", {})
        if configuration["EnforceWorkGroupConfiguration"] or not wanted:
            shown = dict(own)
        else:
            shown = {**own, **wanted}
        location = shown.get("OutputLocation")
        if not location:
            raise invalid(
                "No output location provided. An output location is required either through the "
                "Workgroup result configuration setting or as an API input.")
        match = re.fullmatch(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", location)
        if not match:
            raise invalid(f"outputLocation is not a valid S3 path. Provided {location}")
        if not self._store.bucket(match[1]):
            raise invalid(f"Unable to verify/create output bucket {match[1]}")
        return location if location.endswith("/") else location + "/", shown


def _dials(sql: str) -> dials.Dials:
    try:
        turned = dials.parse(sql)
    except ValueError as error:
        raise invalid(str(error)) from error
    if turned.fail_start:
        status = 500 if turned.fail_start.startswith("Internal") else 400
        extra = {"Reason": "CONCURRENT_QUERY_LIMIT_EXCEEDED"} \
            if turned.fail_start == "TooManyRequestsException" else {}
        raise AthenaError(turned.fail_start, "asked for by an athena-local comment", status, extra)
    return turned


def _values(statement: Statement, first: int) -> list[str]:
    """The texts between commas outside parentheses, from a token on."""
    texts, depth, start = [], 0, statement.tokens[first].start
    for token in statement.tokens[first:]:
        depth += (token.text in "([") - (token.text in ")]") if token.kind == "symbol" else 0
        if token.kind == "end" or (token.text == "," and depth == 0):
            text = statement.sql[start:token.start].strip()
            if not text:
                raise mismatched(statement.sql, token, "<expression>")
            texts.append(text)
            start = token.end
    return texts
