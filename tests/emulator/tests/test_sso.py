"""IAM Identity Center and DataZone, as botocore sees them."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import time
import urllib.parse

import botocore.exceptions
import pytest

START_URL = "https://local.awsapps.com/start"
CODE, REFRESH = "authorization_code", "refresh_token"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
REDIRECT = "http://localhost:7890/athena"
DOMAIN, PROJECT = "dzd_localathena0001", "localproject01"
PERSON = {"username": "somebody", "password": "correct horse battery staple"}
VERIFIER = "v" * 43


@pytest.fixture
def oidc(emulator):
    return emulator.client("sso-oidc", endpoint_url=f"{emulator.url}/_local/sso-oidc")


@pytest.fixture
def portal(emulator):
    return emulator.client("sso", endpoint_url=f"{emulator.url}/_local/sso")


@pytest.fixture
def dials(emulator):
    return lambda **values: emulator.control("POST", "sso", values)


def register(oidc):
    made = oidc.register_client(clientName="test", clientType="public", redirectUris=[REDIRECT],
                                grantTypes=[CODE, REFRESH, DEVICE], issuerUrl=START_URL,
                                scopes=["sso:account:access"])
    return {"clientId": made["clientId"], "clientSecret": made["clientSecret"]}


def start_device(oidc, client):
    return oidc.start_device_authorization(**client, startUrl=START_URL)


def poll(oidc, client, device):
    return oidc.create_token(**client, grantType=DEVICE, deviceCode=device["deviceCode"])


def login(oidc, dials, **values):
    dials(pending=0, **values)
    client = register(oidc)
    return client, poll(oidc, client, start_device(oidc, client))


def refused(error, call, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    assert caught.value.response["Error"]["Code"] == error
    return caught.value.response


def post(emulator, path, fields):
    """Status and Location of a form's answer, no redirect followed."""
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port)
    connection.request("POST", path, urllib.parse.urlencode(fields),
                       {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.getheader("Location") or text


def test_device(emulator, oidc, dials):
    dials(decision="none", slow_down=1, pending=1)
    client = register(oidc)
    device = start_device(oidc, client)
    assert device["interval"] == 1 and device["userCode"] in device["verificationUriComplete"]
    refused("SlowDownException", lambda: poll(oidc, client, device))
    refused("AuthorizationPendingException", lambda: poll(oidc, client, device))
    form = {**PERSON, "user_code": device["userCode"]}
    assert "wrong" in post(emulator, "/_local/sso-oidc/device", {**form, "password": "x"})[1]
    dials(slow_down=0, pending=0)
    assert "approved" in post(emulator, "/_local/sso-oidc/device", form)[1]
    token = poll(oidc, client, device)
    assert token["accessToken"] and token["refreshToken"] and token["expiresIn"] == 3600
    refused("InvalidGrantException", lambda: poll(oidc, client, device))


@pytest.mark.parametrize(("values", "error"), [
    ({"decision": "deny", "pending": 0}, "AccessDeniedException"),
    ({"device_s": 0}, "ExpiredTokenException")])
def test_device_that_is_refused(oidc, dials, values, error):
    dials(**values)
    client = register(oidc)
    device = start_device(oidc, client)
    refused(error, lambda: poll(oidc, client, device))


def authorize(emulator, client, **changes):
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    asked = {"response_type": "code", "client_id": client["clientId"], "redirect_uri": REDIRECT,
             "state": "s", "scopes": "sso:account:access", "code_challenge_method": "S256",
             "code_challenge": challenge.rstrip(b"=").decode(), **PERSON, **changes}
    status, location = post(emulator, "/_local/sso-oidc/authorize", asked)
    assert status == 302, location
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))


def test_code(emulator, oidc):
    client = register(oidc)
    given = authorize(emulator, client)
    assert given["state"] == "s"
    asked = {**client, "grantType": CODE, "redirectUri": REDIRECT}
    refused("InvalidGrantException", oidc.create_token, **asked, code=given["code"],
            codeVerifier="another")
    given = authorize(emulator, client)
    token = oidc.create_token(**asked, code=given["code"], codeVerifier=VERIFIER)
    assert token["tokenType"] == "Bearer"
    assert authorize(emulator, client, decision="deny")["error"] == "access_denied"
    assert authorize(emulator, client, scopes="more")["error"] == "invalid_scope"


