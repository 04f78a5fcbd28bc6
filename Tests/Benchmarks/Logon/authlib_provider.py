"""A plain OpenID provider of Authlib, beside which `bridge-bench logon` measures: authorization request, a page of
identity providers, WeCom's web sign-in and back, and tokens with PKCE, on PostgreSQL."""

import os
import secrets
import time
import urllib.parse

import psycopg
import psycopg_pool
import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, AuthorizationCodeMixin
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, jsonify, redirect, request, session
from joserfc.jwk import ECKey

WECOM = os.environ["WECOM_URL"]
BASE = os.environ["PUBLIC_URL"]
IDP = os.environ["IDP"]
KEY = ECKey.generate_key("P-256", {"kid": "1", "alg": "ES256", "use": "sig"})

app = Flask(__name__)
app.secret_key = secrets.token_bytes(32)
pool = psycopg_pool.ConnectionPool(os.environ["DATABASE_URL"], min_size=8, max_size=8, kwargs={"autocommit": True})
wecom = requests.Session()
wecom.mount("http://", requests.adapters.HTTPAdapter(pool_connections=16, pool_maxsize=16))
access = {"token": None, "end": 0}

with pool.connection() as connection:
    connection.execute(
        """
        drop schema if exists plain cascade;
        create schema plain;
        create table plain.codes (code text primary key, person text, redirect_uri text, scope text, nonce text,
            challenge text, method text, authenticated_at bigint, expires_at bigint);
        create table plain.tokens (token text primary key, refresh text unique, person text, scope text,
            expires_at bigint)
        """
    )


class Client(ClientMixin):
    def get_client_id(self):
        return "sase-client"

    def get_default_redirect_uri(self):
        return os.environ["REDIRECT_URI"]

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, uri):
        return uri == os.environ["REDIRECT_URI"]

    def check_client_secret(self, secret):
        return False

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "none"

    def check_response_type(self, kind):
        return kind == "code"

    def check_grant_type(self, kind):
        return kind in ("authorization_code", "refresh_token")


class Person:
    def __init__(self, user_id, name, email):
        self.user_id, self.name, self.email = user_id, name, email

    def get_user_id(self):
        return self.user_id


class Code(AuthorizationCodeMixin):
    def __init__(self, row):
        (self.code, self.person, self.redirect_uri, self.scope, self.nonce, self.code_challenge,
         self.code_challenge_method, self.auth_time, self.expires_at) = row

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return self.auth_time

    def get_acr(self):
        return None

    def get_amr(self):
        return None


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["none"]

    def save_authorization_code(self, code, oauth_request):
        data = oauth_request.payload.data
        now = int(time.time())
        row = (code, oauth_request.user.get_user_id(), oauth_request.payload.redirect_uri,
               oauth_request.payload.scope, data.get("nonce"), data.get("code_challenge"),
               data.get("code_challenge_method"), now, now + 60)
        with pool.connection() as connection:
            connection.execute("insert into plain.codes values (%s, %s, %s, %s, %s, %s, %s, %s, %s)", row)

    def query_authorization_code(self, code, client):
        with pool.connection() as connection:
            row = connection.execute(
                "select * from plain.codes where code = %s and expires_at > %s", (code, int(time.time()))
            ).fetchone()
        return Code(row) if row else None

    def delete_authorization_code(self, code):
        with pool.connection() as connection:
            connection.execute("delete from plain.codes where code = %s", (code.code,))

    def authenticate_user(self, code):
        return person(code.person)


class IDTokens(OpenIDCode):
    def exists_nonce(self, nonce, oauth_request):
        return False

    def get_jwt_config(self, grant, client=None):
        return {"key": KEY.as_dict(private=True), "alg": "ES256", "iss": BASE, "exp": 600}

    def generate_user_info(self, user, scope):
        return UserInfo(sub=user.user_id, name=user.name, email=user.email)


def person(user_id):
    with pool.connection() as connection:
        row = connection.execute(
            "select external_id, name, email from verifier.principals where idp_id = %s and directory_key = %s and enabled",
            (IDP, user_id.lower()),
        ).fetchone() or connection.execute(
            "select external_id, name, email from verifier.principals where idp_id = %s and external_id = %s and enabled",
            (IDP, user_id),
        ).fetchone()
    return Person(*row) if row else None


def save_token(token, oauth_request):
    row = (token["access_token"], token.get("refresh_token"), oauth_request.user.get_user_id(), token["scope"],
           int(time.time()) + token["expires_in"])
    with pool.connection() as connection:
        connection.execute("insert into plain.tokens values (%s, %s, %s, %s, %s)", row)


app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
server = AuthorizationServer(app, query_client=lambda name: Client() if name == "sase-client" else None, save_token=save_token)
server.register_grant(CodeGrant, [IDTokens(require_nonce=False), CodeChallenge(required=True)])


@app.get("/.well-known/openid-configuration")
def metadata():
    return jsonify(issuer=BASE)


@app.get("/oauth2/authorize")
def authorize():
    server.get_consent_grant(end_user=None)
    session["request"] = request.query_string.decode()
    return redirect(f"/logon/{request.args['enterprise_id']}")


@app.get("/logon/<enterprise>")
def start(enterprise):
    if enterprise != os.environ["ENTERPRISE"]:
        return "unknown", 404
    session["state"] = secrets.token_hex(20)
    fields = {"login_type": "CorpApp", "appid": os.environ["CORPID"], "agentid": os.environ["AGENTID"],
              "redirect_uri": BASE + "/logon/callback", "state": session["state"]}
    return redirect(f"{WECOM}/wwlogin/sso/login?" + urllib.parse.urlencode(fields))


@app.get("/logon/callback")
def callback():
    if request.args.get("state") != session.pop("state", None):
        return "wrong state", 400
    answer = wecom.get(
        f"{WECOM}/cgi-bin/auth/getuserinfo", params={"access_token": token(), "code": request.args["code"]}, timeout=10
    ).json()
    user = person(answer.get("userid", ""))
    if user is None:
        return f"nobody: {answer}", 403
    asked = dict(request.environ, QUERY_STRING=session.pop("request"), PATH_INFO="/oauth2/authorize")
    with app.request_context(asked):
        grant = server.get_consent_grant(end_user=user)
        return server.create_authorization_response(grant_user=user, grant=grant)


@app.post("/oauth2/token")
def tokens():
    return server.create_token_response()


def token():
    if access["end"] < time.time():
        answer = wecom.get(
            f"{WECOM}/cgi-bin/gettoken",
            params={"corpid": os.environ["CORPID"], "corpsecret": os.environ["SECRET"]}, timeout=10,
        ).json()
        access.update(token=answer["access_token"], end=time.time() + answer["expires_in"] - 60)
    return access["token"]
