"""Providers whose pages lead a browser back: Entra ID, OpenID Connect, a page that posts SAML."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request

import pytest
from test_identity import Browser, has_response

TENANT = "5e1f0000-0000-4000-8000-00000000f00d"
BACK = "http://localhost:7890/athena"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:-1]
AZURE = {"client_id": "c11e0000-0000-4000-8000-0000000000a1",
         "resource": "c11e0000-0000-4000-8000-0000000000a1",
         "requested_token_type": "urn:ietf:params:oauth:token-type:saml2"}
OIDC = {"client_id": "athena-local"}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


@pytest.fixture
def browser(emulator):
    made = Browser(emulator)
    context = ssl.create_default_context(cafile=emulator.control("GET", "identity")["ca_file"])
    made.opener = urllib.request.build_opener(NoRedirect,
                                              urllib.request.HTTPSHandler(context=context))
    return made


def asked(client_id, **more):
    return urllib.parse.urlencode({"client_id": client_id, "response_type": "code", "nonce": "n",
                                   "redirect_uri": BACK, "state": "s", "scope": "openid",
                                   "code_challenge": CHALLENGE, "code_challenge_method": "S256",
                                   **more})


def sign_in(browser, path, password=None):
    person = browser.person
    return browser.open(path, {"username": person["user"],
                               "password": password or person["password"]})


def azure_code(browser):
    path = f"/azure/{TENANT}/oauth2/authorize?" + asked(AZURE["client_id"],
                                                       response_mode="form_post")
    page = sign_in(browser, path)[1]
    assert f'action="{BACK}"' in page and 'name="state" value="s"' in page
    return html.unescape(re.search(r'name="code" value="([^"]+)"', page)[1])


def azure_token(browser, **fields):
    status, text = browser.open(f"/azure/{TENANT}/oauth2/token", {**AZURE, **fields})
    return status, json.loads(text)


def test_azure_code_is_good_once_and_with_its_key_alone(browser):
    grant = {"grant_type": "authorization_code", "redirect_uri": BACK, "code_verifier": VERIFIER}
    status, answer = azure_token(browser, code=azure_code(browser),
                                 **{**grant, "code_verifier": "w" * 43})
    assert (status, answer["error"]) == (400, "invalid_grant")
    code = azure_code(browser)
    assert azure_token(browser, code=code, **{**grant, "redirect_uri": BACK + "2"})[0] == 400
    code = azure_code(browser)
    status, answer = azure_token(browser, code=code, **grant)
    token = answer["access_token"]
    assert status == 200 and "=" not in token
    assert base64.urlsafe_b64decode(token + "==").startswith(b"<Assertion ")
    assert azure_token(browser, code=code, **grant)[0] == 400


@pytest.mark.parametrize(("change", "number"), [
    ({"password": "wrong"}, 50126), ({"client_secret": "wrong"}, 7000215),
    ({"client_id": "wrong"}, 700016), ({"grant_type": "device_code"}, 70003),
    ({"resource": "wrong"}, 900144)])
def test_azure_password(browser, change, number):
    person = browser.person
    fields = {"grant_type": "password", "username": person["user"], "password": person["password"],
              "client_secret": "az~s3cret+for/the=application"}
    assert azure_token(browser, **fields)[0] == 200
    status, answer = azure_token(browser, **{**fields, **change})
    assert status in (400, 401) and answer["error_codes"] == [number]
    assert answer["error_description"].startswith(f"AADSTS{number}: ")


def test_azure_leads_back_to_this_machine_alone(browser):
    path = f"/azure/{TENANT}/oauth2/authorize?"
    for wrong in ("https://localhost/athena", "http://evil.example/athena", "http://localhost/x"):
        assert browser.open(path + asked(AZURE["client_id"], redirect_uri=wrong))[0] == 400


def oidc_code(browser, **more):
    with pytest.raises(urllib.error.HTTPError) as led:
        browser.opener.open(urllib.request.Request(
            browser.url + "/oidc/authorize?" + asked(OIDC["client_id"], **more),
            urllib.parse.urlencode({"username": browser.person["user"],
                                    "password": browser.person["password"]}).encode()), timeout=10)
    assert led.value.code == 302 and led.value.headers["Location"].startswith(BACK + "?")
    back = dict(urllib.parse.parse_qsl(led.value.headers["Location"].partition("?")[2]))
    assert back["state"] == "s"
    return back["code"]


def oidc_token(browser, **fields):
    status, text = browser.open("/oidc/token", {**OIDC, **fields})
    return status, json.loads(text)


def test_oidc(browser):
    document = json.loads(browser.open("/oidc/.well-known/openid-configuration")[1])
    assert document["token_endpoint"] == browser.url + "/oidc/token"
    grant = {"grant_type": "authorization_code", "redirect_uri": BACK, "code_verifier": VERIFIER}
    assert oidc_token(browser, code=oidc_code(browser), **{**grant, "code_verifier": ""})[0] == 400
    status, answer = oidc_token(browser, code=oidc_code(browser), **grant)
    assert status == 200 and "refresh_token" not in answer
    claims = json.loads(base64.urlsafe_b64decode(answer["id_token"].split(".")[1] + "=="))
    assert (claims["iss"], claims["nonce"]) == (document["issuer"], "n")
    code = oidc_code(browser, scope="openid offline_access")
    refresh = oidc_token(browser, code=code, **grant)[1]["refresh_token"]
    renewed = {"grant_type": "refresh_token", "refresh_token": refresh}
    assert oidc_token(browser, **renewed)[0] == 200
    assert oidc_token(browser, **renewed) == (400, {
        "error": "invalid_grant", "error_description": "The refresh token has been revoked."})


def test_wrong_password(browser):
    for path in ("/oidc/authorize?" + asked(OIDC["client_id"]), "/saml/sso?RelayState=s",
                 f"/azure/{TENANT}/oauth2/authorize?" + asked(AZURE["client_id"])):
        status, page = sign_in(browser, path, "wrong")
        assert status == 200 and 'type="password"' in page


def test_saml_page(browser):
    page = sign_in(browser, "/saml/sso?RelayState=a%26b")[1]
    assert has_response(page) and f'action="{BACK}"' in page
    assert 'name="RelayState" value="a&amp;b"' in page
