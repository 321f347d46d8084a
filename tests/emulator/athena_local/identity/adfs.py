"""Active Directory Federation Services: the pages of an IdP-initiated sign-on with a login form.

    GET  /adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=RP    sets a cookie and redirects to itself
    GET  the same with the cookie                         the form
    POST the form                                         a cookie and a redirect, or the form with
                                                          an error text (status 200)
    GET  the same with that cookie                        a page with the SAML response

The form has what real ones have to make a scanner stumble: inputs in comments and scripts, a second
form with inputs of the same names, attributes in any order and case, quoted or not.
"""

from __future__ import annotations

import dataclasses
import html

from ..wire import Answer, Call
from . import saml
from .person import cookies_of, page, posting_page, redirect
from .system import System

PATH = "/adfs/ls/IdpInitiatedSignOn.aspx"
WRONG = "Incorrect user ID or password. Type the correct user ID and password, and try again."
LOCKED = ("The referenced account is currently locked out and may not be logged on to. Contact "
          "your administrator.")


@dataclasses.dataclass
class Dials:
    """As set by POST /_local/identity, member adfs."""

    relying_party: str = "urn:amazon:webservices"
    action: str = "path"  # of the form: path, relative, whole, none, or what it is to say
    redirect_to: str | None = None  # where the first request is sent instead
    login_redirect: str | None = None  # where a good login is sent instead
    redirect_status: int = 302
    needs_ticket: bool = False  # Windows integrated authentication alone
    padding_bytes: int = 0  # of the page with the form


class Adfs(System):
    name = "adfs"
    dials_type = Dials

    def operation(self, call: Call) -> str | None:
        if call.raw_path.lower() != PATH.lower():
            return None
        return "AdfsLogin" if call.method == "POST" else "AdfsPage"

    def handle(self, call: Call, fields: dict[str, str]) -> Answer:
        if call.params.get("loginToRp") != self.dials.relying_party:
            return self._form(call, "An error occurred. The relying party is not known. Contact "
                              "your administrator for more information.", has_inputs=False)
        cookies = cookies_of(call)
        if self._door.has(cookies.get("MSISAuth"), "adfs-in"):
            return posting_page(self._issuer.response(self.claim), "https://signin.aws.amazon.com"
                                ":443/saml")
        if self.dials.needs_ticket:
            return self._windows(call)
        if call.operation == "AdfsLogin":
            return self._login(call, cookies, fields)
        if self.dials.redirect_to:
            return redirect(self.dials.redirect_to, status=self.dials.redirect_status)
        if not self._door.has(cookies.get("MSISContext"), "adfs"):
            return redirect(f"{call.raw_path}?{call.raw_query}&client-request-id=4000-80",
                            _cookie("MSISContext", self._door.issue("adfs")))
        return self._form(call)

    def _windows(self, call: Call) -> Answer:
        if call.header("authorization").startswith("Negotiate "):
            return posting_page(self._issuer.response(self.claim), saml.RECIPIENT)
        answer = page("<body>401 - Unauthorized</body>", 401, error_code="Unauthorized")
        answer.headers["WWW-Authenticate"] = "Negotiate"
        return answer

    def _login(self, call: Call, cookies: dict[str, str], fields: dict[str, str]) -> Answer:
        if not self._door.has(cookies.get("MSISContext"), "adfs"):
            return self._form(call, "Cookies are required.", has_inputs=False)
        if fields.get("AuthMethod") != "FormsAuthentication" or fields.get("__VIEWSTATE") != (
                "/wEPD & \"w\"=="):
            return self._form(call, "An error occurred. The form is not complete.")
        verdict = self._door.judge(fields.get("UserName", ""), fields.get("Password", ""))
        if verdict != "in":
            return self._form(call, WRONG if verdict == "wrong" else LOCKED)
        target = self.dials.login_redirect or f"{call.raw_path}?{call.raw_query}"
        return redirect(target, _cookie("MSISAuth", self._door.issue("adfs-in")),
                        self.dials.redirect_status)

    def _action(self, call: Call) -> str:
        here = f"{PATH}?{call.raw_query}"
        known = {"path": here, "relative": f"IdpInitiatedSignOn.aspx?{call.raw_query}",
                 "whole": f"https://{call.header('host')}{here}", "none": None}
        action = known.get(self.dials.action, self.dials.action)
        return "" if action is None else f' action="{html.escape(action)}"'

    def _form(self, call: Call, error: str = "", has_inputs: bool = True) -> Answer:
        shown = f'<label id="errorText" for="">{html.escape(error)}</label>'
        if not has_inputs:
            return page(f"<head><title>Error</title></head><body>{shown}</body>")
        padding = "x" * self.dials.padding_bytes
        return page(f"""<head><title>Sign In</title>
<script type="text/javascript">//<![CDATA[
var decoy = '<form action="https://decoy.example/"><input name="Password" type="password">';
//]]></script></head>
<body><!-- {padding} <form action="http://decoy.example/"><input name="UserName" value="decoy"> -->
<div id="authArea"><form method="post" id="loginForm" autocomplete="off" novalidate="novalidate"
 onKeyPress="if (event &amp;&amp; event.keyCode == 13) Login.submitLoginRequest();"{self._action(call)}>
<input type='hidden' name='__VIEWSTATE' value='/wEPD &amp; &quot;w&quot;&#x3d;&#61;'>
<div id="error" class="fieldMargin error smallText">{shown}</div>
<input id="userNameInput" name="UserName" type="email" value="" tabindex="1" class="text fullWidth"
 spellcheck="false" placeholder="someone@example.com" autocomplete="off"/>
<INPUT ID=passwordInput NAME=Password TYPE=password tabindex=2 class="text fullWidth">
<input id="kmsiInput" type="checkbox" name="Kmsi" value="true" tabindex="3" />
<span id="submitButton" class="submit" role="button" tabindex="4">Sign in</span>
<input id="optionForms" type="hidden" name="AuthMethod" value="FormsAuthentication"/>
</form></div>
<div id="authOptions"><form id="options" method="post" action="{PATH}">
<script>function SelectOption(option) {{ var i = document.getElementById('optionSelection'); }}</script>
<input id="optionSelection" type="hidden" name="authmethod"/></form></div></body>""")


def _cookie(name: str, value: str) -> str:
    return f"{name}={value}; path=/adfs; HttpOnly; Secure; SameSite=None"
