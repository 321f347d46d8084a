"""SAML responses for AWS, made and signed here, and read again by the local STS.

A signature is real: exclusive canonical XML, SHA-256, RSA (XML Signature Syntax and Processing
1.1), so that a byte that changes on the way is noticed. What an assertion says is a Claim.

    issuer = Issuer("https://idp.local.example/saml", "AthenaLocalIdP", "123456789012")
    issuer.response(Claim(user="ana@example.com"))    a whole response, in base64
    issuer.assertion(Claim(...))                      the signed assertion alone, as XML
    read(xml, issuer.key.public_key())                a Read, or a ValueError
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import functools
import hashlib
import secrets
import xml.etree.ElementTree as ElementTree
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .. import clock

PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
DENIED = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"
ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"
AUDIENCE = "urn:amazon:webservices"
RECIPIENT = "https://signin.aws.amazon.com/saml"
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = SIGNATURE + "enveloped-signature"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"


@dataclasses.dataclass
class Claim:
    """What an assertion says. Roles are names, or whole values of the attribute with a comma."""

    user: str = "ana@example.com"
    session_name: str | None = None  # None: the user; "": the attribute is left out
    roles: list[str] = dataclasses.field(default_factory=lambda: ["AthenaLocalSaml"])
    session_duration_s: int | None = None  # the attribute SessionDuration
    valid_s: float = 300  # until NotOnOrAfter
    issued_ago_s: float = 0
    audience: str = AUDIENCE
    recipient: str = RECIPIENT
    issuer: str | None = None  # None: the issuer's own
    status: str = SUCCESS
    signature: str = "assertion"  # "none"; "broken": of something else; "foreign": another key's
    padding_bytes: int = 0  # an attribute that makes the response large


class Issuer:
    """An identity provider's key and name; provider_arn is what it is called in IAM."""

    def __init__(self, name: str, provider: str, account_id: str):
        self.name = name
        self.provider = provider
        self.account_id = account_id
        self.provider_arn = f"arn:aws:iam::{account_id}:saml-provider/{provider}"

    @functools.cached_property
    def key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def response(self, claim: Claim) -> str:
        """A response with a signed assertion, in base64."""
        return base64.b64encode(self.wrap(self.assertion(claim), claim).encode()).decode()

    def wrap(self, assertion: str, claim: Claim) -> str:
        issuer = escape(claim.issuer or self.name)
        return (f'<samlp:Response xmlns:samlp="{PROTOCOL}" ID="_{secrets.token_hex(16)}" '
                f'Version="2.0" IssueInstant="{_time(-claim.issued_ago_s)}" '
                f'Destination={quoteattr(claim.recipient)}>'
                f'<Issuer xmlns="{ASSERTION}">{issuer}</Issuer>'
                f'<samlp:Status><samlp:StatusCode Value="{claim.status}"/></samlp:Status>'
                f'{assertion}</samlp:Response>')

    def assertion(self, claim: Claim) -> str:
        """The assertion as XML, signed as the claim says."""
        name = "_" + secrets.token_hex(16)
        head, tail = self._content(name, claim)
        if claim.signature == "none":
            return head + tail
        signed = head + tail if claim.signature != "broken" else head + "?" + tail
        key = self.key if claim.signature != "foreign" else Issuer("", "", "").key
        return head + _sign(signed, name, key) + tail

    def _content(self, name: str, claim: Claim) -> tuple[str, str]:
        """What stands before the signature, and behind it."""
        issued, ends = _time(-claim.issued_ago_s), _time(claim.valid_s - claim.issued_ago_s)
        head = (f'<Assertion xmlns="{ASSERTION}" ID="{name}" IssueInstant="{issued}" '
                f'Version="2.0"><Issuer>{escape(claim.issuer or self.name)}</Issuer>')
        tail = (f'<Subject><NameID Format="{PERSISTENT}">{escape(claim.user)}</NameID>'
                '<SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
                f'<SubjectConfirmationData NotOnOrAfter="{ends}" '
                f'Recipient={quoteattr(claim.recipient)}/></SubjectConfirmation></Subject>'
                f'<Conditions NotBefore="{issued}" NotOnOrAfter="{ends}"><AudienceRestriction>'
                f'<Audience>{escape(claim.audience)}</Audience></AudienceRestriction></Conditions>'
                f'<AttributeStatement>{self._attributes(claim)}</AttributeStatement>'
                f'<AuthnStatement AuthnInstant="{issued}"><AuthnContext><AuthnContextClassRef>'
                'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
                '</AuthnContextClassRef></AuthnContext></AuthnStatement></Assertion>')
        return head, tail

    def _attributes(self, claim: Claim) -> str:
        session_name = claim.user if claim.session_name is None else claim.session_name
        found: dict[str, list[Any]] = {"Role": [self._role(role) for role in claim.roles]}
        if session_name:
            found["RoleSessionName"] = [session_name]
        if claim.session_duration_s is not None:
            found["SessionDuration"] = [claim.session_duration_s]
        if claim.padding_bytes:
            found["PrincipalTag:Padding"] = ["x" * claim.padding_bytes]
        return "".join(
            f'<Attribute Name="{ATTRIBUTES}{name}">'
            + "".join(f"<AttributeValue>{escape(str(v))}</AttributeValue>" for v in values)
            + "</Attribute>" for name, values in found.items())

    def _role(self, role: str) -> str:
        if "," in role:
            return role
        return f"arn:aws:iam::{self.account_id}:role/{role},{self.provider_arn}"


