"""An employee's way through the logon pages, to tokens and to every page that says why not, in a real browser."""

import base64
import hashlib
import http.server
import json
import re
import secrets
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import pytest

from suite import CLIENT_REDIRECT, REGISTRY, SIMULATOR, VERIFIER, KEY, Corp, ask
from watch import Watch

PROVER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(PROVER.encode()).digest()).decode().rstrip("=")


class LogonWatch(Watch):
    """The logon pages say everything in both languages at once."""

    def _translated(self, name):
        text = self.page.locator("main").inner_text()
        if not re.search(r"[\u4e00-\u9fff]{2}", text) or not re.search(r"[A-Za-z]{2,} [a-z]{2,}", text):
            self.faults.append(f"{name}: not in both languages: {text[:80]}")
        if self.page.locator("[lang=en]").count() == 0:
            self.faults.append(f"{name}: nothing is said to be English")

    def refusal(self, reason, status):
        """A page that says why not: its reason, a diagnosis id, and its picture."""
        assert self.page.locator("#reason").inner_text() == reason, self.page.locator("main").inner_text()
        assert re.fullmatch(r"(\w{4}-){2}\w{4}", self.page.locator("#diagnosis").inner_text())
        self.look(reason, expecting={status})


class Enterprise:
    """A tenant whose identity provider is connected and was synchronised."""

    def __init__(self):
        self.corp = Corp(users=40, departments=4, seed=91)
        name = "logon" + uuid.uuid4().hex[:6]
        self.tenant = self.api("POST", "tenants", {"name": name})
        app = {"corpID": self.corp.id, "agentID": self.corp.agent, "secret": self.corp.secret}
        self.title = "WeCom of the walk"
        fields = {
            "name": f"wecom_{name}", "description": self.title, "automaticSynchronization": False, "ownApp": app,
        }
        self.idp = self.api("POST", f"tenants/{self.tenant['id']}/idps", fields)
        self.corp.trust(self.corp.agent)
        run = self.api("POST", f"idps/{self.idp['id']}/runs", {})
        while self.api("GET", f"runs/{run['id']}")["state"] not in ("finished", "succeeded", "failed"):
            pass
        self.employee = self.corp.employee()

    @staticmethod
    def api(method, path, body=None):
        return ask(method, f"{REGISTRY}/api/v1/{path}", body, KEY)

    def change(self, fields):
        """Changes the identity provider, whatever its revision is."""
        self.send("PATCH", f"idps/{self.idp['id']}", fields)

    def set_tenant(self, action):
        """Suspends or resumes the tenant."""
        self.send("POST", f"tenants/{self.tenant['id']}/{action}", {}, of=f"tenants/{self.tenant['id']}")

    @staticmethod
    def send(method, path, fields, of=None):
        """A change of what is as it is just now."""
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        current = urllib.request.Request(f"{REGISTRY}/api/v1/{of or path}", headers=headers)
        with urllib.request.urlopen(current, timeout=30) as answer:
            headers["If-Match"] = answer.headers["ETag"]
        body = json.dumps(fields).encode()
        request = urllib.request.Request(f"{REGISTRY}/api/v1/{path}", data=body, headers=headers, method=method)
        urllib.request.urlopen(request, timeout=30).read()

    def code(self, **who):
        """A code of WeCom's, without its page."""
        return ask("POST", f"{SIMULATOR}/control/corps/{self.corp.id}/sign-in-codes", {"agentID": self.corp.agent, **who})["code"]


@pytest.fixture(scope="module")
def enterprise():
    return Enterprise()


