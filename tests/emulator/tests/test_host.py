"""A container's endpoint and an instance's metadata service, as botocore sees them."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest
from botocore.utils import ContainerMetadataFetcher, InstanceMetadataFetcher

ROLE_PATH = "latest/meta-data/iam/security-credentials/"
TTL = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}


def ask(emulator, path, method="GET", **headers):
    """The status and the body of an answer."""
    request = urllib.request.Request(f"{emulator.url}/_local/{path}", method=method,
                                     headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture
def host(emulator):
    yield lambda **dials: emulator.control("POST", "host", dials)
    emulator.control("POST", "host", {})


def test_instance_by_botocore(emulator, host):
    fetcher = InstanceMetadataFetcher(base_url=f"{emulator.url}/_local/imds/", num_attempts=1,
                                      env={})
    got = fetcher.retrieve_iam_role_credentials()
    assert got["role_name"] == "AthenaLocalInstance"
    keys = (got["access_key"], got["secret_key"], got["token"])
    assert emulator.client("sts", keys=keys).get_caller_identity()["Account"] == "123456789012"
    host(role=None)
    assert fetcher.retrieve_iam_role_credentials() == {}


def test_container_by_botocore(emulator, host):
    host(authorization="right")
    fetcher = ContainerMetadataFetcher(sleep=lambda seconds: None)
    url = f"{emulator.url}/_local/credentials"
    got = fetcher.retrieve_full_uri(url, {"Authorization": "right"})
    keys = (got["AccessKeyId"], got["SecretAccessKey"], got["Token"])
    assert emulator.client("sts", keys=keys).get_caller_identity()["Account"] == "123456789012"
    assert ask(emulator, "credentials", Authorization="wrong")[0] == 403
    assert ask(emulator, "credentials")[0] == 403


def test_session_tokens(emulator, host):
    path = "imds/" + ROLE_PATH
    assert ask(emulator, "imds/latest/api/token", "PUT")[0] == 400
    assert ask(emulator, "imds/latest/api/token", "PUT",
               **{"X-aws-ec2-metadata-token-ttl-seconds": "21601"})[0] == 400
    assert ask(emulator, "imds/latest/api/token")[0] == 405
    token = ask(emulator, "imds/latest/api/token", "PUT", **TTL)[1]
    header = {"X-aws-ec2-metadata-token": token}
    assert ask(emulator, path)[0] == 401
    assert ask(emulator, path, **{"X-aws-ec2-metadata-token": "another"})[0] == 401
    assert ask(emulator, path, **header) == (200, "AthenaLocalInstance")
    assert ask(emulator, path + "SomeRole", **header)[0] == 404
    host(needs_token=False, gives_token=False)
    assert ask(emulator, "imds/latest/api/token", "PUT", **TTL)[0] == 403
    assert ask(emulator, path) == (200, "AthenaLocalInstance")


def test_faults_and_counters(emulator, host):
    emulator.reset()
    emulator.faults({"service": "host", "operation": "GetRole", "kind": "error5xx", "count": 1},
                    {"service": "host", "operation": "GetRole", "kind": "throttle", "skip": 1,
                     "count": 1})
    assert [ask(emulator, "imds/" + ROLE_PATH)[0] for _ in range(3)] == [500, 429, 401]
    assert emulator.requests("host.GetRole") == 3
    emulator.reset()