def _time(offset_s: float) -> str:
    return clock.iso(clock.now(offset_s))


# ---- signatures ------------------------------------------------------------------------------


def _sign(assertion: str, name: str, key: rsa.RSAPrivateKey) -> str:
    digest = _base64(hashlib.sha256(canonical(assertion)).digest())
    signed_info = (
        f'<ds:SignedInfo xmlns:ds="{SIGNATURE}"><ds:CanonicalizationMethod Algorithm="{C14N}"/>'
        f'<ds:SignatureMethod Algorithm="{RSA_SHA256}"/><ds:Reference URI="#{name}">'
        f'<ds:Transforms><ds:Transform Algorithm="{ENVELOPED}"/>'
        f'<ds:Transform Algorithm="{C14N}"/></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{SHA256}"/><ds:DigestValue>{digest}</ds:DigestValue>'
        '</ds:Reference></ds:SignedInfo>')
    value = key.sign(canonical(signed_info), padding.PKCS1v15(), hashes.SHA256())
    return (f'<ds:Signature xmlns:ds="{SIGNATURE}">{signed_info}<ds:SignatureValue>'
            f'{_base64(value)}</ds:SignatureValue></ds:Signature>')


def canonical(xml: str, of: str | None = None, without: str | None = None) -> bytes:
    """The canonical form of a document, or of its first element ``of`` ({namespace}name), with
    elements ``without`` left out."""
    parts: list[str] = []
    writer = ElementTree.C14NWriterTarget(parts.append,
                                          exclude_tags=[without] if without else None)
    parser = ElementTree.XMLParser(target=writer if of is None else _Part(writer, of))
    parser.feed(xml)
    parser.close()
    return "".join(parts).encode()


class _Part:
    """Lets the events of one element through, with the namespaces that its ancestors declare."""

    def __init__(self, writer: Any, tag: str):
        self._writer = writer
        self._tag = tag
        self._depth = 0  # inside the element
        self._is_over = False
        self._names: list[tuple[str, str]] = []

    def start_ns(self, prefix: str, uri: str) -> None:
        if self._depth:
            self._writer.start_ns(prefix, uri)
        else:
            self._names.append((prefix, uri))

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._depth == 0:
            if tag != self._tag or self._is_over:
                return
            for prefix, uri in dict(self._names).items():
                self._writer.start_ns(prefix, uri)
        self._depth += 1
        self._writer.start(tag, attributes)

    def end(self, tag: str) -> None:
        if self._depth:
            self._depth -= 1
            self._writer.end(tag)
            self._is_over = self._depth == 0

    def data(self, text: str) -> None:
        if self._depth:
            self._writer.data(text)

    def close(self) -> None:
        pass


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


