#!/usr/bin/env python3
"""A person with a browser, for sign-ins that open one: this program is what $BROWSER names.

    browser.py SETTINGS ADDRESS     opens the address, fills in the form that asks for a password, and
                                    goes where pages and redirects lead, until none leads on

SETTINGS is a JSON file that Person (below) writes. The addresses that were opened are appended to
its "log", and the statuses with which the last pages came to "ends".
"""

from __future__ import annotations

import html.parser
import http.client
import http.cookiejar
import json
import os
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

PATIENCE_S = 60


class Form(html.parser.HTMLParser):
    """The first form of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.action: str | None = None
        self.values: dict[str, str] = {}
        self.password: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "form" and self.action is None:
            self.action = named.get("action") or ""
        if tag == "input" and named.get("name"):
            self.values[named["name"]] = named.get("value") or ""
            if named.get("type") == "password":
                self.password = named["name"]


class Visit:
    def __init__(self, settings: dict[str, Any]):
        self.settings = settings
        context = ssl.create_default_context(cafile=settings["ca_file"])
        self.browser = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=context), urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def open(self, url: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, address and text of what is shown."""
        data = None if fields is None else urllib.parse.urlencode(fields).encode()
        try:
            with self.browser.open(url, data, timeout=PATIENCE_S) as answer:
                return answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, url, error.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, url, ""  # nobody is there, or not any more

    def sign_in(self, url: str) -> int:
        status, at, text = self.open(url)
        for _ in range(10):
            form = Form(text)
            if form.action is None:
                break
            if form.password:
                form.values["username"] = self.settings["user"]
                form.values[form.password] = self.settings["password"]
            target = urllib.parse.urljoin(at, form.action)
            status, at, text = self.open(target, form.values)
            if self.settings["twice"] and "localhost" in target:
                write_line(self.settings["ends"], str(status))
                status, at, text = self.open(target, form.values)
        return status


def write_line(file: str, text: str) -> None:
    with open(file, "a") as f:
        f.write(text + "\n")


def wait_for(file: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while not os.path.exists(file) and time.monotonic() < until:
        time.sleep(0.05)


def main(settings_file: str, url: str) -> None:
    settings = json.loads(Path(settings_file).read_text())
    write_line(settings["log"], url)
    if settings["waits_for"]:
        wait_for(settings["waits_for"])
    if settings["signs_in"]:
        write_line(settings["ends"], str(Visit(settings).sign_in(url)))


class Person:
    """Whom the driver's browser belongs to, and what she does; folder is where she keeps notes."""

    def __init__(self, folder: Path, user: str, password: str, ca_file: str | None):
        self.log, self.ends = folder / "opened", folder / "ends"
        self.settings = folder / "browser.json"
        self.program = folder / "browser"
        self.program.write_text(f"#!/bin/sh\nexec {sys.executable} {__file__} {self.settings} "
                                '"$1"\n')
        self.program.chmod(0o755)
        self.given: dict[str, Any] = {"user": user, "password": password, "ca_file": ca_file,
                                      "log": str(self.log), "ends": str(self.ends),
                                      "signs_in": True, "waits_for": None, "twice": False}
        self.does()

    def does(self, **changes: Any) -> None:
        """What she does from now on; signs_in, waits_for (a file), twice (posts again)."""
        self.given.update(changes)
        self.settings.write_text(json.dumps(self.given))

    def opened(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    def wait_until_opened(self, count: int = 1) -> list[str]:
        until = time.monotonic() + PATIENCE_S
        while len(self.opened()) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.opened()) == count
        return self.opened()

    def ended(self, count: int = 1) -> list[int]:
        """The statuses of the pages that her visits ended with, when there are so many."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            found = self.ends.read_text().split() if self.ends.exists() else []
            if len(found) >= count:
                return [int(status) for status in found]
            time.sleep(0.02)
        raise AssertionError("the browser has not come to an end")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