class Application(http.server.BaseHTTPRequestHandler):
    """The client, where people end up."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<main>The application</main>")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module", autouse=True)
def application():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", urllib.parse.urlsplit(CLIENT_REDIRECT).port), Application)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield
    server.shutdown()


class Logons:
    """One browser at the client."""

    def __init__(self, page, enterprise):
        self.page = page
        self.enterprise = enterprise
        page.context.set_extra_http_headers({"X-Forwarded-For": f"198.51.100.{secrets.randbelow(250) + 1}"})

    def ask(self, **extra):
        """The client sends the person here."""
        fields = {
            "client_id": "sase-client", "redirect_uri": CLIENT_REDIRECT, "response_type": "code", "state": "s",
            "scope": "openid profile email offline_access", "code_challenge": CHALLENGE,
            "code_challenge_method": "S256", "prompt": "login", **extra,
        }
        self.page.goto(f"{VERIFIER}/oauth2/authorize?" + urllib.parse.urlencode(fields))

    def type(self, enterprise_id):
        self.page.fill("#enterprise_id", enterprise_id)
        self.page.click("main button")

    def go_to_wecom(self):
        """To WeCom's page. Returns the state that it was given."""
        self.ask(enterprise_id=self.enterprise.tenant["enterpriseID"])
        return self.to_wecom()

    def to_wecom(self):
        """The same from the page of the enterprise, which is passed over where there is nothing to choose from."""
        if not self.page.locator("input[name=account]").count():
            self.page.click("main a.button:not(.quiet)")
        return urllib.parse.parse_qs(urllib.parse.urlsplit(self.page.url).query)["state"][0]

    def sign_in(self):
        self.page.fill("input[name=account]", self.enterprise.employee["userid"])
        self.page.fill("input[name=password]", self.enterprise.employee["password"])
        self.page.click("button[value=allow]")

    def come_back(self, state, **fields):
        """As WeCom sends people back."""
        self.page.goto(f"{VERIFIER}/logon/callback?" + urllib.parse.urlencode({**fields, "state": state}))

    def tokens(self):
        """What the client gets for the code."""
        fields = urllib.parse.parse_qs(urllib.parse.urlsplit(self.page.url).query)
        form = {
            "grant_type": "authorization_code", "code": fields["code"][0], "redirect_uri": CLIENT_REDIRECT,
            "client_id": "sase-client", "code_verifier": PROVER,
        }
        data = urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(f"{VERIFIER}/oauth2/token", data=data, timeout=30) as answer:
            return json.load(answer)


def authorize_device(client):
    """What a device is given, once the verifier knows its client."""
    data = urllib.parse.urlencode({"client_id": client, "scope": "openid profile offline_access"}).encode()
    deadline = time.monotonic() + 10
    while True:
        try:
            with urllib.request.urlopen(f"{VERIFIER}/oauth2/device-authorization", data=data, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != 401 or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def test_device(open_browser, enterprise, language, size):
    """The pages where somebody lets in a device that shows a code."""
    page = open_browser(language, size)
    watch = LogonWatch(page, f"device-{language}", size)
    logons = Logons(page, enterprise)
    client = enterprise.api("POST", "clients", {"name": "Television", "authentication": "none", "deviceFlow": True})
    device = authorize_device(client["clientID"])

    page.goto(f"{VERIFIER}/device")
    watch.look("device", expecting={400})
    page.fill("#user_code", "BBBB-BBBB")
    page.click("main button")
    watch.look("device-wrong")
    page.fill("#user_code", device["user_code"].lower())
    page.click("main button")
    logons.type(enterprise.tenant["enterpriseID"])
    logons.to_wecom()
    logons.sign_in()
    page.wait_for_url("**/device?*")
    assert page.locator("#client").inner_text() == "Television"
    watch.look("device-confirmation")
    page.click("button[value=allow]")
    watch.look("device-allowed")
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code", "client_id": client["clientID"],
        "device_code": device["device_code"],
    }
    data = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(f"{VERIFIER}/oauth2/token", data=data, timeout=30) as answer:
        assert json.load(answer)["refresh_token"]
    watch.done()


def test_logon(open_browser, enterprise, language, size):
    """To tokens, and to each page of refusal that can be brought about from outside."""
    page = open_browser(language, size)
    watch = LogonWatch(page, f"logon-{language}", size)
    logons = Logons(page, enterprise)
    id = enterprise.tenant["enterpriseID"]

    logons.ask(prompt="select_account")
    watch.look("enterprise")
    watch.expected = {400}
    logons.type("??")
    watch.look("enterprise-wrong", expecting={404})
    logons.type("zzzzzzzzzz")
    watch.refusal("unknown_enterprise", 404)
    page.click("main a.button:not(.quiet)")
    logons.type(id)
    watch.look("options")
    page.click("main a.button:not(.quiet)")
    assert "lang=" + ("zh" if language == "zh-CN" else "en") in page.url
    logons.sign_in()
    page.wait_for_url(CLIENT_REDIRECT + "*")
    tokens = logons.tokens()
    assert tokens["id_token"] and tokens["refresh_token"]

    page.go_back()
    watch.expected = {400}
    if "/logon/callback" not in page.url and page.locator("input[name=account]").count():
        logons.sign_in()
    watch.refusal("state_replayed", 400)
    page.goto(f"{VERIFIER}/oauth2/end-session")
    watch.look("log-off")
    page.click("button[value=no]")
    watch.look("still-logged-on")
    log_off(logons, watch)
    refuse_from_wecom(logons, watch)
    refuse_by_settings(logons, watch)

    watch.expected = {400}
    logons.ask(redirect_uri="https://elsewhere.test/")
    watch.look("untrusted", expecting={400})
    page.goto(f"{VERIFIER}/oauth2/end-session?id_token_hint={tokens['id_token']}")
    watch.look("logged-off")
    page.goto(f"{VERIFIER}/logon/{id}")
    logons.sign_in()
    watch.look("connected")
    # Twenty a minute are let through: more than twice that, as a minute may end meanwhile.
    watch.expected = {400, 429}
    for _ in range(45):
        logons.ask(enterprise_id=id)
        if not page.locator("#reason").count():
            logons.come_back(logons.to_wecom(), code=secrets.token_hex(16))
        if page.locator("#reason").inner_text() == "too_many_tries":
            break
    watch.refusal("too_many_tries", 429)
    watch.done()


