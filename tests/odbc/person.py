"""A person with a browser, to be named by BROWSER: opens the address, fills in the form that is there,
sends it, and follows where that leads.

ATHENA_PERSON holds JSON: "fields" are put into the form ("user", "password" ...); with "leaves" the
person only looks. Each address is appended to the file "visits", without its query.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser


class Form(HTMLParser):
    """The first form of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form" and self.action is None:
            self.action = given.get("action") or ""
        elif tag == "input" and given.get("name"):
            self.fields[given["name"]] = given.get("value") or ""


def main(url: str) -> None:
    person = json.loads(os.environ["ATHENA_PERSON"])
    with open(person["visits"], "a", encoding="utf-8") as visits:
        visits.write(url.partition("?")[0] + "\n")
    with urllib.request.urlopen(url, timeout=30) as answer:
        page, here = answer.read().decode(), answer.geturl()
    form = Form(page)
    if person.get("leaves") or form.action is None:
        return
    fields = urllib.parse.urlencode({**form.fields, **person.get("fields", {})}).encode()
    urllib.request.urlopen(urllib.parse.urljoin(here, form.action), fields, timeout=30).close()


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except (urllib.error.URLError, ConnectionError) as trouble:  # as a browser would show it
        print(trouble, file=sys.stderr)