def test_refresh_token_works_once(oidc, dials):
    client, token = login(oidc, dials)
    asked = {**client, "grantType": REFRESH, "refreshToken": token["refreshToken"]}
    assert oidc.create_token(**asked)["refreshToken"] != token["refreshToken"]
    answer = refused("InvalidGrantException", oidc.create_token, **asked)
    assert answer["error"] == "invalid_grant"


def test_client_that_has_ended(oidc, dials):
    client, token = login(oidc, dials, registration_s=0.5)
    time.sleep(0.6)
    answer = refused("InvalidClientException", oidc.create_token, **client, grantType=REFRESH,
                     refreshToken=token["refreshToken"])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 401


def test_role_credentials(emulator, oidc, portal, dials):
    _, token = login(oidc, dials)
    asked = {"accountId": "123456789012", "roleName": "AthenaLocalSso",
             "accessToken": token["accessToken"]}
    given = portal.get_role_credentials(**asked)["roleCredentials"]
    assert 3000 < given["expiration"] / 1000 - time.time() < 3601
    keys = (given["accessKeyId"], given["secretAccessKey"], given["sessionToken"])
    assert ":assumed-role/AWSReservedSSO_AthenaLocalSso_" in emulator.client(
        "sts", keys=keys).get_caller_identity()["Arn"]
    for change, error in (({"accessToken": "x"}, "UnauthorizedException"),
                          ({"accountId": "210987654321"}, "ForbiddenException"),
                          ({"roleName": "Nobody"}, "ResourceNotFoundException")):
        refused(error, portal.get_role_credentials, **{**asked, **change})
    dials(denied=True)
    refused("ForbiddenException", portal.get_role_credentials, **asked)
    dials(forgets="all")
    refused("UnauthorizedException", portal.get_role_credentials, **asked)


# ---- DataZone --------------------------------------------------------------------------------


def datazone_client(emulator, **more):
    return emulator.client("datazone", endpoint_url=f"{emulator.url}/_local/datazone", **more)


def test_connections(emulator):
    client = datazone_client(emulator)
    emulator.control("POST", "datazone", {"empty_pages": 1})
    pages = client.get_paginator("list_connections").paginate(
        domainIdentifier=DOMAIN, projectIdentifier=PROJECT, type="ATHENA")
    items = [item for page in pages for item in page["items"]]
    assert [item["name"] for item in items] == ["project.athena"]
    asked = {"domainIdentifier": DOMAIN, "identifier": items[0]["connectionId"]}
    assert "connectionCredentials" not in client.get_connection(**asked)
    given = client.get_connection(**asked, withSecret=True)["connectionCredentials"]
    keys = (given["accessKeyId"], given["secretAccessKey"], given["sessionToken"])
    assert emulator.client("sts", keys=keys).get_caller_identity()["Account"] == "123456789012"
    assert 3000 < given["expiration"].timestamp() - time.time() < 3601


def test_connections_that_are_refused(emulator):
    client = datazone_client(emulator)
    asked = {"domainIdentifier": DOMAIN, "projectIdentifier": PROJECT}
    for change in ({"domainIdentifier": "dzd_another"}, {"projectIdentifier": "another"}):
        refused("AccessDeniedException", client.list_connections, **{**asked, **change})
    refused("ResourceNotFoundException", client.get_connection, domainIdentifier=DOMAIN,
            identifier="another")
    stranger = datazone_client(emulator, keys=("AKIANOBODY", "secret"))
    refused("UnrecognizedClientException", stranger.list_connections, **asked)
    emulator.faults({"service": "datazone", "kind": "throttle"})
    refused("ThrottlingException", client.list_connections, **asked)


def test_token_is_redeemed(emulator, oidc, dials):
    _, token = login(oidc, dials)

    def redeem(**fields):
        connection = http.client.HTTPConnection("127.0.0.1", emulator.port)
        connection.request("POST", "/_local/datazone/sso/redeem-token", json.dumps(fields),
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        return answer.status, body

    status, body = redeem(domainId=DOMAIN, accessToken=token["accessToken"])
    given = body["credentials"]
    keys = (given["accessKeyId"], given["secretAccessKey"], given["sessionToken"])
    assert status == 200
    assert datazone_client(emulator, keys=keys).list_connections(
        domainIdentifier=DOMAIN, projectIdentifier=PROJECT)["items"]
    assert redeem(domainId=DOMAIN, accessToken="x")[0] == 401
    assert redeem(domainId="dzd_another", accessToken=token["accessToken"])[0] == 403
    assert redeem(domainId=DOMAIN)[0] == 400
