"""The same way for who has no mouse, and for who has no scripts."""

import time
import uuid

from suite import CONSOLE, KEY, Corp, sign_in_link
from test_walk import connect, tell
from watch import Watch


def tab_to(page, selector, limit=120):
    """Moves the focus by the tabulator alone until it is on what is wanted."""
    for _ in range(limit):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector} on {page.url}")


def test_keyboard(open_browser):
    """From signing in to the QR code and the set-up, by the keyboard alone."""
    page = open_browser()
    watch = Watch(page, "en", "keyboard")
    corp = Corp(users=40, departments=4, seed=77)
    name = "keys" + uuid.uuid4().hex[:6]
    page.goto(f"{CONSOLE}/sign-in")
    tab_to(page, "#key")
    page.keyboard.type(KEY)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{CONSOLE}/tenants")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip", "the first stop skips to the content"
    tab_to(page, "main #name")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    for link in ("main a.btn-primary", "main a.btn-primary"):
        page.wait_for_selector(link)
        tab_to(page, link)
        page.keyboard.press("Enter")
        page.wait_for_load_state("load")
    page.wait_for_selector("#description")
    tab_to(page, "#name")
    page.keyboard.type(f"wecom_{name}")
    tab_to(page, "#description")
    page.keyboard.type("By keyboard")
    tab_to(page, "main form button.btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/connect*")
    address = page.url.split("/connect")[0]
    tab_to(page, "main form[action$='/connect'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector("img.code")
    corp.authorize(page.locator(".qr a").get_attribute("href"))
    page.wait_for_selector("main a[href$='/edit'].btn-primary", timeout=30_000)
    tab_to(page, "main a[href$='/edit'].btn-primary")
    page.keyboard.press("Enter")
    for step in ("**/edit*", "**/scope*", "**/mapping*"):
        page.wait_for_url(step)
        tab_to(page, "main button[value=next]")
        page.keyboard.press("Enter")
    page.wait_for_selector(".answer .word")
    tell(page, address, "Works")
    watch.look("works")
    watch.done()


def test_without_scripts(open_browser):
    """With JavaScript off the whole way works; pages are loaded anew to see what is new."""
    page = open_browser(scripts=False)
    corp = Corp(users=40, departments=4, seed=78)
    page.goto(sign_in_link())
    page.click("main button")
    address = connect(page, corp, "plain" + uuid.uuid4().hex[:6])
    deadline = time.monotonic() + 30
    while page.locator("main a[href$='/edit'].btn-primary").count() == 0:
        assert time.monotonic() < deadline
        time.sleep(0.5)
        page.goto(f"{address}/connect")
    page.click("main a[href$='/edit'].btn-primary")
    page.click("button[value=next]")
    page.check("#some")
    page.locator("input[name=department]").nth(1).check()
    page.click("button[value=next]")
    page.click("button[value=next]")
    tell(page, address, "Works")
    page.locator("form[action$='/runs'] button").first.click()
    assert "/runs/" in page.url
