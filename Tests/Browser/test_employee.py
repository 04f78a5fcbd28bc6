"""An employee who was made an administrator signs in to the console with their WeCom account, in a real browser."""

import urllib.parse

import pytest

from suite import CONSOLE, SIMULATOR, ask, sign_in_link
from test_logon import Enterprise
from watch import Watch


@pytest.fixture(scope="module")
def enterprise():
    return Enterprise()


def log_on(page, enterprise, employee):
    """From the console's sign-in page by way of the logon pages and WeCom's."""
    page.goto(f"{CONSOLE}/sign-in")
    page.click("#wecom")
    page.fill("#enterprise_id", enterprise.tenant["enterpriseID"])
    page.click("main button")
    page.fill("input[name=account]", employee["userid"])
    page.fill("input[name=password]", employee["password"])
    page.click("button[value=allow]")
    page.wait_for_url(CONSOLE + "/**")


def test_employee(open_browser, enterprise, language, size):
    """Made an administrator on the own page, in by WeCom for the own tenant alone, and out at once."""
    employee, stranger = ask("GET", f"{SIMULATOR}/control/corps/{enterprise.corp.id}/sample-users?count=2")["users"]
    owner = open_browser(language, size)
    watch = Watch(owner, language, size)
    owner.goto(sign_in_link())
    owner.click("main button")
    person = urllib.parse.urlencode({"id": employee["userid"]})
    owner.goto(f"{CONSOLE}/idps/{enterprise.idp['id']}/person?{person}")
    owner.select_option("form[action$='/administrator'] select", "admin")
    watch.look("person")
    owner.click("form[action$='/administrator'] button")
    owner.wait_for_url("**/administrators*")
    watch.look("administrators")

    page = open_browser(language, size)
    page.goto(f"{CONSOLE}/sign-in")
    seen = Watch(page, language, size)
    seen.look("sign-in")
    seen.expected = {422}
    log_on(page, enterprise, stranger)
    seen.look("no-administrator", expecting={422})
    assert page.locator("#not-let-in").count() == 1
    log_on(page, enterprise, employee)
    assert page.url == f"{CONSOLE}/tenants/{enterprise.tenant['id']}"
    seen.look("own-tenant")
    seen.expected = {403}
    page.goto(f"{CONSOLE}/api-keys")
    seen.look("not-for-admins", expecting={403})

    row = owner.locator("main tbody tr").filter(has=owner.locator("form[action$='/remove']"))
    row.last.locator("form[action$='/remove'] button").click()
    owner.wait_for_url("**/administrators*")
    seen.expected = set()
    page.goto(f"{CONSOLE}/tenants/{enterprise.tenant['id']}")
    assert "/sign-in" in page.url, page.url
    watch.done()
    seen.done()
