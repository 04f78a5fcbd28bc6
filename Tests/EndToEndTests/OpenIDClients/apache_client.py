"""mod_auth_openidc, which is C and knows nothing of this provider, guards a page: `apache_client.py` reads its task as JSON."""

import json
import re
import sys
import time
from urllib.parse import urlencode

import requests

from apache import apache
from walk import Browser, query

task = json.load(sys.stdin)
site = f"http://127.0.0.1:{task['toldPort']}"
page = f"{site}/page.shtml"
person = f"corps/{task['corp']}/users/{task['account']}"

# WeCom's numbers for an employee's account.
ACTIVE, DISABLED = 1, 2


def asked(browser):
    """Where the guarded page sends the browser, or `None` and who sees it."""
    answer = browser.session.get(page, allow_redirects=False, timeout=30)
    if answer.status_code == 302:
        return answer.headers["location"], None
    assert answer.status_code == 200, answer.text
    return None, re.search("<p>(.*)</p>", answer.text)[1].split()


def logged_on(browser):
    """Who sees the page after a logon."""
    url, _ = asked(browser)
    assert url.startswith(task["issuer"] + "/oauth2/authorize?"), url
    assert query(url)["code_challenge_method"] == "S256", url
    assert browser.log_on(url, task) == page
    url, seen = asked(browser)
    assert url is None, url
    return seen


def informed(browser):
    """What the module keeps of the session."""
    answer = browser.session.get(task["redirect"] + "?info=json", timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()


def id_token(browser):
    """The ID token as it was issued."""
    return browser.session.get(f"{site}/token.shtml", timeout=30).text.strip()


def api_status(token):
    return requests.get(f"{site}/api/page.shtml", headers={"Authorization": f"Bearer {token}"}, timeout=30).status_code


def order(what, fields):
    """Changes WeCom."""
    answer = requests.put(f"{task['wecom']}/control/{what}", json=fields, timeout=30)
    assert answer.status_code == 200, answer.text


def wait_for_end(browser):
    """Until Apache, where nobody does anything, was told that the session is over; where the page sends then."""
    deadline = time.monotonic() + 30
    while True:
        url, _ = asked(browser)
        if url is not None:
            return url
        assert time.monotonic() < deadline, "the page is still shown"
        time.sleep(0.05)


with apache(task):
    browser = Browser(page)
    sub, name = logged_on(browser)
    first = informed(browser)
    assert first["userinfo"]["sub"] == sub and first["userinfo"]["preferred_username"] == name, first
    assert first["userinfo"]["groups"], first
    assert api_status(first["access_token"]) == 200

    # The module's own way to other tokens.
    refresh = {"refresh": page, "access_token": first["access_token"]}
    browser.open(task["redirect"] + "?" + urlencode(refresh))
    second = informed(browser)
    assert second["access_token"] != first["access_token"], second
    assert api_status(second["access_token"]) == 200

    # Logging off at Apache ends the session at the provider, which forgets the browser.
    browser.callback = task["bye"]
    ended, _ = browser.open(task["redirect"] + "?" + urlencode({"logout": task["bye"]}))
    assert ended.startswith(task["bye"]), ended
    browser.callback = page
    assert api_status(second["access_token"]) == 401
    url, _ = asked(browser)
    _, form = browser.open(url)
    assert form is not None, "nothing is asked after logging off"

    # Who logs off at the provider itself is logged off at Apache, too, which is told of it.
    assert logged_on(browser) == [sub, name]
    browser.open(f"{task['issuer']}/oauth2/end-session?" + urlencode({"id_token_hint": id_token(browser)}))
    wait_for_end(browser)

    # So is who may not work any more, and is not let in again.
    assert logged_on(browser) == [sub, name]
    order("events", {"envelope": "data"})
    order(person, {"status": DISABLED})
    url = wait_for_end(browser)
    # WeCom lets them in again, of which nothing is told yet.
    order("events", {})
    order(person, {"status": ACTIVE})
    _, refusal = browser.try_to_log_on(url, task)
    assert refusal is not None, "a disabled person is let in"
    assert refusal.status_code == 403 and "user_disabled" in refusal.text, refusal.text
print("done")
