"""The setup library, asked by a program (tests/clients/installer.c) through unixODBC's installer."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import DRIVER, RUNTIME, TOP, options, tool, write_string

BUILD = Path(os.environ.get("ATHENA_BUILD", TOP / "build" / "debug"))
SETUP = DRIVER.with_name("libathenaodbcS.so")
OPTION_TABLE = TOP / "tests" / "tools" / "option-table"
ADD, CONFIG, REMOVE, ADD_SYS, CONFIG_SYS, REMOVE_SYS, REMOVE_DEFAULT = range(1, 8)
INSTALL_DRIVER, REMOVE_DRIVER, CONFIG_DRIVER = 1, 2, 3
INVALID_REQUEST, INVALID_NAME, INVALID_KEYWORD, INVALID_DSN = 5, 7, 8, 9
TEXT, COMBO, FILENAME, PASSWORD = 1, 3, 4, 6  # ODBCINST_PROMPTTYPE_...
# The driver manager's own functions, and the library's alone: see installer.c
FORMS = ["ansi", "wide", "window", f"ansi:{SETUP}", f"wide:{SETUP}"]
FORM_IDS = ["ansi", "wide", "window", "ansi-alone", "wide-alone"]


@dataclass
class Answer:
    ok: bool
    message: str
    errors: list[tuple[int, str]]
    properties: dict[str, tuple[int, str, str, list[str]]]


class Installation:
    """A folder with an odbcinst.ini and odbc.ini of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.user = folder / "user.ini"
        self.user.touch()
        (folder / "odbc.ini").touch()
        (folder / "odbcinst.ini").write_text(
            f"[Athena]\nDriver={DRIVER}\nSetup={SETUP}\nThreading=0\n")

    def run(self, *words: str | int) -> Answer:
        done = subprocess.run(
            [BUILD / "tests" / "clients" / "installer", *map(str, words)], capture_output=True,
            text=True, timeout=60,
            env={**os.environ, "ODBCSYSINI": str(self.folder), "ODBCINI": str(self.user)})
        assert done.returncode == 0, done.stderr
        found = [line.partition(" ")[::2] for line in done.stdout.splitlines()]
        errors = [text.partition(" ")[::2] for kind, text in found if kind == "error"]
        rows = [text.split("\t") for kind, text in found if kind == "property"]
        return Answer(
            ("result", "1") in found, dict(found).get("message", ""),
            [(int(code), text) for code, text in errors],
            {name: (int(prompt), value, text, choices.split("|")[:-1])
             for name, prompt, value, text, choices in rows})

    def sections(self, file: str = "user.ini") -> dict[str, dict[str, str]]:
        parser = configparser.RawConfigParser(delimiters="=", strict=True)
        parser.optionxform = str  # type: ignore[assignment, method-assign]
        parser.read(self.folder / file, encoding="utf-8")
        return {name: dict(parser[name]) for name in parser.sections()}


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


@pytest.mark.parametrize("form", FORMS, ids=FORM_IDS)
def test_a_data_source_from_its_beginning_to_its_end(here: Installation, form: str) -> None:
    assert here.run("dsn", form, ADD, "Athena", "DSN=Sales", "region=eu-west-1", "FetchSize=500",
                    "S3OutputLocation=s3://bucket/a;b/", "PWD=s}e{c;r=et", "Trace=No").ok
    assert here.sections() == {"Sales": {
        "Driver": "Athena", "AwsRegion": "eu-west-1", "RowsToFetchPerBlock": "500",
        "S3OutputLocation": "s3://bucket/a;b/", "PWD": "s}e{c;r=et", "Trace": "No"}}
    # the other spelling of an option replaces it; one without a value is taken away
    assert here.run("dsn", form, CONFIG, "Athena", "DSN=Sales", "AwsRegion=eu-central-1", "PWD=",
                    "arraysize=", "Trace=", "LogLevel=debug").ok
    assert here.sections() == {"Sales": {
        "Driver": "Athena", "AwsRegion": "eu-central-1", "LogLevel": "debug",
        "S3OutputLocation": "s3://bucket/a;b/"}}
    assert here.run("dsn", form, REMOVE, "Athena", "DSN=Sales").ok
    assert here.sections() == {}
    answer = here.run("dsn", form, REMOVE, "Athena", "DSN=Sales")
    assert (answer.ok, answer.errors) == (
        False, [(INVALID_DSN, 'there is no data source "Sales"')])


