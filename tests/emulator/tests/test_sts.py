"""STS as boto3 sees it."""

from __future__ import annotations

import datetime

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from local_aws import ONE_TRY

ACCOUNT = "123456789012"


def arn(name):
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def keys_of(credentials):
    return (credentials["AccessKeyId"], credentials["SecretAccessKey"],
            credentials["SessionToken"])


@pytest.fixture
def sts(emulator):
    # The service's own checks are what is tested, not boto3's.
    return emulator.client("sts", config=ONE_TRY.merge(Config(parameter_validation=False)))


def test_caller_identity(sts):
    got = sts.get_caller_identity()
    assert got["Account"] == ACCOUNT
    assert got["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/local"
    assert got["UserId"].startswith("AIDA")
    assert got["ResponseMetadata"]["RequestId"]


def test_assume_role(emulator, sts):
    before = datetime.datetime.now(datetime.timezone.utc)
    got = sts.assume_role(RoleArn=arn("AthenaLocal"), RoleSessionName="me@x", DurationSeconds=900)
    seconds = (got["Credentials"]["Expiration"] - before).total_seconds()
    assert 898 <= seconds <= 902
    assert got["AssumedRoleUser"]["Arn"] == (
        f"arn:aws:sts::{ACCOUNT}:assumed-role/AthenaLocal/me@x")
    keys = keys_of(got["Credentials"])
    assert keys[0].startswith("ASIA")
    inside = emulator.client("sts", keys=keys)
    assert inside.get_caller_identity()["Arn"] == got["AssumedRoleUser"]["Arn"]
    assert inside.get_caller_identity()["UserId"] == got["AssumedRoleUser"]["AssumedRoleId"]
    assert emulator.client("s3", keys=keys).list_buckets()["Buckets"] is not None


def test_read_only_role(emulator, sts, bucket):
    got = sts.assume_role(RoleArn=arn("AthenaLocalReadOnly"), RoleSessionName="me")
    s3 = emulator.client("s3", keys=keys_of(got["Credentials"]))
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"")


def test_external_id(sts):
    role = {"RoleArn": arn("AthenaLocalExternal"), "RoleSessionName": "me"}
    for more in ({}, {"ExternalId": "guess"}):
        with pytest.raises(ClientError, match="is not authorized to perform: sts:AssumeRole"):
            sts.assume_role(**role, **more)
    assert sts.assume_role(**role, ExternalId="local-external-id")["Credentials"]


REFUSED = [
    ({"RoleArn": arn("NoSuchRole")}, "AccessDenied", "not authorized"),
    ({"RoleArn": "arn:aws:iam::1:role/x-too-short"}, "ValidationError", "is invalid"),
    ({"RoleSessionName": "white space"}, "ValidationError", "regular expression pattern"),
    ({"DurationSeconds": 899}, "ValidationError", "greater than or equal to 900"),
    ({"RoleArn": arn("AthenaLocalShort"), "DurationSeconds": 3601}, "ValidationError",
     "MaxSessionDuration"),
    ({"ExternalId": "!bad!"}, "ValidationError", "externalId"),
]


@pytest.mark.parametrize("change, code, text", REFUSED)
def test_refused(emulator, sts, change, code, text):
    request = {"RoleArn": arn("AthenaLocal"), "RoleSessionName": "me", **change}
    with pytest.raises(ClientError, match=text) as error:
        sts.assume_role(**request)
    assert error.value.response["Error"]["Code"] == code
    assert error.value.response["Error"]["Type"] == "Sender"


def test_chained_roles_live_an_hour_at_most(emulator, sts):
    first = sts.assume_role(RoleArn=arn("AthenaLocal"), RoleSessionName="one")
    inside = emulator.client("sts", keys=keys_of(first["Credentials"]))
    with pytest.raises(ClientError, match="role chaining"):
        inside.assume_role(RoleArn=arn("AthenaLocal"), RoleSessionName="two", DurationSeconds=7200)
    second = inside.assume_role(RoleArn=arn("AthenaLocal"), RoleSessionName="two")
    last = emulator.client("sts", keys=keys_of(second["Credentials"]))
    assert last.get_caller_identity()["Arn"].endswith("assumed-role/AthenaLocal/two")


def test_session_token(emulator, sts):
    got = sts.get_session_token(DurationSeconds=900)
    inside = emulator.client("sts", keys=keys_of(got["Credentials"]))
    assert inside.get_caller_identity()["Arn"] == sts.get_caller_identity()["Arn"]
    with pytest.raises(ClientError, match="AccessDenied"):
        inside.get_session_token()