def log_off(logons, watch):
    """On yes, to the address of another origin that the client registered for that."""
    page = logons.page
    bye = urllib.parse.urljoin(CLIENT_REDIRECT, "/bye")
    fields = {
        "name": "Leaver", "authentication": "none", "redirectURIs": [CLIENT_REDIRECT], "postLogoutRedirectURIs": [bye],
    }
    client = logons.enterprise.api("POST", "clients", fields)
    query = {"client_id": client["clientID"], "post_logout_redirect_uri": bye, "state": "s"}
    address = f"{VERIFIER}/oauth2/end-session?" + urllib.parse.urlencode(query)
    # The verifier has not heard of the client at once.
    watch.expected = {400}
    until(page, address, lambda: page.locator("button[value=yes]").count())
    page.click("button[value=yes]")
    page.wait_for_url(bye + "?state=s")


def refuse_from_wecom(logons, watch):
    """What follows from what WeCom says."""
    page, enterprise = logons.page, logons.enterprise
    logons.go_to_wecom()
    watch.expected = {400}
    page.click("button[value=deny]")
    watch.refusal("denied", 400)
    page.click("main a.button.quiet")
    page.wait_for_url(CLIENT_REDIRECT + "*")
    assert "error=access_denied" in page.url and "error_description=denied" in page.url

    for reason, status, fields in [
        ("code_expired", 400, {"code": secrets.token_hex(16)}),
        ("not_a_member", 403, {"code": enterprise.code(openid="o-somebody")}),
    ]:
        state = logons.go_to_wecom()
        watch.expected = {status}
        logons.come_back(state, **fields)
        watch.refusal(reason, status)
    watch.expected = {400}
    logons.come_back(secrets.token_hex(20), code="c")
    watch.refusal("state_unknown", 400)
    for reason, status, code in [("wecom_unavailable", 503, -1), ("idp_not_authorized", 403, 60020)]:
        state = logons.go_to_wecom()
        enterprise.corp.break_calls(code)
        watch.expected = {status}
        logons.come_back(state, code=enterprise.code(userid=enterprise.employee["userid"]))
        enterprise.corp.mend()
        watch.refusal(reason, status)
    # Whom no run has brought yet is synchronised at once.
    newcomer = enterprise.corp.change(add=1)["added"][0]
    state = logons.go_to_wecom()
    logons.come_back(state, code=enterprise.code(userid=newcomer))
    assert page.url.startswith(CLIENT_REDIRECT), page.locator("main").inner_text()


def refuse_by_settings(logons, watch):
    """What follows from what administrators set."""
    page, enterprise = logons.page, logons.enterprise
    address = f"{VERIFIER}/logon/{enterprise.tenant['enterpriseID']}"
    for reason, before, after in [
        ("idp_closed", lambda: enterprise.change({"status": "closed", "confirmClosing": True}),
         lambda: enterprise.change({"status": "enabled"})),
        ("tenant_suspended", lambda: enterprise.set_tenant("suspend"), lambda: enterprise.set_tenant("resume")),
    ]:
        before()
        watch.expected = {403}
        until(page, address, lambda: page.locator("#reason").count() and page.locator("#reason").inner_text() == reason)
        watch.refusal(reason, 403)
        after()
        watch.expected = {403}
        until(page, address, lambda: page.locator("#reason").count() == 0)


def until(page, address, holds, tries=100):
    """Loads the page until something holds of it."""
    for _ in range(tries):
        page.goto(address)
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError(page.locator("main").inner_text())
