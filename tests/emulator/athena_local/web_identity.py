"""What STS and IAM Identity Center check of a person's token, in their own words.

Trusted is one issuer (jwt.py), which IAM knows as an OpenID Connect provider and Identity Center as
a trusted token issuer.
"""

from __future__ import annotations

from typing import Any

from . import jwt
from .errors import StsError


def check(token: str, now_s: float) -> dict[str, Any]:
    """The claims of a good token; refuses as AssumeRoleWithWebIdentity does."""
    try:
        claims = jwt.ISSUER.verify(token)
    except jwt.JwtError as error:
        if str(error) == "malformed":
            raise invalid("The ID Token provided is not a valid JWT. (You may see this error if "
                          "you sent an Access Token)") from None
        raise invalid("The signature of the token could not be verified with the keys of the "
                      "identity provider") from None
    if claims.get("iss") != jwt.URL:
        raise invalid("No OpenIDConnect provider found in your account for "
                      f"{claims.get('iss')}")
    if claims.get("exp", 0) <= now_s:
        raise StsError("ExpiredTokenException", f"Token expired: current date/time {int(now_s)} "
                       f"must be before the expiration date/time {claims.get('exp', 0)}")
    audience = claims.get("aud", [])
    if not set(jwt.AUDIENCES) & set([audience] if isinstance(audience, str) else audience):
        raise invalid("Incorrect token audience")
    return claims


def invalid(text: str) -> StsError:
    return StsError("InvalidIdentityToken", text)
