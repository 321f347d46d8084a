#!/usr/bin/env python3
"""Signs in at an AD FS server and prints the SAML response in base64, as the programs do that
AuthenticationType=External Credentials is for.

    saml_login.py URL CA_FILE USER PASSWORD
"""

from __future__ import annotations

import html.parser
import http.cookiejar
import ssl
import sys
import urllib.parse
import urllib.request


class Inputs(html.parser.HTMLParser):
    def __init__(self, page: str):
        super().__init__()
        self.values: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "input" and named.get("name"):
            self.values[named["name"]] = named.get("value") or ""


def sign_in(url: str, ca_file: str, user: str, password: str) -> str:
    browser = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca_file)),
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    form = Inputs(browser.open(url, timeout=30).read().decode()).values
    form.update(UserName=user, Password=password)
    page = browser.open(url, urllib.parse.urlencode(form).encode(), timeout=30).read().decode()
    return Inputs(page).values["SAMLResponse"]


if __name__ == "__main__":
    try:
        print(sign_in(*sys.argv[1:5]))
    except KeyError:
        sys.exit("the server gave no SAML response: wrong password?")