def test_spellings_that_people_wrote_are_replaced(here: Installation) -> None:
    here.user.write_text("[Sales]\nDriver=Athena\nregion_name=us-east-1\nDatabase=old\n"
                         "[Other]\nDriver=Athena\nRegion=us-west-2\n")
    assert here.run("dsn", "ansi", CONFIG, "Athena", "DSN=Sales", "Region=eu-west-1").ok
    assert here.sections() == {
        "Sales": {"Driver": "Athena", "AwsRegion": "eu-west-1", "Database": "old"},
        "Other": {"Driver": "Athena", "Region": "us-west-2"}}


def test_adding_replaces_and_the_first_of_two_counts(here: Installation) -> None:
    assert here.run("dsn", "ansi", ADD, "Athena", "DSN=Sales", "Schema=a", "Workgroup=w").ok
    assert here.run("dsn", "ansi", ADD, "Athena", "DSN=Sales", "Schema=b", "Database=c").ok
    assert here.sections() == {"Sales": {"Driver": "Athena", "Schema": "b"}}


@pytest.mark.parametrize("form", ["ansi", "wide"])
def test_the_systems_data_sources(here: Installation, form: str) -> None:
    assert here.run("dsn", form, ADD_SYS, "Athena", "DSN=Sales", "Schema=a").ok
    assert here.run("dsn", form, CONFIG_SYS, "Athena", "DSN=Sales", "Catalog=c").ok
    wanted = {"Driver": "Athena", "Schema": "a", "Catalog": "c"}
    assert (here.sections("odbc.ini"), here.sections()) == ({"Sales": wanted}, {})
    assert not here.run("dsn", form, CONFIG, "Athena", "DSN=Sales", "Catalog=c").ok, \
        "there is none of the user's"
    assert here.run("dsn", form, REMOVE_SYS, "Athena", "DSN=Sales").ok
    assert here.sections("odbc.ini") == {}


@pytest.mark.parametrize("form", ["ansi", f"ansi:{SETUP}", f"wide:{SETUP}"],
                         ids=["ansi", "ansi-alone", "wide-alone"])
def test_letters_of_all_alphabets(here: Installation, form: str) -> None:
    """The manager's own SQLConfigDataSourceW keeps one byte of each unit before it calls anybody."""
    assert here.run("dsn", form, ADD, "Athena", "DSN=Größe", "Description=𝒜 日本 ü").ok
    assert here.sections() == {"Größe": {"Driver": "Athena", "Description": "𝒜 日本 ü"}}


BAD = [  # attributes, error, what it says
    (["DSN=Sales", "Regoin=x"], INVALID_KEYWORD, 'unknown option "Regoin"'),
    (["DSN=Sales", "ConnectionTest=maybe"], INVALID_KEYWORD,
     'option ConnectionTest: "maybe" is not allowed; allowed: 0 or 1'),
    (["DSN=Sales", "FetchSize=lots"], INVALID_KEYWORD,
     'option RowsToFetchPerBlock: "lots" is not allowed; allowed: a number from 0 to 10000000'),
    (["DSN=Sales", "AclOption=all"], INVALID_KEYWORD,
     'option AclOption: "all" is not allowed; allowed: NOT_SET, BUCKET_OWNER_FULL_CONTROL'),
    (["DSN=Sales", "Schema"], INVALID_KEYWORD, '"Schema" is not KEY=value'),
    (["DSN=Sales", "=x"], INVALID_KEYWORD, '"" is not KEY=value'),
    (["DSN=Sales", "DRIVER=Athena"], INVALID_KEYWORD, "DRIVER is no attribute"),
    (["DSN=Sales", "Schema=a\nPWD=b"], INVALID_KEYWORD, "more than one line"),
    (["DSN=Sales", "PWD= x"], INVALID_KEYWORD, "begins or ends with a blank"),
    (["DSN=Sales", "SessionToken=" + 1000 * "x"], INVALID_KEYWORD, "longer than odbc.ini can hold"),
    (["DSN=Sales", "TraceFile=" + 1000 * "x"], INVALID_KEYWORD, "longer than odbc.ini can hold"),
    (["Schema=a"], INVALID_KEYWORD, "name no data source"),
    ([], INVALID_KEYWORD, "name no data source"),
    (["DSN=a[b]"], INVALID_DSN, '"a[b]" cannot name a data source'),
    (["DSN=" + 33 * "x"], INVALID_DSN, "cannot name a data source"),
]


