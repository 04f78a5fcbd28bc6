"""idpyoidc, which knows nothing of this provider, does what a client does: `idpyoidc_client.py` reads its task as JSON.

It pushes no request: what it sends to a PAR endpoint is a request object (RFC 9101), which this provider has not.
"""

import json
import sys
import time

from idpyoidc.client.defaults import DEFAULT_CLIENT_CONFIGS, DEFAULT_KEY_DEFS, DEFAULT_OIDC_SERVICES
from idpyoidc.client.rp_handler import RPHandler
from idpyoidc.message.oidc.session import BACK_CHANNEL_LOGOUT_EVENT, LogoutToken

from walk import Browser, Told, query

task = json.load(sys.stdin)
told = Told(task["toldPort"])
browser = Browser(task["redirect"])
algorithm = task["algorithm"]
services = DEFAULT_OIDC_SERVICES | {
    "introspection": {"class": "idpyoidc.client.oauth2.introspection.Introspection"},
    "revocation": {"class": "idpyoidc.client.oauth2.token_revocation.TokenRevocation"},
    "end_session": {"class": "idpyoidc.client.oidc.end_session.EndSession"},
}
configuration = {
    "issuer": task["issuer"],
    "client_id": task["client"],
    "client_secret": task["secret"],
    "client_type": "oidc",
    "redirect_uris": [task["redirect"]],
    "post_logout_redirect_uris": [task["bye"]],
    "response_types_supported": ["code"],
    "scopes_supported": ["openid", "profile", "email", "offline_access"],
    "id_token_signing_alg_values_supported": [algorithm],
    "token_endpoint_auth_methods_supported": ["client_secret_basic"],
    "client_authn_methods": ["client_secret_basic", "bearer_header"],
    "add_ons": DEFAULT_CLIENT_CONFIGS[""]["add_ons"],
    "services": services,
}
handler = RPHandler(
    base_url="http://127.0.0.1:9",
    client_configs={task["issuer"]: configuration},
    services=services,
    key_conf={"key_defs": DEFAULT_KEY_DEFS},
)

url = handler.begin(task["issuer"], req_args={"scope": ["openid", "profile", "email", "offline_access"]})
state = query(url)["state"]
back = browser.log_on(url, task)
result = handler.finalize(task["issuer"], query(back))
assert "error" not in result, result
claims = result["id_token"]
assert claims["sub"] == result["userinfo"]["sub"], result
assert claims["azp"] == task["client"] and claims["amr"] == ["wecom"], claims
assert result["userinfo"]["preferred_username"] and "groups" not in result["userinfo"], result

client = handler.get_client_from_session_key(state)
before = client.get_context().cstate.get_claim(state, "refresh_token")
tokens = handler.refresh_access_token(state)
assert tokens["refresh_token"] != before, tokens
assert handler.get_user_info(state)["sub"] == claims["sub"]


def introspected():
    arguments = {"token": tokens["access_token"], "token_type_hint": "access_token"}
    return client.do_request("introspection", request_args=arguments, state=state, authn_method="client_secret_basic")


assert introspected()["active"] is True, introspected()

# Logging off ends the session; the client is told of it by a token that its own library takes.
ending = handler.logout(state, post_logout_redirect_uri=task["bye"])
browser.callback = task["bye"]
ended, _ = browser.open(ending["url"])
assert query(ended)["state"], ended
assert introspected()["active"] is False, introspected()
deadline = time.monotonic() + 20
while not told.tokens and time.monotonic() < deadline:
    time.sleep(0.05)
notice = LogoutToken().from_jwt(told.tokens[0], keyjar=client.get_attribute("keyjar"))
assert notice["sid"] == claims["sid"] and BACK_CHANNEL_LOGOUT_EVENT in notice["events"], notice

# Another session is revoked.
browser.callback = task["redirect"]
url = handler.begin(task["issuer"], req_args={"scope": ["openid", "offline_access"], "prompt": "login"})
state = query(url)["state"]
result = handler.finalize(task["issuer"], query(browser.log_on(url, task)))
assert "error" not in result, result
client = handler.get_client_from_session_key(state)
tokens = {"access_token": result["token"]}
assert introspected()["active"] is True, introspected()
refresh = client.get_context().cstate.get_claim(state, "refresh_token")
client.do_request("token_revocation", request_args={"token": refresh}, state=state, authn_method="client_secret_basic")
assert introspected()["active"] is False, introspected()
print("done")
