"""Requests signed by hand with botocore's signer, so that tests can sign them wrongly."""

from __future__ import annotations

import dataclasses
import datetime
import http.client
import json
import re
from collections.abc import Callable
from unittest import mock

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_aws import ACCESS_KEY, REGION, SECRET_KEY, Emulator


@dataclasses.dataclass
class Reply:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def code(self) -> str:
        """The error code, from JSON or XML."""
        if self.body.startswith(b"{"):
            return json.loads(self.body).get("__type", "")
        found = re.search(rb"<Code>(.*?)</Code>", self.body)
        return found[1].decode() if found else ""

    @property
    def text(self) -> str:
        if self.body.startswith(b"{"):
            return json.loads(self.body).get("Message", "")
        found = re.search(rb"<Message>(.*?)</Message>", self.body, re.DOTALL)
        return found[1].decode() if found else ""

    def element(self, name: str) -> str:
        found = re.search(f"<{name}>(.*?)</{name}>".encode(), self.body, re.DOTALL)
        return found[1].decode() if found else ""


# A harmless request of each service.
REQUESTS = {
    "athena": ("POST", "/", {"Content-Type": "application/x-amz-json-1.1",
                             "X-Amz-Target": "AmazonAthena.ListWorkGroups"}, b"{}"),
    "sts": ("POST", "/", {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
            b"Action=GetCallerIdentity&Version=2011-06-15"),
    "s3": ("GET", "/", {}, b""),
}


def signed(emulator: Emulator, service: str, *, method: str = "", path: str = "",
           headers: dict[str, str] | None = None, body: bytes | None = None,
           keys: tuple[str, ...] = (ACCESS_KEY, SECRET_KEY), region: str = REGION,
           scope_service: str = "", shift_s: float = 0) -> AWSRequest:
    """A request of a service, signed as if the clock were shifted."""
    default_method, default_path, default_headers, default_body = REQUESTS[service]
    request = AWSRequest(method or default_method, emulator.url + (path or default_path),
                         data=default_body if body is None else body,
                         headers={**default_headers, **(headers or {})})
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=shift_s)
    kind = S3SigV4Auth if service == "s3" else SigV4Auth
    with mock.patch("botocore.auth.get_current_datetime", return_value=now):
        kind(Credentials(*keys), scope_service or service, region).add_auth(request)
    return request


def send(emulator: Emulator, request: AWSRequest,
         change: Callable[[dict[str, str]], None] | None = None) -> Reply:
    """Sends it over a connection of its own, after changing its headers."""
    headers = dict(request.headers)
    if change:
        change(headers)
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=30)
    try:
        connection.request(request.method, request.url.removeprefix(emulator.url),
                           body=request.data, headers=headers)
        answer = connection.getresponse()
        return Reply(answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()