@pytest.mark.parametrize("form", ["ansi", f"wide:{SETUP}"], ids=["ansi", "wide-alone"])
@pytest.mark.parametrize("attributes, code, text", BAD, ids=range(len(BAD)))
def test_nothing_is_written_of_what_is_bad(here: Installation, form: str, attributes: list[str],
                                           code: int, text: str) -> None:
    before = "[Sales]\nDriver=Athena\nSchema=before\n"
    for request in (ADD, CONFIG):
        here.user.write_text(before)
        answer = here.run("dsn", form, request, "Athena", *attributes)
        assert not answer.ok and len(answer.errors) == 1, answer
        assert answer.errors[0][0] == code and text in answer.errors[0][1], answer
        assert here.user.read_text() == before


def test_a_value_of_any_length_that_is_taken_is_read_back_whole(here: Installation) -> None:
    for bytes_ in (900, 960, 968):
        assert here.run("dsn", "ansi", ADD, "Athena", "DSN=Sales",
                        "SessionToken=" + bytes_ * "x", "Schema=after").ok, bytes_
        read = here.run("read", "Sales", "SessionToken")
        assert read.message == f"{bytes_} {bytes_ * 'x'}"
        assert here.sections()["Sales"]["SessionToken"] == bytes_ * "x"


def test_requests_and_drivers_that_are_none(here: Installation) -> None:
    alone = f"ansi:{SETUP}"
    for request in (0, ADD_SYS, REMOVE_DEFAULT, 99):
        answer = here.run("dsn", alone, request, "Athena", "DSN=Sales")
        assert (answer.ok, [e[0] for e in answer.errors]) == (False, [INVALID_REQUEST])
        if request > CONFIG_DRIVER or not request:
            answer = here.run("driver", alone, request, "Athena")
            assert (answer.ok, [e[0] for e in answer.errors]) == (False, [INVALID_REQUEST])
    answer = here.run("dsn", alone, ADD, "", "DSN=Sales")
    assert (answer.ok, [e[0] for e in answer.errors]) == (False, [INVALID_NAME])
    answer = here.run("driver", alone, INSTALL_DRIVER, "Nobody")
    assert (answer.ok, [e[0] for e in answer.errors]) == (False, [INVALID_NAME])


@pytest.mark.parametrize("form", [f"ansi:{SETUP}", f"wide:{SETUP}"], ids=["ansi", "wide"])
def test_a_driver_is_installed(here: Installation, form: str) -> None:
    name = "Amazon Athena ODBC (x64)"
    assert here.run("install", name, f"Driver={DRIVER}", f"Setup={SETUP}").ok
    answer = here.run("driver", form, INSTALL_DRIVER, name, "CPTimeout=60")
    assert answer.ok and not answer.errors
    # 60 characters of room, one for the end
    assert answer.message == "59 Threading = 0 was added to the driver's section of odbcinst"
    wanted = {"Driver": str(DRIVER), "Setup": str(SETUP), "UsageCount": "1", "CPTimeout": "60",
              "Threading": "0"}
    assert here.sections("odbcinst.ini")[name] == wanted
    # what somebody has chosen stays
    assert here.run("driver", form, INSTALL_DRIVER, name, "Threading=3").ok
    answer = here.run("driver", form, INSTALL_DRIVER, name)
    assert (answer.ok, answer.message) == (True, "0 ")
    assert here.sections("odbcinst.ini")[name] == {**wanted, "Threading": "3"}
    assert here.run("driver", form, REMOVE_DRIVER, name).ok
    assert here.run("remove", name).ok
    assert name not in here.sections("odbcinst.ini")
    assert "Athena" in here.sections("odbcinst.ini")


