"""What users of AWS's own driver complain of, and what must work as it does there: as far as it is about
connecting, permissions and logs, line by line, with the tests that hold each.

A line is a sentence and the tests behind it: names of this folder ("test_connect.py::test_wrong_key"), of
tests/unit ("unit/options_test.c::fetchers"), or of this file. That they are there is a test, too: whoever
renames one comes by here. Sign-in types that ask an identity provider have test_sign_in_*.py.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import odbc
import pytest
from conftest import TOP, options, tool
from emulator_process import ACCESS_KEY, SECRET_KEY
from odbc import NTS, SUCCESS


class Item(NamedTuple):
    says: str
    tests: tuple[str, ...]


def item(says: str, *tests: str) -> Item:
    return Item(says, tests)


COMPLAINTS = [
    item("an error can be understood from the log and the options in it",
         "test_logging.py::test_a_failure_is_understood",
         "test_logging.py::test_requests_and_calls_of_a_query"),
    item("certificates are checked by default", "test_connect.py::test_tls_failure_and_success",
         "test_network.py::test_whose_certificates_are_trusted",
         "test_network.py::test_the_least_version"),
    item("verbose logs hold no tokens and no credentials",
         "test_secrets.py::test_a_secret_is_found", "test_secrets.py::test_the_driver_logs_here",
         "test_host_credentials.py::test_log_holds_no_secret",
         "unit/log_options_test.c::what_is_shown_holds_no_secret",
         "unit/log_options_test.c::no_secret_of_the_table_is_shown"),
    item("a connection, a data source or the environment turns the log on, nobody else is needed",
         "test_logging.py::test_each_connection_has_its_log",
         "test_logging.py::test_the_environment_takes_the_place_of_options",
         "test_logging.py::test_wide_settings"),
    item("long session tokens are not cut, or it is said",
         "test_checklist.py::test_long_tokens_arrive_whole",
         "unit/dsn_test.c::a_value_that_odbcinst_has_cut_is_a_fault"),
    item("names are not garbled, by whichever call they come",
         "test_connect.py::test_connection_string", "test_connect.py::test_data_source",
         "test_setup.py::test_letters_of_all_alphabets"),
    item("minutes of concurrent use", "test_stress.py::test_stress",
         "test_connect.py::test_connections_come_and_go"),
    item("nothing is left behind", "test_guest.py::test_thousand_rounds_leak_nothing",
         "test_guest.py::test_unloaded_and_loaded_again",
         "test_logging.py::test_unloading_closes_the_file"),
    item("port 444 may be blocked", "test_checklist.py::test_no_other_port_is_needed"),
    item("the end of a query is noticed soon", "test_quota.py::test_short_query_is_noticed_soon",
         "test_checklist.py::test_defaults_are_those_of_the_official_driver"),
    item("no poll limit ends what Athena goes on with",
         "test_checklist.py::test_defaults_are_those_of_the_official_driver"),
    item("sessions of 15 minutes are renewed early",
         "test_host_credentials.py::test_keys_that_end_are_replaced",
         "test_roles.py::test_role_that_has_ended_is_assumed_again",
         "test_roles.py::test_keys_are_replaced_in_the_middle_of_a_download"),
    item("every diagnostic has Athena's words, a SQLSTATE and the query's id",
         "test_tools.py::test_errors_name_state_athenas_words_and_the_query",
         "test_diagnostics.py::test_connections_that_fail"),
    item("catalogs that may not be listed are done without",
         "test_catalog_results.py::test_denied_operations_are_survived",
         "test_catalog.py::test_all_catalogs"),
    item("a policy without GetWorkGroup, GetTableMetadata, StopQueryExecution and BatchGetQueryExecution",
         "test_permissions.py::test_connecting", "test_permissions.py::test_queries",
         "test_permissions.py::test_many_queries", "test_permissions.py::test_catalog_functions",
         "test_permissions.py::test_cancel", "test_permissions.py::test_time_out",
         "test_permissions.py::test_leaving", "test_permissions.py::test_what_is_denied_is_logged",
         "test_permissions.py::test_wrong_keys_are_still_told"),
    item("a policy without the result bucket",
         "test_results.py::test_denied_bucket_falls_back_to_the_api",
         "test_results.py::test_denied_bucket_is_an_error_when_s3_was_asked_for"),
    item("throttled metadata calls", "test_catalog.py::test_throttled_metadata_is_retried",
         "test_catalog.py::test_metadata_cache"),
    item("results encrypted by the client (CSE_KMS)",
         "test_workgroups.py::test_client_side_encryption_is_read_by_the_api",
         "test_workgroups.py::test_client_side_encryption_and_the_s3_fetcher"),
    item("endpoint overrides hang nobody", "test_connect.py::test_endpoint_down",
         "test_connect.py::test_unknown_host", "test_connect.py::test_login_timeout",
         "test_network.py::test_connection_timeout"),
    item("proxies that resolve names themselves", "test_network.py::test_proxies",
         "test_network.py::test_exempt_hosts", "test_network.py::test_a_proxy_that_refuses"),
    item("every request has a length, and wide parameters are whole",
         "test_checklist.py::test_requests_tell_who_they_are_and_how_long",
         "test_tools.py::test_wide_parameters_are_not_cut"),
    item("policies that match on the User-Agent",
         "test_checklist.py::test_requests_tell_who_they_are_and_how_long"),
    item("an administrator's changes to a data source lose nothing",
         "test_setup.py::test_a_data_source_from_its_beginning_to_its_end",
         "test_setup.py::test_spellings_that_people_wrote_are_replaced"),
]
WORKS_UNCHANGED = [
    item("every official key is known, unknown ones give 01S00 and stop nothing",
         "test_checklist.py::test_every_official_key_may_stand_there",
         "unit/options_test.c::every_official_key_is_known",
         "test_connect.py::test_unknown_option_is_a_warning"),
    item("defaults are the official ones, but where a safer one changes no result",
         "test_checklist.py::test_defaults_are_those_of_the_official_driver"),
    item("UID and PWD of the string, of the data source and of SQLConnect are interchangeable",
         "test_checklist.py::test_where_keys_come_from"),
    item("the string wins over the data source; wide log settings where the data source has none",
         "test_connect.py::test_the_string_wins_over_the_data_source",
         "test_logging.py::test_wide_settings"),
    item("ResultFetcher, EnableS3Fetcher, UseResultsetStreaming in every combination",
         "test_checklist.py::test_fetchers", "unit/options_test.c::fetchers"),
    item("RowsToFetchPerBlock above 1000 is clamped",
         "test_checklist.py::test_large_pages_are_clamped"),
    item("legacy LogLevel numbers", "test_logging.py::test_levels"),
    item("MetadataRetrievalMethod", "test_catalog.py::test_all_catalogs",
         "test_catalog.py::test_columns_by_query_are_the_same"),
    item("the User-Agent has an identification of its own and a key for more",
         "test_checklist.py::test_requests_tell_who_they_are_and_how_long"),
    item("the driver may be registered under the official name too",
         "test_setup.py::test_the_samples_second_name_connects"),
    item("catalog functions of what Athena does not have are empty and well-formed",
         "test_catalog.py::test_what_athena_does_not_have_is_empty_with_the_right_columns"),
    item("types follow the length keys and UseWCharForStringTypes",
         "test_columns.py::test_options_change_what_is_said_and_not_what_comes"),
    item("Power BI's assumptions", "test_tools.py::test_power_bi_folds",
         "test_tools.py::test_power_bi_keys_of_the_string_win_over_the_data_source",
         "test_tools.py::test_power_bi_pools_connections"),
    item("partition keys last, an empty pattern means all, unknown types are text, empty pages",
         "test_catalog.py::test_columns_with_partition_keys_last",
         "test_catalog.py::test_empty_strings_of_ado_net_mean_all",
         "test_catalog.py::test_patterns", "test_catalog.py::test_paging_goes_on_behind_empty_pages",
         "test_columns.py::test_types_that_are_not_known_are_text"),
]


@cache
def known_tests(file: str) -> set[str]:
    folder = TOP / "tests" / ("" if file.startswith("unit/") else "odbc")
    text = (folder / file).read_text()
    if file.endswith(".py"):
        return set(re.findall(r"^def (test_\w+)\(", text, re.MULTILINE))
    return set(re.findall(r"cmocka_unit_test(?:_\w+)?\((\w+)", text))


@pytest.mark.parametrize("line", COMPLAINTS + WORKS_UNCHANGED,
                         ids=lambda line: re.sub(r"\W+", "-", line.says)[:60])
def test_each_line_has_its_tests(line: Item) -> None:
    assert line.tests
    for name in line.tests:
        file, _, test = name.partition("::")
        assert test in known_tests(file), f"{line.says}: there is no {name}"


# ---- what had no test of its own ------------------------------------------------------------


class Listener:
    """Answers every request with 400, and keeps their heads. No HTTP library: what was sent counts."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        data = b""
        connection.settimeout(10)  # a connection may be made and not used
        while b"\r\n\r\n" not in data:
            try:
                received = connection.recv(1 << 16)
            except TimeoutError:
                return
            if not received:
                return
            data += received
        self.heads.append(data.partition(b"\r\n\r\n")[0].decode("latin-1"))
        body = b'{"__type":"InvalidRequestException","message":"heard"}'
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: "
                           b"application/x-amz-json-1.1\r\nContent-Length: %d\r\n\r\n%s"
                           % (len(body), body))

    def stop(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def header(self, name: str) -> str:
        """Of the first request."""
        found = re.search(rf"^{name}: *(.*?)\r?$", self.heads[0], re.MULTILINE | re.IGNORECASE)
        assert found, self.heads[0].splitlines()[0]
        return found[1]


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.stop()


def heard(env: odbc.Env, text: str, wide: bool = False) -> None:
    connection = odbc.Connection(env)
    connection.check(connection.connect(text, wide), odbc.ERROR)
    assert "heard" in connection.diagnostics()[0][2], connection.diagnostics()
    connection.check(connection.free())


@pytest.mark.parametrize("wide", [False, True], ids=["ansi", "wide"])
def test_long_tokens_arrive_whole(env, connection_string, listener: Listener, wide: bool) -> None:
    token = "".join(f"{n:05d}+/=" for n in range(1500))
    heard(env, connection_string(EndpointOverride=listener.url, SessionToken=token), wide)
    assert listener.header("X-Amz-Security-Token") == token


def test_requests_tell_who_they_are_and_how_long(env, connection_string,
                                                 listener: Listener) -> None:
    heard(env, connection_string(EndpointOverride=listener.url,
                                 ApplicationName="lib/AmazonAthenaODBC#2.3.0.0"))
    agent = listener.header("User-Agent")
    assert re.fullmatch(r"odbc-athena/\d+\.\d+\.\d+ app/lib/AmazonAthenaODBC#2\.3\.0\.0", agent)
    assert int(listener.header("Content-Length")) > 0


def test_no_other_port_is_needed(athena, connect: Callable, listener: Listener) -> None:
    """The streaming service has a port of its own: rows come without."""
    connection = connect(ResultFetcher="GetQueryResultsStream",
                         StreamingEndpointOverride=listener.url)
    s = odbc.Statement(connection)
    assert len(s.query("SELECT trip_id FROM taxi_trips LIMIT 2500")) == 2500
    s.check(s.free())
    assert listener.heads == []


ROWS = 2500


@pytest.mark.parametrize(("given", "by_file"), [
    ({}, True),
    ({"ResultFetcher": "auto", "UseResultsetStreaming": "1", "EnableS3Fetcher": "0"}, True),
    ({"ResultFetcher": "S3", "UseResultsetStreaming": "1", "EnableS3Fetcher": "0"}, True),
    ({"ResultFetcher": "GetQueryResults", "EnableS3Fetcher": "1"}, False),
    ({"ResultFetcher": "GetQueryResultsStream", "EnableS3Fetcher": "1"}, False),
    ({"UseResultsetStreaming": "1", "EnableS3Fetcher": "1"}, False),
    ({"UseResultsetStreaming": "1"}, False),
    ({"UseResultsetStreaming": "0"}, True),
    ({"UseResultsetStreaming": "0", "EnableS3Fetcher": "1"}, True),
    ({"UseResultsetStreaming": "0", "EnableS3Fetcher": "0"}, False),
    ({"EnableS3Fetcher": "0"}, False),
], ids=lambda value: ",".join(value.values()) or "none" if isinstance(value, dict) else None)
def test_fetchers(athena, connect: Callable, given: dict[str, str], by_file: bool) -> None:
    s = odbc.Statement(connect(**given))
    assert len(s.query(f"SELECT trip_id FROM taxi_trips LIMIT {ROWS}")) == ROWS
    s.check(s.free())
    assert (athena.requests("s3.GetObject") > 0) == by_file
    assert (athena.requests("athena.GetQueryResults") > 1) != by_file


@pytest.mark.parametrize("rows", ["1001", "20000", "10000000"])
def test_large_pages_are_clamped(athena, env, connection_string, rows: str) -> None:
    connection = odbc.Connection(env)
    connection.check(connection.connect(connection_string(
        ResultFetcher="GetQueryResults", RowsToFetchPerBlock=rows)), SUCCESS)  # silently
    s = odbc.Statement(connection)
    assert len(s.query(f"SELECT trip_id FROM taxi_trips LIMIT {ROWS}")) == ROWS
    s.check(s.free())
    connection.check(connection.disconnect())
    connection.check(connection.free())
    assert athena.requests("athena.GetQueryResults") == 3  # the header is a row of the first


def official_keys() -> list[str]:
    text = (TOP / "tests/unit/options_test.c").read_text()
    return re.findall(r'"(\w+)"', re.search(r"official\[\] = \{(.*?)\};", text, re.DOTALL)[1])


def rows_of_options() -> dict[str, NamedTuple]:
    return {row.name: row for row in tool(TOP / "tests/tools/option-table").options()}


def test_every_official_key_may_stand_there(env, connection_string) -> None:
    """Without a value, as dialogs write them, in any case; and with its own default."""
    keys, table = official_keys(), rows_of_options()
    assert len(keys) == 101
    given = "".join(f"{key.upper()}={table[key].default or ''};" for key in keys
                    if key not in ("DSN", "Driver") and table[key].kind != "FILE")
    connection = odbc.Connection(env)
    connection.check(connection.connect(connection_string() + ";" + given), SUCCESS, odbc.INFO)
    assert "01S00" not in connection.states(), connection.diagnostics()
    connection.check(connection.disconnect())
    connection.check(connection.free())


# As the vendor documents them; None: none.
OFFICIAL_DEFAULTS = {
    "AwsRegion": None, "Catalog": "AwsDataCatalog", "Schema": "default", "Workgroup": "primary",
    "S3OutputLocation": None, "S3OutputEncOption": "NOT_SET", "S3OutputEncKMSKey": None,
    "ResultFetcher": "auto", "UseResultsetStreaming": "0", "EnableS3Fetcher": "1",
    "RowsToFetchPerBlock": "1000", "UseMultipleS3Threads": "0", "S3ResultBlockSize": "67108864",
    "EnableResultReuse": "0", "ReusedResultMaxAgeInMinutes": "60",
    "UseSingleCatalogAndSchema": "0", "UseQueryToListTables": "1", "QueryExternalCatalogs": "0",
    "UseWCharForStringTypes": "0", "StringColumnLength": "255", "ComplexTypeColumnLength": "65535",
    "MetadataRetrievalMethod": "Auto", "QueryExecutionPollingIntervalMultiplier": "2",
    "MinQueryExecutionPollingInterval": "100", "MaxQueryExecutionPollingInterval": "60000",
    "MaxPollDuration": "1800000", "ConnectionTimeout": "0", "RequestTimeout": "10000",
    "VerifySSL": "1", "TrustedCerts": None, "SSL_Insecure": "0", "UseProxy": "0",
    "ProxyHost": None, "ProxyPort": None, "ProxyUID": None, "ProxyPWD": None,
    "NonProxyHost": None, "UseProxyForIdP": "0", "EndpointOverride": None,
    "S3EndpointOverride": None, "StsEndpointOverride": None, "StreamingEndpointOverride": None,
    "LogLevel": "OFF", "LogPath": None, "UseAwsLogger": "0",
    "AuthenticationType": "IAM Credentials", "LakeformationEnabled": "0", "UID": None, "PWD": None,
    "SessionToken": None, "duration": "900", "preferred_role": None,
}
OURS = {  # and why
    "MinQueryExecutionPollingInterval": "25",  # short queries are noticed soon
    "MaxQueryExecutionPollingInterval": "5000",  # and long ones not a minute late
    "MaxPollDuration": "0",  # Athena decides how long a query may run
    "LogPath": "stderr",  # where the official driver has no log
}


@pytest.mark.parametrize("name", OFFICIAL_DEFAULTS)
def test_defaults_are_those_of_the_official_driver(name: str) -> None:
    default = rows_of_options()[name].default
    assert default == OURS.get(name, OFFICIAL_DEFAULTS[name])
    assert name not in OURS or OURS[name] != OFFICIAL_DEFAULTS[name]


@pytest.mark.parametrize("where", ["string", "source", "arguments"])
@pytest.mark.parametrize("overruled", [False, True], ids=["alone", "overruled"])
def test_where_keys_come_from(env, athena, configuration, monkeypatch: pytest.MonkeyPatch,
                              tmp_path, where: str, overruled: bool) -> None:
    """overruled: the data source has keys, too, and they are wrong ones."""
    here = {"UID": ACCESS_KEY, "PWD": SECRET_KEY}
    wrong = {"UID": "AKIAOFNOBODY00000001", "PWD": "of/nobody/at/all"}
    keys = here if where == "source" else wrong if overruled else {"UID": None, "PWD": None}
    name = f"Of{where}{overruled}"
    section = "".join(f"{k}={v}\n" for k, v in options(athena.url, **keys).items())
    (tmp_path / "odbc.ini").write_text(f"[{name}]\nDriver=Athena\n{section}")
    monkeypatch.setenv("ODBCINI", str(tmp_path / "odbc.ini"))
    connection = odbc.Connection(env)
    given = here if where != "source" else {}
    if where == "arguments":
        rc = odbc.lib.SQLConnect(connection.value, name.encode(), NTS, given["UID"].encode(), NTS,
                                 given["PWD"].encode(), NTS)
    else:
        rc = connection.connect(f"DSN={name};" + "".join(f"{k}={v};" for k, v in given.items()))
    connection.check(rc)
    connection.check(connection.disconnect())
    connection.check(connection.free())