# ---- reading ---------------------------------------------------------------------------------


@dataclasses.dataclass
class Read:
    """What a response says. Times are None when it does not say them."""

    status: str
    issuer: str
    subject: str
    subject_format: str
    audiences: list[str]
    recipient: str
    issued: datetime.datetime | None
    ends: datetime.datetime | None
    attributes: dict[str, list[str]]
    is_signed: bool  # by the key that was given


def read(xml: str, key: rsa.RSAPublicKey | None = None) -> Read:
    """Takes a response apart. Raises ValueError when it is none."""
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError as error:
        raise ValueError(str(error)) from None
    assertion = root.find(f"{{{ASSERTION}}}Assertion")
    if "<!DOCTYPE" in xml or root.tag != f"{{{PROTOCOL}}}Response" or assertion is None:
        raise ValueError("no SAML response with an assertion")
    status = root.find(f"{{{PROTOCOL}}}Status/{{{PROTOCOL}}}StatusCode")
    name_id = _find(assertion, "Subject/NameID")
    data = _find(assertion, "Subject/SubjectConfirmation/SubjectConfirmationData")
    conditions = _find(assertion, "Conditions")
    return Read(
        status="" if status is None else status.get("Value", ""),
        issuer=_text(_find(assertion, "Issuer")), subject=_text(name_id),
        subject_format="" if name_id is None else name_id.get("Format", ""),
        audiences=[_text(e) for e in _find_all(assertion,
                                               "Conditions/AudienceRestriction/Audience")],
        recipient="" if data is None else data.get("Recipient", ""),
        issued=_moment(assertion.get("IssueInstant")),
        ends=_moment(None if conditions is None else conditions.get("NotOnOrAfter")),
        attributes={e.get("Name", "").removeprefix(ATTRIBUTES):
                    [_text(v) for v in _find_all(e, "AttributeValue")]
                    for e in _find_all(assertion, "AttributeStatement/Attribute")},
        is_signed=key is not None and _is_signed(xml, assertion, key))


def _is_signed(xml: str, assertion: ElementTree.Element, key: rsa.RSAPublicKey) -> bool:
    """Whether the assertion, and nothing else, is what the key has signed."""
    info = assertion.find(f"{{{SIGNATURE}}}Signature/{{{SIGNATURE}}}SignedInfo")
    value = assertion.find(f"{{{SIGNATURE}}}Signature/{{{SIGNATURE}}}SignatureValue")
    reference = None if info is None else info.find(f"{{{SIGNATURE}}}Reference")
    if info is None or value is None or reference is None:
        return False
    if reference.get("URI") != "#" + assertion.get("ID", ""):
        return False
    whole = canonical(xml, f"{{{ASSERTION}}}Assertion", f"{{{SIGNATURE}}}Signature")
    digest = _text(reference.find(f"{{{SIGNATURE}}}DigestValue"))
    if digest != _base64(hashlib.sha256(whole).digest()):
        return False
    try:
        key.verify(base64.b64decode(_text(value)), canonical(xml, info.tag), padding.PKCS1v15(),
                   hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def _path(path: str) -> str:
    return "/".join(f"{{{ASSERTION}}}{name}" for name in path.split("/"))


def _find(element: ElementTree.Element, path: str) -> ElementTree.Element | None:
    return element.find(_path(path))


def _find_all(element: ElementTree.Element, path: str) -> list[ElementTree.Element]:
    return element.findall(_path(path))


def _text(element: ElementTree.Element | None) -> str:
    return "" if element is None else "".join(element.itertext()).strip()


def _moment(text: str | None) -> datetime.datetime | None:
    if not text:
        return None
    try:
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
