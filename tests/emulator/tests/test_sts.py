"""STS as boto3 sees it."""

from __future__ import annotations

import datetime

import pytest
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