@pytest.mark.parametrize("form", ["ansi", "wide"])
def test_a_driver_is_installed_through_the_manager(here: Installation, form: str) -> None:
    """unixODBC 2.3.11 (and newer) for 64 bits refuses every driver that has a Setup line, itself."""
    (here.folder / "odbcinst.ini").write_text(f"[Athena]\nDriver={DRIVER}\nSetup={SETUP}\n")
    answer = here.run("driver", form, INSTALL_DRIVER, "Athena")
    if answer.ok:
        assert answer.message.startswith("59 Threading = 0 was added")
    else:
        assert answer.errors == [(INVALID_NAME, "Invalid driver or translator name")]
    assert here.sections("odbcinst.ini")["Athena"].get("Threading") == ("0" if answer.ok else None)


def test_settings_of_a_driver(here: Installation) -> None:
    alone = f"wide:{SETUP}"
    assert here.run("driver", alone, CONFIG_DRIVER, "Athena", "CPTimeout=5", "DontDLClose=1",
                    "Description=Amazon Athena").ok
    written = here.sections("odbcinst.ini")["Athena"]
    assert written == {"Driver": str(DRIVER), "Setup": str(SETUP), "Threading": "0",
                       "CPTimeout": "5", "DontDLClose": "1", "Description": "Amazon Athena"}
    for bad, text in (("CPTimeout=soon", '"soon" is not a number from 0 to 2147483647'),
                      ("Threading=4", '"4" is not a number from 0 to 3'),
                      ("Threading=", "is not a number"), ("Driver=x", '"Driver" is no setting'),
                      ("CPTimeout", '"CPTimeout" is no setting'),
                      ("Description=a\nb", "more than one line")):
        answer = here.run("driver", alone, CONFIG_DRIVER, "Athena", "DontDLClose=0", bad)
        assert not answer.ok and answer.errors[0][0] == INVALID_KEYWORD, bad
        assert text in answer.errors[0][1], answer
    assert here.sections("odbcinst.ini")["Athena"] == written


# ---- the property sheet ----------------------------------------------------------------------


def test_every_option_is_a_property(here: Installation) -> None:
    """The library's rows against the table's, as another reader understands it."""
    rows = {row.name: row for row in tool(OPTION_TABLE).options()
            if row.id not in ("DRIVER", "DSN", "DESCRIPTION", "FILE_DSN", "SAVE_FILE")}
    answer = here.run("properties", "Athena")
    assert answer.ok
    assert list(answer.properties) == ["Name", "Description", "Driver", *rows]
    prompts = {"TEXT": TEXT, "NUMBER": TEXT, "BYTES": TEXT, "FACTOR": TEXT, "FLAG": COMBO,
               "CHOICE": COMBO, "FILE": FILENAME, "SECRET": PASSWORD}
    states = {"HONOURED": "", "ACCEPTED": " Accepted, without effect.",
              "PLANNED": " Not implemented in this version."}
    for name, row in rows.items():
        prompt, value, text, choices = answer.properties[name]
        assert (prompt, value) == (prompts[row.kind], ""), name
        assert text.startswith(row.doc + "."), name
        default = f" Default: {row.default}." if row.default is not None else ""
        assert text.endswith(default + states[row.state]), name
        offered = {"FLAG": "0|1", "CHOICE": row.choices}.get(row.kind)
        expected = ["", *(c for c in offered.split("|") if c[0] != "!")] if offered else []
        assert choices == expected, name


