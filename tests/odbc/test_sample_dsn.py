"""Data sources and connection strings as people have them: setup/odbc.ini.sample, and strings written
for AWS's own driver. What is checked is that every option is known, fits, and is enough: no network is
asked."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import odbc
import pytest

TOP = Path(__file__).parents[2]
SAMPLE = TOP / "setup/odbc.ini.sample"


def sections() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(SAMPLE)
    return parser


def authentication_types() -> list[str]:
    table = (TOP / "driver/config/options.def").read_text().split("AUTHENTICATION_TYPES", 1)[1]
    return "".join(re.findall(r'"(.*?)"', table.split("\n#define", 1)[0])).split("|")


def test_every_type_has_a_section() -> None:
    sampled = {section["AuthenticationType"] for section in sections().values()
               if "AuthenticationType" in section}
    assert sampled == set(authentication_types())


@pytest.mark.parametrize("name", sections().sections())
def test_a_section_connects_without_a_warning(env: odbc.Env, monkeypatch: pytest.MonkeyPatch,
                                              name: str) -> None:
    """No network is asked: what is checked is that every option is known, fits, and is enough."""
    monkeypatch.setenv("ODBCINI", str(SAMPLE))
    connection = odbc.Connection(env)
    connection.check(connection.connect(f"DSN={name};ConnectionTest=0"), odbc.SUCCESS)
    connection.check(connection.disconnect())
    connection.check(connection.free())


@pytest.mark.parametrize("name", sections().sections())
def test_a_section_lacks_nothing_that_could_go(env: odbc.Env, monkeypatch: pytest.MonkeyPatch,
                                               tmp_path: Path, name: str) -> None:
    """Without what the type needs (any one of it) the connection says which option is missing."""
    parser = sections()
    kept = {"Driver", "AwsRegion", "AuthenticationType"}
    parser[name] = {key: value for key, value in parser[name].items() if key in kept}
    with (tmp_path / "odbc.ini").open("w") as file:
        parser.write(file)
    monkeypatch.setenv("ODBCINI", str(tmp_path / "odbc.ini"))
    connection = odbc.Connection(env)
    rc = connection.connect(f"DSN={name};ConnectionTest=0")
    needs_nothing = parser[name]["AuthenticationType"] in (
        "IAM Profile", "Default Credentials", "Instance Profile")
    assert rc == (odbc.SUCCESS if needs_nothing else odbc.ERROR)
    if rc == odbc.ERROR:
        state, _, text = connection.diagnostics()[0]
        assert state == "28000" and f"AuthenticationType={parser[name]['AuthenticationType']}" in text
    else:
        connection.check(connection.disconnect())
    connection.check(connection.free())


# ---- strings written for AWS's driver ------------------------------------------------------------

# As its manual spells names and values: blanks round them, other cases, both forms of flags, values
# that are the default, a semicolon or none at the end.
COMMON = ("DRIVER={Amazon Athena ODBC (x64)};AwsRegion =us-west-1; Catalog=AwsDataCatalog;Schema=default;"
          "WorkGroup=primary;S3OutputLocation= s3://amzn-s3-demo-bucket1/; S3OutputEncOption=SSE_KMS;"
          "S3OutputEncKMSKey=arn:aws:kms:us-west-1:123456789012:key/1234abcd;")
ROLE = "preferred_role=arn:aws:iam::123456789012:role/User1;duration=900;"
SAML = ROLE + "LakeformationEnabled=0;SSL_Insecure=0;UseProxyForIdP=0;"
TIP = ("WorkGroupArn=arn:aws:athena:us-west-1:123456789012:workgroup/primary;JwtTipFileCache=false;"
       "ApplicationRoleArn=arn:aws:iam::123456789012:role/applicationRole;role_session_name=session;"
       "AccessRoleArn=arn:aws:iam::123456789012:role/accessRole;duration=3600;"
       "CustomerIdcApplicationArn=arn:aws:sso::123456789012:application/ssoins-1/apl-2;")
STRINGS = {
    "IAM Credentials": "UID=AKIAIOSFODNN7EXAMPLE;PWD=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY;"
                       "SessionToken=AQoDYXdzEJr1K...o5OytwEXAMPLE=;",
    "IAM Profile": "AWSProfile=default;" + ROLE,
    "Default Credentials": "",
    "Instance Profile": "",
    "External Credentials": "ExecutablePath=C:\\\\Users\\\\user_name\\\\external_credential.exe;"
                            "ArgumentList=arg1 arg2 arg3;" + ROLE,
    "ADFS": "UID=domain\\username;PWD=password_example;idp_host=adfs.example.com;idp_port=443;"
            "LoginToRP=trustedparty;" + SAML,
    "AzureAD": "UID=jane.doe@example.com;PWD=pa55w0rd;idp_tenant=123zz112z-z12d-1z1f-11zz-f111aa111234;"
               "client_id=9178ac27-a1bc-1a2b-1a2b-a123abcd1234;client_secret=zG12q~.xzG1xxxZ1wX1.~ZzXXX;"
               + SAML,
    "BrowserAzureAD": "idp_tenant=123zz112z;client_id=9178ac27;timeout=90;browser_azure_cache=1;" + SAML,
    "BrowserSAML": "login_url=https://trial-1234567.okta.com/app/trial-1234567_oktabrowsersaml_1/zzz4i/"
                   "sso/saml;listen_port=7890;timeout=90;" + SAML,
    "Okta": "UID=jane.doe@org.com;PWD=oktauserpassword;idp_host=dev-99999999.okta.com;idp_port=443;"
            "app_id=0oa25kx8ze9A3example/272;app_name=amazon_aws_redshift;okta_mfa_wait_time=20;"
            "okta_mfa_type=oktaverifywithpush;okta_mfa_phone_number=19991234567;okta_cache=0;" + SAML,
    "Ping": "UID=pinguser@domain.com;PWD=pingpassword;idp_host=ec2-1-83-65-12.example.com;idp_port=443;"
            "partner_spid=https://us-east-1.signin.aws.amazon.com/platform/saml/<...>;"
            "ping_uri_param=role=my_iam_role;" + SAML,
    "JWT": "web_identity_token=eyJhbGc...<remainder of token>;role_session_name=session;" + ROLE,
    "BrowserSSOOIDC": "sso_oidc_start_url=https://customer_domain.awsapps.com/start/;"
                      "sso_oidc_region=us-east-1;sso_oidc_scopes=sso:account:access;"
                      "sso_oidc_account_id=123456789123;sso_oidc_role_name=AthenaReadAccess;"
                      "sso_oidc_timeout=60;sso_oidc_cache=1;",
    "JWT_TIP": "web_identity_token=eyJhbGc...<remainder of token>;" + TIP,
    "BrowserOidcTip": "IdpWellKnownConfigurationUrl=https://example.okta.com/.well-known/"
                      "openid-configuration;client_id=0oa1;client_secret={s;!e}}cret};"
                      "Scope=openid email;listen_port=8080;IdpResponseTimeout=140;" + TIP,
    "SageMakerBrowserIdc": "SageMakerDomainId=dzd_1;SageMakerProjectId=p1;SageMakerDomainRegion=us-east-1;"
                           "sso_oidc_start_url=https://d-1.awsapps.com/start;sso_oidc_region=us-east-1;"
                           "sso_oidc_cache=false;",
    "SageMakerIam": "SageMakerDomainId=dzd_1;SageMakerProjectId=p1;SageMakerDomainRegion=us-east-1;",
}
OTHERS = ("ConnectionTest=0;ResultFetcher=auto;RowsToFetchPerBlock=20000;UseMultipleS3Threads=0;"
          "S3ResultBlockSize=67108864;EnableResultReuse=true;ReusedResultMaxAgeInMinutes=90;"
          "UseSingleCatalogAndSchema=0;QueryExternalCatalogs=no;UseQueryToListTables=1;"
          "UseWCharForStringTypes=0;StringColumnLength=255;ComplexTypeColumnLength=65535;"
          "MinQueryExecutionPollingInterval=100;MaxQueryExecutionPollingInterval=60000;"
          "QueryExecutionPollingIntervalMultiplier=2;MaxPollDuration=1800000;ConnectionTimeout=0;"
          "RequestTimeout=10000;VerifySSL=1;UseProxy=0;LogLevel=0;UseAwsLogger=0")


def test_every_type_has_a_string() -> None:
    assert set(STRINGS) == set(authentication_types())


@pytest.mark.parametrize("name", STRINGS)
def test_a_string_for_the_other_driver_connects(env: odbc.Env, name: str) -> None:
    connection = odbc.Connection(env)
    string = f"{COMMON}AuthenticationType={name};{STRINGS[name]}{OTHERS}"
    connection.check(connection.connect(string), odbc.SUCCESS)
    connection.check(connection.disconnect())
    connection.check(connection.free())


@pytest.mark.parametrize(("option", "value", "allowed"), [
    ("AuthenticationType", "Telepathy", "IAM Credentials, IAM Profile"),
    ("S3OutputEncOption", "ROT13", "NOT_SET, SSE_S3, SSE_KMS, CSE_KMS"),
    ("ResultFetcher", "pigeon", "auto, S3, GetQueryResults, GetQueryResultsStream"),
    ("ReusedResultMaxAgeInMinutes", "10081", "0 to 10080"),
    ("VerifySSL", "perhaps", "0 or 1"),
    ("ProxyPort", "70000", "1 to 65535"),
    ("listen_port", "70000", "65535"),
    ("duration", "soon", "number"),
    ("okta_mfa_type", "carrierpigeon", "googleauthenticator"),
    ("QueryExecutionPollingIntervalMultiplier", "0.5", "1"),
])
def test_a_bad_value_is_named_with_what_is_allowed(env: odbc.Env, connection_string,
                                                   option: str, value: str, allowed: str) -> None:
    connection = odbc.Connection(env)
    assert connection.connect(connection_string(**{option: value})) == odbc.ERROR
    state, _, text = connection.diagnostics()[0]
    assert (state, option in text, value in text) == ("HY024", True, True), text
    assert allowed in text
    connection.check(connection.free())
