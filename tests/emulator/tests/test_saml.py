"""Keys for SAML responses: STS and Lake Formation as boto3 sees them."""

from __future__ import annotations

import base64
import datetime
import http.cookiejar
import re
import ssl
import urllib.parse
import urllib.request

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from local_aws import ONE_TRY, REGION

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/AthenaLocalSaml"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/AthenaLocalIdP"
NOBODY = ONE_TRY.merge(Config(signature_version=UNSIGNED))


@pytest.fixture
def dial(emulator):
    return lambda **dials: emulator.control("POST", "identity", dials)


@pytest.fixture
def response(emulator, dial):
    """A SAML response with a claim's changes, as AD FS gives it to a browser of its own."""

    def get(**claim):
        dial(claim=claim)
        return sign_in(emulator)

    return get


def sign_in(emulator):
    found = emulator.control("GET", "identity")
    context = ssl.create_default_context(cafile=found["ca_file"])
    browser = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=context),
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    url = (f"https://{found['host']}:{found['port']}/adfs/ls/IdpInitiatedSignOn.aspx"
           "?loginToRp=urn:amazon:webservices")
    assert b"loginForm" in browser.open(url, timeout=10).read()
    form = {"UserName": found["person"]["user"], "Password": found["person"]["password"],
            "AuthMethod": "FormsAuthentication", "__VIEWSTATE": '/wEPD & "w"=='}
    page = browser.open(url, urllib.parse.urlencode(form).encode(), timeout=10).read().decode()
    return re.search(r'name="SAMLResponse" value="([^"]+)"', page)[1]


def client(emulator, service):
    return boto3.client(service, endpoint_url=emulator.url, region_name=REGION, config=NOBODY)


def assume(emulator, assertion, **more):
    given = {"RoleArn": ROLE, "PrincipalArn": PROVIDER, **more}
    return client(emulator, "sts").assume_role_with_saml(SAMLAssertion=assertion, **given)


def seconds_left(expiration):
    return (expiration - datetime.datetime.now(datetime.timezone.utc)).total_seconds()


def test_assume_role_with_saml(emulator, response):
    got = assume(emulator, response(), DurationSeconds=900)
    assert got["AssumedRoleUser"]["Arn"] == (
        f"arn:aws:sts::{ACCOUNT}:assumed-role/AthenaLocalSaml/ana@example.com")
    assert (got["Subject"], got["SubjectType"], got["Audience"]) == (
        "ana@example.com", "persistent", "https://signin.aws.amazon.com/saml")
    keys = got["Credentials"]
    assert 890 < seconds_left(keys["Expiration"]) <= 901
    me = emulator.client("sts", keys=(keys["AccessKeyId"], keys["SecretAccessKey"],
                                      keys["SessionToken"])).get_caller_identity()
    assert me["Arn"] == got["AssumedRoleUser"]["Arn"]


@pytest.mark.parametrize(("claim", "asked", "seconds"), [
    ({}, None, 3600), ({"session_duration_s": 1800}, None, 1800),
    ({"session_duration_s": 1800}, 900, 900), ({"session_duration_s": 1800}, 7200, 1800)])
def test_durations(emulator, response, claim, asked, seconds):
    more = {} if asked is None else {"DurationSeconds": asked}
    got = assume(emulator, response(**claim), **more)
    assert seconds - 30 < seconds_left(got["Credentials"]["Expiration"]) <= seconds + 1


