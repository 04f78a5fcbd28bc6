"""The suite that is up, as the tests reach it: the make-believe WeCom and a way into the console."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request
import uuid

from confluent_kafka import Producer

CONSOLE = os.environ["CONSOLE_URL"]
SIMULATOR = os.environ["SIMULATOR_URL"]
VERIFIER = os.environ["VERIFIER_URL"]
REGISTRY = os.environ["REGISTRY_URL"]
# Where the demo's client is sent back to; nobody listens there.
CLIENT_REDIRECT = os.environ["CLIENT_REDIRECT"]
KEY = os.environ["CONSOLE_KEY"]
BROKERS = os.environ["KAFKA_BOOTSTRAP_SERVERS"]


def ask(method, url, body=None, key=None):
    """Sends JSON and returns the JSON that comes back."""
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read().decode()
    return json.loads(text) if text.startswith(("{", "[")) else text


def sign_in_link():
    """A one-time link into the console, as the demo prints one."""
    return ask("POST", f"{CONSOLE}/sign-in/links", key=KEY)["url"]


def poison(tenant, idp):
    """Puts a record on the way to the mapper that is of a type which nobody knows."""
    headers = {
        "ce_specversion": "1.0", "ce_id": str(uuid.uuid4()), "ce_source": "tests", "ce_time": "2026-01-31T08:00:00Z",
        "ce_type": "wecombridge.unheard-of.v1", "ce_tenantid": tenant, "ce_idpid": idp,
        "content-type": "application/json",
    }
    producer = Producer({"bootstrap.servers": BROKERS, "partitioner": "murmur2_random"})
    producer.produce("wecom.records.v1", key=idp, value=b"{}", headers=headers)
    assert producer.flush(30) == 0


class Corp:
    """An enterprise in the make-believe WeCom."""

    def __init__(self, users=120, departments=12, seed=1):
        made = ask("POST", f"{SIMULATOR}/control/corps", {"users": users, "departments": departments, "seed": seed})
        self.id = made["corpID"]
        self.administrator = made["administrator"]
        self.agent = made["agentID"]
        self.secret = made["secret"]

    def authorize(self, page):
        """Scans the QR code that leads to the page, and agrees."""
        urllib.request.urlopen(page, timeout=30).read()
        form = {"corpid": self.id, **self.administrator, "action": "confirm"}
        data = urllib.parse.urlencode({k: form[k] for k in ("corpid", "account", "password", "action")}).encode()
        answer = urllib.request.urlopen(urllib.request.Request(page, data=data), timeout=30).read().decode()
        assert "授权成功" in answer, answer

    def trust(self, agent):
        """Has WeCom send people back to the logon pages, as an administrator sets it for the app."""
        host = urllib.parse.urlsplit(VERIFIER).netloc
        ask("PUT", f"{SIMULATOR}/control/corps/{self.id}/apps/{agent}", {"redirectDomain": host})

    def change(self, **what):
        """Changes people at random."""
        return ask("POST", f"{SIMULATOR}/control/corps/{self.id}/changes", {"seed": 7, **what})

    def employee(self):
        """Somebody who can log on."""
        return ask("GET", f"{SIMULATOR}/control/corps/{self.id}/sample-users?count=1")["users"][0]

    def break_calls(self, code):
        """Has WeCom refuse all that is asked about the enterprise, until mended."""
        ask("POST", f"{SIMULATOR}/control/faults", {"path": "*", "corpID": self.id, "kind": "errcode", "code": code, "times": 1000})

    @staticmethod
    def mend():
        """Takes back what was broken."""
        ask("DELETE", f"{SIMULATOR}/control/faults")