def test_added_role(emulator, sts):
    made = emulator.control("POST", "roles", {"name": "Mine", "external_id": "42"})
    assert sts.assume_role(RoleArn=made["arn"], RoleSessionName="me", ExternalId="42")
    emulator.control("POST", "reset")
    with pytest.raises(ClientError, match="AccessDenied"):
        sts.assume_role(RoleArn=made["arn"], RoleSessionName="me", ExternalId="42")


def test_unknown_action(sts):
    with pytest.raises(ClientError) as error:
        sts.get_federation_token(Name="me")
    assert error.value.response["Error"]["Code"] == "InvalidAction"


# ---- codes of an MFA device --------------------------------------------------------------------


def test_mfa_codes_are_good_once(emulator, sts):
    shown = emulator.control("POST", "mfa")
    request = {"RoleArn": arn("AthenaLocalMfa"), "RoleSessionName": "me",
               "SerialNumber": shown["serial_number"], "TokenCode": shown["code"]}
    with pytest.raises(ClientError, match="is not authorized"):
        sts.assume_role(RoleArn=arn("AthenaLocalMfa"), RoleSessionName="me")
    with pytest.raises(ClientError, match="MultiFactorAuthentication"):
        sts.assume_role(**{**request, "SerialNumber": "arn:aws:iam::123456789012:mfa/another"})
    assert sts.assume_role(**request)["Credentials"]
    with pytest.raises(ClientError, match="MultiFactorAuthentication"):
        sts.assume_role(**request)


# ---- a person's token --------------------------------------------------------------------------


@pytest.fixture
def unsigned(emulator):
    config = Config(signature_version=UNSIGNED, parameter_validation=False)
    return emulator.client("sts", config=ONE_TRY.merge(config))


def token(emulator, algorithm="RS256", is_forged=False, **claims):
    return emulator.control("POST", "jwt", {"claims": claims, "algorithm": algorithm,
                                            "is_forged": is_forged})["token"]


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_web_identity(emulator, unsigned, algorithm):
    got = unsigned.assume_role_with_web_identity(
        RoleArn=arn("AthenaLocalWeb"), RoleSessionName="me", DurationSeconds=900,
        WebIdentityToken=token(emulator, algorithm, sub="bob"))
    assert got["SubjectFromWebIdentityToken"] == "bob"
    inside = emulator.client("sts", keys=keys_of(got["Credentials"]))
    assert inside.get_caller_identity()["Arn"].endswith("assumed-role/AthenaLocalWeb/me")


BAD_TOKENS = [
    ({"exp": 1}, {}, "ExpiredTokenException", "Token expired"),
    ({"aud": "somebody-else"}, {}, "InvalidIdentityToken", "audience"),
    ({"iss": "https://another.example"}, {}, "InvalidIdentityToken", "No OpenIDConnect provider"),
    ({}, {"algorithm": "none"}, "InvalidIdentityToken", "signature"),
    ({}, {"is_forged": True}, "InvalidIdentityToken", "signature"),
]


@pytest.mark.parametrize("claims, how, code, text", BAD_TOKENS)
def test_bad_tokens(emulator, unsigned, claims, how, code, text):
    with pytest.raises(ClientError, match=text) as error:
        unsigned.assume_role_with_web_identity(
            RoleArn=arn("AthenaLocalWeb"), RoleSessionName="me",
            WebIdentityToken=token(emulator, **how, **claims))
    assert error.value.response["Error"]["Code"] == code


def test_what_a_token_is_no_good_for(emulator, sts, unsigned):
    with pytest.raises(ClientError, match="not a valid JWT"):
        unsigned.assume_role_with_web_identity(RoleArn=arn("AthenaLocalWeb"),
                                               RoleSessionName="me", WebIdentityToken="no token")
    with pytest.raises(ClientError, match="Not authorized to perform"):
        unsigned.assume_role_with_web_identity(RoleArn=arn("AthenaLocal"), RoleSessionName="me",
                                               WebIdentityToken=token(emulator))
    with pytest.raises(ClientError, match="is not authorized to perform"):
        sts.assume_role(RoleArn=arn("AthenaLocalWeb"), RoleSessionName="me")
    with pytest.raises(ClientError, match="Authentication Token"):
        unsigned.get_caller_identity()
