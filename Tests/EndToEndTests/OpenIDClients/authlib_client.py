"""Authlib, which knows nothing of this provider, does all that a client does: `authlib_client.py` reads its task as JSON."""

import json
import sys
import time

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc import jwt
from joserfc.jwk import KeySet

from walk import Browser, Told, query

task = json.load(sys.stdin)
told = Told(task["toldPort"])
browser = Browser(task["redirect"])

provider = requests.get(get_well_known_url(task["issuer"], external=True), timeout=30).json()
OpenIDProviderMetadata(provider).validate()
authorization_server = requests.get(task["issuer"] + "/.well-known/oauth-authorization-server", timeout=30).json()
AuthorizationServerMetadata(authorization_server).validate()
keys = KeySet.import_key_set(requests.get(provider["jwks_uri"], timeout=30).json())


def client(**arguments):
    return OAuth2Session(
        task["client"],
        task["secret"],
        scope="openid profile email groups offline_access",
        redirect_uri=task["redirect"],
        code_challenge_method="S256",
        **arguments,
    )


def checked(token, nonce):
    decoded = jwt.decode(token["id_token"], keys, algorithms=provider["id_token_signing_alg_values_supported"])
    parameters = {"nonce": nonce, "client_id": task["client"], "access_token": token["access_token"]}
    options = {"iss": {"essential": True, "value": task["issuer"]}, "aud": {"essential": True, "value": task["client"]}}
    claims = CodeIDToken(decoded.claims, decoded.header, options, parameters)
    claims.validate(leeway=5)
    return claims


def asked(session, pushed=False, **extra):
    """One authorization request; returns the checked ID token."""
    verifier, nonce = generate_token(48), generate_token(20)
    url, state = session.create_authorization_url(
        provider["authorization_endpoint"], code_verifier=verifier, nonce=nonce, **extra
    )
    if pushed:
        push = session.post(
            provider["pushed_authorization_request_endpoint"],
            data=query(url),
            auth=(task["client"], task["secret"]),
            withhold_token=True,
        )
        assert push.status_code == 201, push.text
        name = {"client_id": task["client"], "request_uri": push.json()["request_uri"]}
        url = provider["authorization_endpoint"] + "?" + requests.compat.urlencode(name)
    back = browser.log_on(url, task)
    assert query(back)["iss"] == task["issuer"], back
    token = session.fetch_token(
        provider["token_endpoint"], authorization_response=back, code_verifier=verifier, state=state
    )
    return checked(token, nonce), token


for method in ("client_secret_basic", "client_secret_post"):
    session = client(token_endpoint_auth_method=method)
    claims, token = asked(session, pushed=method == "client_secret_basic", prompt="login")
    person = session.get(provider["userinfo_endpoint"]).json()
    assert person["sub"] == claims["sub"], person
    assert person["preferred_username"] == claims["preferred_username"], person
    assert "email_verified" not in person and person["groups"], person

    old = token["refresh_token"]
    token = session.refresh_token(provider["token_endpoint"], refresh_token=old)
    assert token["refresh_token"] != old
    again = checked(token, None)
    assert (again["sub"], again["sid"], again["auth_time"]) == (claims["sub"], claims["sid"], claims["auth_time"])

    def introspected(kind):
        answer = session.introspect_token(
            provider["introspection_endpoint"], token=token[kind], token_type_hint=kind
        )
        return answer.json()

    for kind in ("access_token", "refresh_token"):
        assert introspected(kind)["active"], introspected(kind)
    revoked = session.revoke_token(
        provider["revocation_endpoint"], token=token["refresh_token"], token_type_hint="refresh_token"
    )
    assert revoked.status_code == 200, revoked.text
    for kind in ("access_token", "refresh_token"):
        assert introspected(kind) == {"active": False}, introspected(kind)
    assert session.get(provider["userinfo_endpoint"]).status_code == 401

# The browser remembers the logon: another one needs no page, and ends with it.
session = client()
claims, token = asked(session, prompt="none", max_age=600)
ended = {
    "id_token_hint": token["id_token"], "post_logout_redirect_uri": task["bye"], "state": "s",
}
browser.callback = task["bye"]
back, _ = browser.open(provider["end_session_endpoint"] + "?" + requests.compat.urlencode(ended))
assert query(back) == {"state": "s"}, back
assert session.get(provider["userinfo_endpoint"]).status_code == 401
browser.callback = task["redirect"]
url, _ = session.create_authorization_url(provider["authorization_endpoint"], prompt="none")
back, _ = browser.open(url)
assert query(back)["error"] == "login_required", back

deadline = time.monotonic() + 20
while len(told.tokens) < 3 and time.monotonic() < deadline:
    time.sleep(0.05)
last = [jwt.decode(text, keys, algorithms=["ES256", "RS256"]) for text in told.tokens]
assert claims["sid"] in [token.claims["sid"] for token in last], last
for token in last:
    assert token.header["typ"] == "logout+jwt" and "nonce" not in token.claims, token.claims
    assert token.claims["aud"] == task["client"] and token.claims["iss"] == task["issuer"], token.claims
    assert "http://schemas.openid.net/event/backchannel-logout" in token.claims["events"], token.claims
print("done")
