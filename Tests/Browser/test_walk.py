"""The way of a new administrator, from signing in to a decision about removals, in a real browser."""

import re
import time
import uuid

from playwright.sync_api import expect
from suite import CONSOLE, VERIFIER, Corp, poison, sign_in_link
from watch import Watch, holds

WORDS = {
    "en": {"works": "Works", "held": "Waits for you", "failing": "Failing", "closed": "Closed"},
    "zh-CN": {"works": "正常", "held": "等待处理", "failing": "同步失败", "closed": "已关闭"},
}


def tell(page, address, word, seconds=60):
    """Waits until the identity provider's page says the word."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        page.goto(address)
        if holds(expect(page.locator(".answer .word")).to_have_text, word):
            return
    raise AssertionError(f"{address} does not say {word}, but {page.locator('.answer').inner_text()}")


def load_until(page, address, selector, seconds=60):
    """Loads a page until it shows what is looked for."""
    deadline = time.monotonic() + seconds
    page.goto(address)
    while not holds(expect(page.locator(selector).first).to_be_visible):
        assert time.monotonic() < deadline, f"{address} does not show {selector}: {page.locator('main').inner_text()}"
        page.goto(address)


def wait_for_end(page):
    """Waits until the run that is shown is over."""
    page.wait_for_selector("[data-events]", state="detached", timeout=90_000)
    page.wait_for_load_state("load")


def synchronize(page, address, watch=None, name=None):
    """Starts a run by its button, and follows it on its page until it is over."""
    page.goto(address)
    page.locator("form[action$='/runs'] button.btn-primary").first.click()
    page.wait_for_url("**/runs/*")
    if watch:
        watch.look(name)
    wait_for_end(page)


def connect(page, corp, name, watch=None):
    """Makes a tenant and an identity provider, and connects it by the QR code. Returns its address."""
    look = watch.look if watch else lambda *_, **__: None
    page.goto(f"{CONSOLE}/tenants")
    look("tenants")
    page.fill("#name", name)
    page.click("main form button")
    look("first-identity-provider")
    page.locator("main a.btn-primary").first.click()
    look("source")
    page.click("main a.btn-primary")
    look("create")
    page.fill("#name", f"wecom_{name}")
    page.fill("#description", f"WeCom {name}")
    page.click("main form button.btn-primary")
    look("connect")
    address = page.url.split("/connect")[0]
    page.click("main form[action$='/connect'] button")
    page.wait_for_selector("img.code")
    look("qr")
    corp.authorize(page.locator(".qr a").get_attribute("href"))
    return address


def log_on(page, enterprise, corp):
    """An employee logs on at the product's own page, on WeCom's page behind it."""
    employee = corp.employee()
    page.goto(f"{VERIFIER}/logon/{enterprise}")
    if page.locator("input[name=account]").count() == 0 and page.locator("a.button:not(.quiet)").count():
        page.locator("a.button:not(.quiet)").first.click()
    if page.locator("input[name=account]").count():
        page.fill("input[name=account]", employee["userid"])
        page.fill("input[name=password]", employee["password"])
        page.locator("button").first.click()
    return page.locator("main").inner_text()


def test_walk(open_browser, language, size):
    """Each state of the way is looked over: nothing is wrong in the browser, the language or the layout."""
    page = open_browser(language, size)
    watch = Watch(page, language, size)
    words = WORDS[language]
    corp = Corp(seed=len(language) * 10 + len(size))
    name = "walk" + uuid.uuid4().hex[:6]

    page.goto(f"{CONSOLE}/sign-in")
    watch.look("sign-in")
    link = sign_in_link()
    page.goto(link)
    watch.look("link")
    page.click("main button")

    address = connect(page, corp, name, watch)
    # The page goes on by itself.
    page.wait_for_selector("main a[href$='/edit'].btn-primary", timeout=30_000)
    watch.look("connected")
    corp.trust(int(page.locator("dl.facts code").nth(1).inner_text()))
    set_up(page, watch)
    tell(page, address, words["works"])
    watch.look("works")
    look_around(page, watch, address)
    mapping_changes(page, watch, address)
    limits_are_set(page, watch, address)
    two_edit_at_once(page, watch, address)
    plan_is_applied(page, watch, address, corp)
    tenant = page.locator(".side-title a").first.get_attribute("href").rsplit("/", 1)[1]
    removals_are_held(page, watch, address, corp, words)
    operators_settle(page, watch, tenant, address)
    operators_replay(page, watch, tenant, address)
    run_fails(page, watch, address, corp, words)
    logon_works_and_fails(page, watch, address, corp, words)
    watch.done()

    page.goto(link)
    page.click("main button")
    assert "/sign-in" in page.url, "a link that was followed signs nobody else in"


def set_up(page, watch):
    """Schema, what is synchronised, how fields map."""
    page.click("main a[href$='/edit'].btn-primary")
    watch.look("edit")
    page.click("button[value=next]")
    watch.look("scope")
    page.fill("#tree-search", "zzz")
    watch.look("scope-nothing-found")
    page.fill("#tree-search", "")
    page.click("button[value=next]")
    watch.look("mapping")
    page.click("button[value=next]")


def look_around(page, watch, address):
    """Every page that is only read."""
    tenant = page.locator(".side-title a").first.get_attribute("href")
    for path in ("people", "departments", "runs", "revisions", "safety", "egress", "messages", "connect", "close", "delete"):
        page.goto(f"{address}/{path}")
        watch.look(path)
    page.goto(f"{address}/people?q=zzzz")
    watch.look("people-nobody-found")
    page.goto(f"{address}/people")
    page.locator("main tbody a").first.click()
    watch.look("person")
    history_is_told(page, watch, address)
    page.goto(f"{address}/preflight")
    watch.look("preflight-empty")
    page.click("main .head button")
    watch.look("preflight")
    for path in ("settings", "extended-fields", "notifications"):
        page.goto(f"{CONSOLE}{tenant}/{path}")
        watch.look(path)
    for path in ("audit", "api-keys", "clients", "clients/new", "signing-keys", "diagnoses", "diagnoses?id=NONE",
                 "operations", "operations?kind=run-late", "operations/dead-letters",
                 "operations/lag", "operations/replays", "operations/doctor"):
        page.goto(f"{CONSOLE}/{path}")
        watch.look(re.sub(r"\W+", "-", path))
    watch.expected = {404}
    page.goto(f"{CONSOLE}/nowhere")
    watch.look("nowhere", expecting={404})


def history_is_told(page, watch, address):
    """What became of a person and of a department; and the person at another time, as far as that is known."""
    page.click("main a[href$='/history']")
    assert page.locator(".timeline .change").count() == 1
    page.click(".timeline a[href*='/past?']")
    assert page.locator("main dl.facts").count() == 2 and page.locator("main form[method=post]").count() == 0
    watch.look("person-as-of")
    watch.expected = {410}
    page.fill("#at", "2001-01-01T08:00:00")
    page.click("form[data-zoned] button")
    watch.look("person-as-of-unknown", expecting={410})
    page.goto(f"{address}/departments/1/history")
    watch.look("department-history")


def mapping_changes(page, watch, address):
    """A field is mapped otherwise, seen beside a real person, and saved; the revision tells."""
    page.goto(f"{address}/mapping")
    expressions_are_helped(page, watch)
    page.select_option("[name='kind.title']", "constant")
    page.fill("[name='value.title']", "Colleague")
    page.click("button[value=look]")
    assert page.locator("tr:has([name='kind.title']) td.sample.after").inner_text() == "Colleague"
    watch.look("mapping-tried")
    page.click("button[value=stay]")
    watch.look("mapping-saved")
    page.goto(f"{address}/revisions")
    page.locator("main tbody a").first.click()
    watch.look("revision")


def expressions_are_helped(page, watch):
    """Names in an expression are completed; a mistake is shown where it is, and gone to."""
    page.select_option("[name='kind.title']", "expression")
    title = page.locator("[name='source.title']")
    title.fill("")
    title.press_sequentially("coal")
    assert page.locator("#completions [role=option]").count() == 1
    title.press("ArrowDown")
    title.press("Enter")
    assert title.input_value() == "coalesce("
    title.press_sequentially("pos")
    watch.look("mapping-completes")
    title.press("ArrowDown")
    title.press("Tab")
    title.press_sequentially(", nme)")
    watch.expected = {400}
    page.click("button[value=stay]")
    assert page.locator("tr:has([name='kind.title']) mark").inner_text() == "nme"
    assert page.evaluate("[document.activeElement.name, document.activeElement.selectionStart]") == ["source.title", 19]
    assert page.locator("#person option").count() > 0
    watch.look("mapping-mistaken", expecting={400})


def limits_are_set(page, watch, address):
    """Limits and quiet hours are saved as they were typed, and what is no number is told at its place."""
    page.goto(f"{address}/safety")
    page.fill("[name='departments.perRun.count']", "four")
    watch.expected = {400}
    page.click("main form button.btn-primary")
    assert page.locator("[role=alert]").count() == 1
    assert page.locator("[aria-invalid=true]").get_attribute("name") == "departments.perRun.count"
    watch.look("safety-refused", expecting={400})
    page.fill("[name='departments.perRun.count']", "4")
    page.fill("[name='departments.perMonth.count']", "")
    page.fill("[name='departments.perMonth.percent']", "")
    page.select_option("[name='policy.leftScope']", "keep")
    page.click("main form button.btn-primary")
    watch.look("safety-saved")
    page.goto(f"{address}/safety")
    assert page.input_value("[name='departments.perRun.count']") == "4"
    assert page.input_value("[name='departments.perMonth.count']") == ""
    assert page.input_value("[name='people.perRun.count']") != ""
    assert page.input_value("[name='policy.leftScope']") == "keep"
    page.goto(f"{address}/edit")
    page.select_option("[name='quietFrom']", "22")
    page.select_option("[name='quietTo']", "6")
    page.click("button[value=stay]")
    watch.look("quiet-hours-saved")
    page.goto(f"{address}/edit")
    assert page.input_value("[name='quietFrom']") == "22" and page.input_value("[name='quietTo']") == "6"


def two_edit_at_once(page, watch, address):
    """The second of two who edit the same is told what the first has stored, and overwrites it knowingly."""
    first = page.context.new_page()
    for each in (first, page):
        each.goto(f"{address}/edit")
    first.fill("#description", "first")
    first.click("button[value=stay]")
    first.wait_for_selector(".alert-success")
    page.bring_to_front()
    page.fill("#description", "second")
    watch.expected = {412}
    page.click("button[value=stay]")
    assert page.input_value("#description") == "second"
    assert page.locator("td pre").all_inner_texts() == ["second", "first"]
    watch.look("changed-by-another", expecting={412})
    page.click("button[value=stay]")
    watch.look("overwritten")
    page.goto(f"{address}/edit")
    assert page.input_value("#description") == "second"
    first.close()


def plan_is_applied(page, watch, address, corp):
    """A dry run plans what WeCom changed; it is looked at, and done by its button. Then it would do something else."""
    corp.change(update=3, add=2, seed=21)
    plan(page, address)
    watch.look("plan")
    page.locator("a[href*='change=updated']").first.click()
    watch.look("plan-updated")
    assert page.locator("#list .before").count() > 0
    page.click("form[action$='/apply'] button")
    page.wait_for_url("**/runs/*")
    page.wait_for_selector("[data-events]", state="detached", timeout=90_000)
    watch.look("plan-applied")
    corp.change(update=1, seed=22)
    plan(page, address)
    corp.change(update=2, seed=23)
    page.click("form[action$='/apply'] button")
    page.wait_for_url("**/runs/*")
    page.wait_for_selector("[data-events]", state="detached", timeout=90_000)
    page.wait_for_load_state("load")
    watch.look("plan-refused")
    page.click("main a[href$='/plan'].btn-primary")
    watch.look("plan-differences")
    assert page.locator("#list .diff tbody tr").count() > 0


def plan(page, address):
    """Starts a dry run, and goes to its plan."""
    page.goto(f"{address}/runs")
    page.locator("main details summary").first.click()
    page.check("#dry")
    page.locator("form[action$='/runs'] button.btn-primary").first.click()
    page.wait_for_url("**/runs/*")
    page.wait_for_selector("[data-events]", state="detached", timeout=90_000)
    page.wait_for_load_state("load")
    page.click("main a[href$='/plan'].btn-primary")
    page.wait_for_url("**/plan")


def removals_are_held(page, watch, address, corp, words):
    """More people leave than the limits allow; an administrator agrees."""
    corp.change(remove=40)
    synchronize(page, address, watch, "run-started")
    tell(page, address, words["held"], 90)
    watch.look("held")
    page.click(".answer a.btn-primary")
    watch.look("held-run")
    held = page.url
    here = address.removeprefix(CONSOLE)
    load_until(page, f"{CONSOLE}/operations?kind=removals-held", f"main a[href='{here}']")
    watch.look("operations-held")
    page.goto(held)
    page.click("button[formaction$='/approve']")
    wait_for_end(page)
    watch.look("approval-report")
    page.select_option("#show", "removed")
    page.select_option("#kind", "user")
    page.click("#list form[method=get] button")
    assert page.locator("#list .change").count() == 40
    watch.look("run-before-and-after")
    page.locator("#list a[href$='/history']").first.click()
    assert page.locator(".timeline .change").count() > 1
    watch.look("person-history")


def operators_settle(page, watch, tenant, address):
    """What no service could handle is found by its reason, looked at and discarded."""
    here = address.removeprefix(CONSOLE)
    poison(tenant, here.rsplit("/", 1)[1])
    load_until(page, f"{CONSOLE}/operations/dead-letters", f"main a[href='{here}']")
    watch.look("dead-letters")
    page.locator(f"tr:has(a[href='{here}']) th a").first.click()
    watch.look("dead-letter")
    page.fill("#why", "made by a test")
    page.click("button[formaction$='/discard']")
    page.wait_for_selector(".alert-success")
    assert page.locator(f"main a[href='{here}']").count() == 0
    page.goto(f"{CONSOLE}/operations/lag")
    assert page.locator("main tbody tr").count() > 0
    watch.look("lag")


def operators_replay(page, watch, tenant, address):
    """What the topic has is told again: tried first, then done."""
    here = address.removeprefix(CONSOLE)
    page.goto(f"{CONSOLE}/operations/replays/new?tenant={tenant}")
    page.select_option("#idp", here.rsplit("/", 1)[1])
    page.fill("#why", "a test")
    watch.look("replay-new")
    page.click("button[name=dry]")
    page.wait_for_url("**/replays/new?*tried=*")
    load_until(page, page.url, "main a[href$='/plan']")
    assert page.input_value("#why") == "a test"
    watch.look("replay-tried")
    page.click("form[action='/operations/replays'] button:not([name])")
    page.wait_for_url("**/operations/replays?*")
    load_until(page, f"{CONSOLE}/operations/replays", f"tbody tr:first-child:has(a[href='{here}']) .tone-good")
    watch.look("replays")
    page.goto(f"{CONSOLE}/operations/sealing")
    watch.look("sealing")


def run_fails(page, watch, address, corp, words):
    """WeCom refuses the credentials; the page says what is wrong."""
    corp.break_calls(40001)
    synchronize(page, address)
    try:
        tell(page, address, words["failing"], 90)
        watch.look("failing")
        page.goto(f"{address}/runs")
        page.locator("main tbody a").first.click()
        watch.look("failed-run")
    finally:
        corp.mend()
    # Credentials that WeCom refused are not tried again for a while, whoever asks.
    deadline = time.monotonic() + 240
    while not holds(expect(page.locator(".answer .word")).to_have_text, words["works"], seconds=2):
        assert time.monotonic() < deadline, page.locator("main").inner_text()
        synchronize(page, address)
        page.goto(address)


def logon_works_and_fails(page, watch, address, corp, words):
    """An employee gets in; after closing not, and the diagnosis says why."""
    page.goto(address)
    enterprise = page.locator("main dl.facts code").first.inner_text()
    employee = page.context.browser.new_context(locale="zh-CN").new_page()
    deadline = time.monotonic() + 30
    log_on(employee, enterprise, corp)
    while not holds(expect(employee.locator("main")).to_contain_text, "连接正常", seconds=1):
        assert time.monotonic() < deadline, employee.locator("main").inner_text()
        employee.context.clear_cookies()
        log_on(employee, enterprise, corp)
    page.goto(f"{address}/close")
    watch.look("closing")
    page.click("button.btn-danger")
    tell(page, address, words["closed"])
    watch.look("closed")
    employee.context.clear_cookies()
    employee.goto(f"{VERIFIER}/logon/{enterprise}")
    diagnosis = employee.locator("#diagnosis")
    if diagnosis.count():
        page.goto(f"{CONSOLE}/diagnoses?id={diagnosis.inner_text()}")
        watch.look("diagnosis")
    employee.context.close()
