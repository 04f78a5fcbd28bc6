#!/usr/bin/env python3
"""Uses the simulator with wechatpy, a public client that knows nothing of it.

    public_client_check.py http://127.0.0.1:9300

Prints one JSON line of what was found; any failure is an exception.
"""

import json
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

from wechatpy.enterprise.client import WeChatClient
from wechatpy.enterprise.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatClientException

BASE = sys.argv[1]
TOKEN = "QDG6eK"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
PROVIDER = "ww1234567890abcdef"
TEMPLATE = "dk4asffe9xxx4c0f4c"


class Client(WeChatClient):
    API_BASE_URL = BASE + "/cgi-bin/"

    def fetch_access_token(self):
        return self._fetch_access_token(
            url=self.API_BASE_URL + "gettoken",
            params={"corpid": self.corp_id, "corpsecret": self.secret},
        )


def control(path, body, method="POST"):
    request = urllib.request.Request(BASE + "/control/" + path, json.dumps(body).encode(), method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def check_contacts():
    corp = control("corps", {"users": 1200, "departments": 60, "seed": 3})
    client = Client(corp["corpID"], corp["secret"])
    with urllib.request.urlopen(f"{BASE}/control/corps/{corp['corpID']}/truth", timeout=30) as answer:
        truth = json.load(answer)
    departments = client.department.get()
    assert {d["id"]: d["parentid"] for d in departments} == {d["id"]: d["parentid"] for d in truth["departments"]}
    users = {}
    for department in departments:
        for user in client.user.list(department["id"]):
            users[user["userid"]] = user
    assert users == {user["userid"]: user for user in truth["users"]}, "the lists are not the truth"
    some = next(iter(users))
    assert client.user.get(some)["name"] == users[some]["name"]
    assert client.agent.get(corp["agentID"])["allow_partys"] == {"partyid": [1]}
    assert len(client.tag.list()) == 2
    control(f"corps/{corp['corpID']}/expire-tokens", {})
    assert client.user.get(some)["userid"] == some, "wechatpy did not renew the token"
    code = control(f"corps/{corp['corpID']}/sign-in-codes", {"userid": some, "agentID": corp["agentID"]})["code"]
    assert client.oauth.get_user_info(code)["UserId"] == some
    try:
        client.user.get("nobody")
        raise AssertionError("an unknown user was found")
    except WeChatClientException as error:
        assert error.errcode == 60111
    return {"users": len(users), "departments": len(departments)}


class Callback(BaseHTTPRequestHandler):
    received = []

    def answer(self, text):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

    def parameters(self):
        query = parse_qs(urlsplit(self.path).query)
        return {name: values[0] for name, values in query.items()}

    def do_GET(self):
        query = self.parameters()
        crypto = WeChatCrypto(TOKEN, AES_KEY, PROVIDER)
        self.answer(
            crypto.check_signature(query["msg_signature"], query["timestamp"], query["nonce"], query["echostr"])
        )

    def do_POST(self):
        query = self.parameters()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        crypto = WeChatCrypto(TOKEN, AES_KEY, TEMPLATE)
        Callback.received.append(
            crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        )
        self.answer("success")

    def log_message(self, *_):
        pass


def check_callbacks():
    server = HTTPServer(("127.0.0.1", 0), Callback)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    control("provider", {
        "corpID": PROVIDER, "secret": "s", "templateID": TEMPLATE, "templateSecret": "t", "token": TOKEN,
        "encodingAESKey": AES_KEY, "callbackURL": f"http://127.0.0.1:{server.server_port}/callback",
    })
    assert control("provider/verify", {})["verified"] is True
    pushed = control("provider/ticket", {})
    assert pushed["delivery"]["body"] == "success", pushed
    assert any(pushed["ticket"] in message for message in Callback.received)
    server.shutdown()
    return {"callbacks": len(Callback.received)}


print(json.dumps({**check_contacts(), **check_callbacks()}))
