"""PingFederate: SSO begun at the identity provider, with the HTML form adapter.

    GET  /idp/startSSO.ping?PartnerSpId=SP[&more]      a cookie and the form
    POST /idp/HANDLE/resumeSAML20/idp/startSSO.ping    the form's action: a page with the response
    POST /idp/startSSO.ping?PartnerSpId=SP...          the same; wants
                                                       skip.simultaneous.authn.req.check=true
"""

from __future__ import annotations

import dataclasses
import html
import re

from ..wire import Answer, Call
from . import saml
from .person import cookies_of, page, posting_page
from .system import System

START = "/idp/startSSO.ping"
RESUME = re.compile(r"/idp/[\w-]+/resumeSAML20/idp/startSSO\.ping")
SKIP = "skip.simultaneous.authn.req.check"
WRONG = "We didn't recognize the username or password you entered. Please try again."
LOCKED = "Your account is locked. Please contact your system administrator."


@dataclasses.dataclass
class Dials:
    """As set by POST /_local/identity, member ping."""

    partner: str = "urn:amazon:webservices"
    action: str = "resume"  # of the form: resume, none, or what it is to say
    user_input: str = "pf.username"
    user_id: str = "username"
    user_type: str = "text"
    password_input: str = "pf.pass"
    roles_by_parameter: bool = False  # ?role=NAME makes an assertion with that role alone


class Ping(System):
    name = "ping"
    dials_type = Dials

    def operation(self, call: Call) -> str | None:
        if call.raw_path != START and not RESUME.fullmatch(call.raw_path):
            return None
        return "PingLogin" if call.method == "POST" else "PingStart"

    def handle(self, call: Call, fields: dict[str, str]) -> Answer:
        is_start = call.raw_path == START
        if is_start and call.params.get("PartnerSpId") != self.dials.partner:
            return _error("Unexpected System Error", "Sign-on failed: the partner is not known. "
                          "Please contact your system administrator.", 500)
        if call.operation == "PingStart":
            ticket = self._door.issue(self._purpose(call))
            return self._form(call, cookie=f"PF={ticket};Path=/;Secure;HttpOnly;SameSite=None")
        ticket = cookies_of(call).get("PF")
        if is_start and call.params.get(SKIP) != "true":
            return _error("Simultaneous requests", "Another sign-on is under way.", 200)
        if not any(self._door.has(ticket, purpose) for purpose in self._purposes(call)):
            return _error("Page Expired", "The page has expired; please start again.", 400)
        if "pf.ok" not in fields or fields.get("pf.adapterId") != "HtmlForm&1":
            return self._form(call, "The form is not complete.")
        verdict = self._door.judge(fields.get(self.dials.user_input, ""),
                                   fields.get(self.dials.password_input, ""))
        if verdict != "in":
            return self._form(call, WRONG if verdict == "wrong" else LOCKED)
        return posting_page(self._issuer.response(self._claim_of(call, ticket)), saml.RECIPIENT)

    def _purpose(self, call: Call) -> str:
        return "ping:" + call.params.get("role", "")

    def _purposes(self, call: Call) -> list[str]:
        return ["ping:"] + ["ping:" + role.partition(",")[0] for role in self.claim.roles]

    def _claim_of(self, call: Call, ticket: str | None) -> saml.Claim:
        if not self.dials.roles_by_parameter:
            return self.claim
        roles = [role for role in self.claim.roles if self._door.has(ticket, "ping:" + role)]
        return dataclasses.replace(self.claim, roles=roles or self.claim.roles)

    def _form(self, call: Call, error: str = "", cookie: str | None = None) -> Answer:
        dials = self.dials
        action = {"resume": "/idp/a1B-2c/resumeSAML20/idp/startSSO.ping", "none": None}.get(
            dials.action, dials.action)
        says = "" if action is None else f' action="{html.escape(action)}"'
        return page(f"""<head><title>Sign On</title></head><body onload="setFocus();">
<div class="ping-container ping-signin"><form method="POST"{says} autocomplete="off">
<div class="ping-error">{html.escape(error)}</div>
<input id="{dials.user_id}" type="{dials.user_type}" size="36" name="{dials.user_input}" value=""
 autocorrect="off" autocapitalize="off"/>
<input id="password" type="password" size="36" name="{dials.password_input}"
 onKeyPress="return postOnReturn(event)" />
<input type="hidden" name="pf.ok" value=""/><input type="hidden" name="pf.cancel" value=""/>
<input type="hidden" name="pf.adapterId" value="HtmlForm&#38;1"/>
<a onclick="postOk();" class="ping-button normal allow" title="Sign On">Sign On</a>
</form></div></body>""", cookie=cookie)


def _error(title: str, text: str, status: int) -> Answer:
    return page(f"<head><title>{title}</title></head><body><h1>{title}</h1><div "
                f'class="ping-error">{text}</div></body>', status,
                error_code="PingError" if status >= 400 else None)
