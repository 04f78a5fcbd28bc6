"""The same way for who has no mouse, and for who has no scripts."""

import uuid

from suite import CONSOLE, KEY, Corp, sign_in_link
from test_walk import connect, tell, wait_for_end
from watch import Watch


def tab_to(page, selector, limit=120):
    """Moves the focus by the tabulator alone until it is on what is wanted."""
    for _ in range(limit):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector} on {page.url}")


def press(page, selector):
    """Goes to something and presses it."""
    page.wait_for_selector(selector)
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_keyboard(open_browser):
    """From signing in to a removal that is approved and a person's history, by the keyboard alone."""
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
        press(page, link)
    page.wait_for_selector("#description")
    tab_to(page, "#name")
    page.keyboard.type(f"wecom_{name}")
    tab_to(page, "#description")
    page.keyboard.type("By keyboard")
    press(page, "main form button.btn-primary")
    page.wait_for_url("**/connect*")
    address = page.url.split("/connect")[0]
    press(page, "main form[action$='/connect'] button")
    page.wait_for_selector("img.code")
    corp.authorize(page.locator(".qr a").get_attribute("href"))
    page.wait_for_selector("main a[href$='/edit'].btn-primary", timeout=30_000)
    press(page, "main a[href$='/edit'].btn-primary")
    for step in ("**/edit*", "**/scope*"):
        page.wait_for_url(step)
        press(page, "main button[value=next]")
    page.wait_for_url("**/mapping*")
    map_by_keyboard(page)
    tell(page, address, "Works")
    watch.look("works")
    corp.change(remove=20)
    approve_by_keyboard(page, address)
    watch.look("approval-report")
    look_back_by_keyboard(page)
    watch.look("as-of")
    watch.done()


def map_by_keyboard(page):
    """A field is filled by an expression, whose names are completed."""
    tab_to(page, "[name='kind.title']")
    page.keyboard.type("expr")
    page.keyboard.press("Tab")
    tab_to(page, "[name='source.title']")
    page.keyboard.press("Control+A")
    page.keyboard.type("upp")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("position)")
    assert page.input_value("[name='source.title']") == "upper(position)"
    press(page, "main button[value=next]")
    page.wait_for_selector(".answer .word")


def approve_by_keyboard(page, address):
    """A run that holds removals is started, looked at, and approved."""
    page.goto(address)
    press(page, "form[action$='/runs'] button.btn-primary")
    page.wait_for_url("**/runs/*")
    wait_for_end(page)
    tab_to(page, "#list input[type=checkbox]")
    page.keyboard.press("Space")
    press(page, "button[formaction$='/approve']")
    wait_for_end(page)


def look_back_by_keyboard(page):
    """From what a run did to a person's history, and to what the person was."""
    press(page, "#list .change a[href$='/history']")
    assert page.locator(".timeline .change").count() > 1
    press(page, ".timeline .change:last-child a[href*='/past?']")
    page.wait_for_selector("main dl.facts")


def test_without_scripts(open_browser):
    """With JavaScript off the whole way works; pages are loaded anew to see what is new."""
    page = open_browser(scripts=False)
    corp = Corp(users=40, departments=4, seed=78)
    page.goto(sign_in_link())
    page.click("main button")
    address = connect(page, corp, "plain" + uuid.uuid4().hex[:6])
    # Without scripts the page is loaded anew by itself.
    page.wait_for_selector("main a[href$='/edit'].btn-primary", timeout=30_000)
    page.click("main a[href$='/edit'].btn-primary")
    page.click("button[value=next]")
    page.check("#some")
    page.locator("input[name=department]").nth(1).check()
    page.click("button[value=next]")
    page.click("button[value=next]")
    tell(page, address, "Works")
    page.locator("form[action$='/runs'] button").first.click()
    assert "/runs/" in page.url