@pytest.mark.parametrize(("claim", "more", "code", "text"), [
    ({"signature": "none"}, {}, "InvalidIdentityToken", "Response signature invalid"),
    ({"signature": "broken"}, {}, "InvalidIdentityToken", "Response signature invalid"),
    ({"signature": "foreign"}, {}, "InvalidIdentityToken", "Response signature invalid"),
    ({"issuer": "https://another"}, {}, "InvalidIdentityToken", "Issuer not present"),
    ({"valid_s": -1}, {}, "ExpiredTokenException", "within 5 minutes"),
    ({"issued_ago_s": 400, "valid_s": 3600}, {}, "ExpiredTokenException", "within 5 minutes"),
    ({"audience": "urn:other"}, {}, "InvalidIdentityToken", "required audience"),
    ({"recipient": "https://other.example/saml"}, {}, "AccessDenied", "Not authorized"),
    ({"session_name": ""}, {}, "InvalidIdentityToken", "RoleSessionName is required"),
    ({"session_name": "white space"}, {}, "InvalidIdentityToken", "must match"),
    ({"roles": ["AthenaLocalSamlShort"]}, {}, "AccessDenied", "Not authorized"),
    ({"roles": ["NoSuchRole"]}, {"RoleArn": ROLE[:-15] + "NoSuchRole"}, "AccessDenied",
     "Not authorized"),
    ({"roles": ["AthenaLocal"]}, {"RoleArn": ROLE[:-4]}, "AccessDenied", "Not authorized"),
    ({}, {"PrincipalArn": PROVIDER + "2"}, "InvalidIdentityToken", "provider doesn't exist"),
    ({"status": "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"}, {}, "IDPRejectedClaim", "IdP"),
    ({"roles": ["AthenaLocalSamlShort"]}, {"RoleArn": ROLE + "Short", "DurationSeconds": 3601},
     "ValidationError", "MaxSessionDuration"),
])
def test_refusals(emulator, response, claim, more, code, text):
    with pytest.raises(ClientError, match=text) as error:
        assume(emulator, response(**claim), **more)
    assert error.value.response["Error"]["Code"] == code


@pytest.mark.parametrize("assertion", ["!!!!", base64.b64encode(b"<a>").decode(),
                                       base64.b64encode(b"<Response/>").decode()])
def test_no_response_at_all(emulator, assertion):
    with pytest.raises(ClientError, match="SAMLResponse"):
        assume(emulator, assertion)


def test_changed_on_the_way(emulator, response):
    xml = base64.b64decode(response()).replace(b"ana@example.com", b"eve@example.com")
    with pytest.raises(ClientError, match="signature invalid"):
        assume(emulator, base64.b64encode(xml).decode())


def test_short_sessions(emulator):
    emulator.control("POST", "roles", {"name": "AthenaLocalSaml", "by": "AssumeRoleWithSAML",
                                       "lasts_s": 65})
    got = assume(emulator, sign_in(emulator))
    assert 30 < seconds_left(got["Credentials"]["Expiration"]) <= 66


def test_lake_formation(emulator, response):
    lake = client(emulator, "lakeformation")
    more = {"RoleArn": ROLE, "PrincipalArn": PROVIDER, "DurationSeconds": 900}
    got = lake.assume_decorated_role_with_saml(SAMLAssertion=response(), **more)
    assert 890 < seconds_left(got["Expiration"]) <= 901
    keys = (got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"])
    assert emulator.client("sts", keys=keys).get_caller_identity()["Account"] == ACCOUNT
    for claim, code in (({"roles": ["AthenaLocalSaml", "AthenaLocalSamlShort"]}, "InvalidInputException"),
                        ({"signature": "none"}, "InvalidInputException"),
                        ({"roles": ["AthenaLocalSamlShort"]}, "AccessDeniedException")):
        with pytest.raises(ClientError) as error:
            lake.assume_decorated_role_with_saml(SAMLAssertion=response(**claim), **more)
        assert error.value.response["Error"]["Code"] == code


def test_faults_and_counters(emulator, response):
    assertion = response()
    emulator.faults({"service": "sts", "operation": "AssumeRoleWithSAML", "kind": "throttle",
                     "count": 1},
                    {"service": "identity", "operation": "AdfsPage", "kind": "error5xx",
                     "count": 1})
    with pytest.raises(ClientError, match="Rate exceeded"):
        assume(emulator, assertion)
    with pytest.raises(urllib.error.HTTPError, match="500"):
        sign_in(emulator)
    assert emulator.requests("identity.AdfsLogin") == 1
