"""The identity providers' pages, as a browser and as Okta's clients see them."""

from __future__ import annotations

import html
import http.cookiejar
import json
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request

import pytest

ADFS = "/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=urn:amazon:webservices"
PING = "/idp/startSSO.ping?PartnerSpId=urn:amazon:webservices"
APP = "/home/amazon_aws/0oa1local/137"


class Browser:
    def __init__(self, emulator):
        self.emulator = emulator
        found = emulator.control("GET", "identity")
        self.url = f"https://{found['host']}:{found['port']}"
        self.person = found["person"]
        context = ssl.create_default_context(cafile=found["ca_file"])
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=context),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def open(self, path, fields=None, kind="form"):
        """The status and the text."""
        headers, data = {}, None
        if fields is not None and kind == "json":
            headers, data = {"Content-Type": "application/json"}, json.dumps(fields).encode()
        elif fields is not None:
            data = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(self.url + path, data, headers)
        try:
            with self.opener.open(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def codes(self):
        return self.emulator.control("GET", "identity")["okta"]

    def api(self, path, **fields):
        status, text = self.open("/api/v1/authn" + path, fields, "json")
        return status, json.loads(text)

    def authn(self):
        return self.api("", username=self.person["user"], password=self.person["password"])[1]


@pytest.fixture
def browser(emulator):
    return Browser(emulator)


@pytest.fixture
def dial(emulator):
    return lambda **dials: emulator.control("POST", "identity", dials)


def has_response(page):
    return re.search(r'name="SAMLResponse"[^>]* value="[^"]{1000,}"', page) is not None


def test_certificate_is_checked(browser):
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(browser.url + ADFS, timeout=10)


@pytest.mark.parametrize("user", [None, "EXAMPLE\\ana"])
def test_adfs(browser, user):
    page = browser.open(ADFS)[1]
    assert page.count("<form") == 4 and "decoy" in page
    form = {"AuthMethod": "FormsAuthentication", "__VIEWSTATE": '/wEPD & "w"==',
            "UserName": user or browser.person["user"], "Password": "wrong"}
    status, page = browser.open(ADFS, form)
    assert status == 200 and "Incorrect user ID or password" in page
    page = browser.open(ADFS, {**form, "Password": browser.person["password"]})[1]
    assert has_response(page)
    assert has_response(browser.open(ADFS)[1])  # the session stands


def test_adfs_wants_cookies_and_locks_out(browser, dial, emulator):
    form = {"AuthMethod": "FormsAuthentication", "__VIEWSTATE": '/wEPD & "w"==',
            "UserName": browser.person["user"], "Password": "wrong"}
    assert "Cookies are required" in browser.open(ADFS, form)[1]
    dial(person={"lock_after": 2})
    browser.open(ADFS)
    browser.open(ADFS, form)
    browser.open(ADFS, form)
    assert "locked out" in browser.open(ADFS, {**form, "Password": browser.person["password"]})[1]
    assert "not known" in browser.open(ADFS + "2")[1]


def test_ping(browser):
    page = browser.open(PING)[1]
    action = html.unescape(re.search(r'action="([^"]+)"', page)[1])
    form = {"pf.username": browser.person["user"], "pf.pass": browser.person["password"],
            "pf.ok": "", "pf.cancel": "", "pf.adapterId": "HtmlForm&1"}
    assert "recognize the username" in browser.open(action, {**form, "pf.pass": "wrong"})[1]
    assert has_response(browser.open(action, form)[1])
    again = PING + "&skip.simultaneous.authn.req.check=true"
    assert has_response(browser.open(again, form)[1])
    assert not has_response(browser.open(PING, form)[1])
    assert browser.open(PING + "2")[0] == 500


def test_okta(browser):
    assert browser.api("", username="ana@example.com", password="wrong")[1]["errorCode"] == (
        "E0000004")
    got = browser.authn()
    assert got["status"] == "SUCCESS"
    page = browser.open(f"{APP}?onetimetoken={got['sessionToken']}")[1]
    value = re.search(r'name="SAMLResponse" type="hidden" value="([^"]+)"', page)[1]
    assert "=" not in value and "+" not in value and "&#x2b;" in value
    assert not has_response(browser.open(f"{APP}?onetimetoken={got['sessionToken']}")[1])
    assert browser.open("/home/amazon_aws/other/1?onetimetoken=x")[0] == 404


@pytest.mark.parametrize("status", ["LOCKED_OUT", "PASSWORD_EXPIRED"])
def test_okta_refuses(browser, dial, status):
    dial(okta={"status": status})
    assert browser.authn()["status"] == status


@pytest.mark.parametrize(("name", "code"), [("googleauthenticator", "totp"),
                                            ("oktaverifywithtotp", "totp"),
                                            ("smsauthentication", "sms")])
def test_okta_codes(browser, dial, name, code):
    dial(okta={"factors": [name]})
    got = browser.authn()
    assert got["status"] == "MFA_REQUIRED"
    path = f"/factors/{got['_embedded']['factors'][0]['id']}/verify"
    if code == "sms":
        assert browser.api(path, stateToken=got["stateToken"])[1]["status"] == "MFA_CHALLENGE"
    assert browser.api(path, stateToken=got["stateToken"], passCode="no")[0] == 403
    right = browser.codes()[code]
    got = browser.api(path, stateToken=got["stateToken"], passCode=right)[1]
    assert got["status"] == "SUCCESS" and got["sessionToken"]


def test_okta_push(browser, dial):
    dial(okta={"factors": ["smsauthentication", "oktaverifywithpush"], "push_polls": 2})
    got = browser.authn()
    path = f"/factors/{got['_embedded']['factors'][1]['id']}/verify"
    answers = [browser.api(path, stateToken=got["stateToken"])[1] for _ in range(3)]
    assert [a.get("factorResult") for a in answers] == ["WAITING", "WAITING", None]
    assert answers[2]["status"] == "SUCCESS"


def test_okta_enrolment(browser, dial):
    dial(okta={"status": "MFA_ENROLL", "factors": ["smsauthentication"]})
    got = browser.authn()
    state = {"stateToken": got["stateToken"]}
    wish = {"factorType": "sms", "provider": "OKTA"}
    assert browser.api("/factors", **state, **wish, profile={"phoneNumber": "x"})[0] == 400
    got = browser.api("/factors", **state, **wish, profile={"phoneNumber": "+1 555 0100"})[1]
    assert got["status"] == "MFA_ENROLL_ACTIVATE"
    path = f"/factors/{got['_embedded']['factor']['id']}/lifecycle/activate"
    got = browser.api(path, **state, passCode=browser.codes()["sms"])[1]
    assert got["status"] == "SUCCESS"