def test_what_properties_say(here: Installation) -> None:
    properties = here.run("properties", "Athena").properties
    assert properties["AclOption"][2:] == (
        "ACL of result files. Allowed: NOT_SET, BUCKET_OWNER_FULL_CONTROL. Default: NOT_SET.",
        ["", "NOT_SET", "BUCKET_OWNER_FULL_CONTROL"])
    assert properties["VerifySSL"][3] == ["", "0", "1"]
    assert "Allowed: a number from 1 to 32. Default: 16." in properties["DownloadConnections"][2]
    assert properties["UseAwsLogger"][2].endswith("Accepted, without effect.")
    assert properties["PWD"][0] == PASSWORD and properties["TrustedCerts"][0] == FILENAME
    assert "IAM Profile" in properties["AuthenticationType"][3]
    assert not any(c.startswith("!") for c in properties["AuthenticationType"][3])


def test_every_choice_that_is_offered_is_taken(here: Installation) -> None:
    for name, (_, _, _, choices) in here.run("properties", "Athena").properties.items():
        for choice in choices[1:3]:
            answer = here.run("dsn", "ansi", ADD, "Athena", "DSN=Sales", f"{name}={choice}")
            assert answer.ok, (name, choice, answer)
            assert here.sections()["Sales"] == {"Driver": "Athena", name: choice}


# ---- what documents say ----------------------------------------------------------------------


def test_the_readmes_table_is_the_sources() -> None:
    done = subprocess.run([OPTION_TABLE, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_table_of_options_is_read_whole() -> None:
    module = tool(OPTION_TABLE)
    rows = {row.id: row for row in module.options()}
    assert len(rows) == (TOP / "driver/config/options.def").read_text().count("\nOPTION(") > 100
    shown = module.table().splitlines()
    assert len(shown) == len(rows) + 2
    assert all(line.count("|") == 7 for line in shown), "six cells each"
    assert rows["DOWNLOAD_BUDGET"].max == 68719476736
    assert rows["AWS_REGION"].aliases == "Region|region_name"
    assert rows["POLL_MULTIPLIER"].kind == "FACTOR"
    assert module.values(rows["POLL_MULTIPLIER"]) == "1 to 1000, decimals"
    assert "highest value of any connection counts" in rows["DOWNLOAD_BUDGET"].doc


def test_the_sample_registers_both(tmp_path: Path) -> None:
    """odbcinst.ini.sample as the README says to use it; the paths are the installed package's."""
    (tmp_path / "odbcinst.ini").touch()
    done = subprocess.run(["odbcinst", "-i", "-d", "-f", TOP / "odbcinst.ini.sample"],
                          capture_output=True, text=True,
                          env={**os.environ, "ODBCSYSINI": str(tmp_path)})
    assert done.returncode == 0, done.stdout + done.stderr
    parser = configparser.RawConfigParser()
    parser.read(tmp_path / "odbcinst.ini")
    section = parser["Athena"]
    assert Path(section["Driver"]).name == DRIVER.name
    assert Path(section["Setup"]) == Path(section["Driver"]).with_name(SETUP.name)
    assert (section["Threading"], section["UsageCount"]) == ("0", "1")


def test_the_samples_second_name_connects(tmp_path: Path, athena, configuration: Path) -> None:
    """With its comment signs off, and the paths of this build."""
    _, mark, second = (TOP / "odbcinst.ini.sample").read_text().partition("# [Amazon Athena ODBC")
    assert mark
    section = re.sub(r"^# ", "", mark + second, flags=re.MULTILINE)
    section = re.sub(r"(?<== )/\S*/", f"{DRIVER.parent}/", section)
    (tmp_path / "odbcinst.ini").write_text(section)
    string = "DRIVER={Amazon Athena ODBC (x64)};" + write_string(options(athena.url))
    environment = {**os.environ, "ODBCSYSINI": str(tmp_path)}
    done = subprocess.run(["isql", "-b", "-k", string], input="SELECT 41 + 1\n",
                          capture_output=True, text=True, timeout=60,
                          env={**environment, "LD_PRELOAD": RUNTIME} if RUNTIME else environment)
    assert "| 42" in done.stdout, done.stdout + done.stderr
