"""Trusted identity propagation as boto3 sees it: from a person's token to keys that name them."""

from __future__ import annotations

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from local_aws import ONE_TRY

ROLE = "arn:aws:iam::123456789012:role/"
TAG = "AthenaDriverOidcAppArn"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
PROVIDER = "arn:aws:iam::aws:contextProvider/IdentityCenter"


def keys_of(answer):
    made = answer["Credentials"]
    return made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]


@pytest.fixture
def token(emulator):
    return emulator.control("POST", "jwt", {"claims": {"sub": "alice"}})["token"]


@pytest.fixture
def keys(emulator, token):
    """Those of the application's role."""
    sts = emulator.client("sts", config=ONE_TRY.merge(Config(signature_version=UNSIGNED)))
    return keys_of(sts.assume_role_with_web_identity(
        RoleArn=ROLE + "AthenaLocalApplication", RoleSessionName="me", WebIdentityToken=token))


@pytest.fixture
def oidc(emulator, keys):
    return emulator.client("sso-oidc", keys=keys, endpoint_url=emulator.url + "/_local/tip/oidc")


def application(emulator, keys):
    group = "arn:aws:athena:us-east-1:123456789012:workgroup/people"
    tags = emulator.client("athena", keys=keys).list_tags_for_resource(ResourceARN=group)["Tags"]
    return {t["Key"]: t["Value"] for t in tags}[TAG]


def test_whole_way(emulator, token, keys, oidc):
    found = application(emulator, keys)
    admin = emulator.client("sso-admin", keys=keys, endpoint_url=emulator.url + "/_local/tip/sso")
    pages = admin.get_paginator("list_tags_for_resource").paginate(ResourceArn=found)
    role = {t["Key"]: t["Value"] for page in pages for t in page["Tags"]}[TAG]
    made = oidc.create_token_with_iam(clientId=found, grantType=GRANT, assertion=token)
    context = made["awsAdditionalDetails"]["identityContext"]
    sts = emulator.client("sts", keys=keys)
    got = sts.assume_role(RoleArn=role, RoleSessionName="me", ProvidedContexts=[
        {"ProviderArn": PROVIDER, "ContextAssertion": context}])
    inside = emulator.client("athena", keys=keys_of(got))
    assert inside.get_work_group(WorkGroup="people")["WorkGroup"]["Name"] == "people"
    with pytest.raises(ClientError, match="is not authorized"):
        sts.assume_role(RoleArn=role, RoleSessionName="me")
    with pytest.raises(ClientError, match="context assertion"):
        sts.assume_role(RoleArn=role, RoleSessionName="me", ProvidedContexts=[
            {"ProviderArn": PROVIDER, "ContextAssertion": token}])


def test_token_is_exchanged_once(emulator, token, keys, oidc):
    request = {"clientId": application(emulator, keys), "grantType": GRANT, "assertion": token}
    assert oidc.create_token_with_iam(**request)["idToken"]
    with pytest.raises(ClientError, match="exchanged already") as error:
        oidc.create_token_with_iam(**request)
    assert error.value.response["Error"]["Code"] == "InvalidGrantException"


def test_refusals(emulator, token, keys, oidc):
    found = application(emulator, keys)
    other = emulator.client("sso-oidc", endpoint_url=emulator.url + "/_local/tip/oidc")
    for client, request, code in (
            (other, {}, "AccessDeniedException"),
            (oidc, {"clientId": found + "0"}, "InvalidClientException"),
            (oidc, {"grantType": "authorization_code"}, "UnsupportedGrantTypeException"),
            (oidc, {"assertion": token[:-8] + "AAAAAAAA"}, "InvalidGrantException")):
        with pytest.raises(ClientError) as error:
            client.create_token_with_iam(**{"clientId": found, "grantType": GRANT,
                                            "assertion": token, **request})
        assert error.value.response["Error"]["Code"] == code
