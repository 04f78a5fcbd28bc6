"""A second WeCom connected by somebody who sees the console for the first time: each click is counted."""

import pathlib
import re
import uuid

from suite import CONSOLE, Corp, sign_in_link
from test_walk import tell
from watch import Watch

MOST = 25
GUIDE = pathlib.Path(__file__).parents[2] / "docs" / "console.md"


class Stopwatch:
    """Clicks and types as a person does, and writes down each click and each field."""

    def __init__(self, page):
        self.page = page
        self.clicks = []
        self.fields = []

    def click(self, selector, called=None):
        target = self.page.locator(selector).first
        self.clicks.append(called or target.inner_text().strip())
        target.click()
        self.page.wait_for_load_state("load")

    def type(self, label, text):
        """Typing into a field takes a click, too."""
        field = self.page.get_by_label(label, exact=True)
        self.clicks.append(label)
        self.fields.append(label)
        field.click()
        field.fill(text)


def test_stopwatch(open_browser, capsys):
    """From the link that the demo ends with to a second WeCom that works, as docs/console.md tells it."""
    page = open_browser()
    watch = Watch(page, "en", "stopwatch")
    first = Stopwatch(page)
    corp = Corp(users=40, departments=4, seed=79)
    page.goto(sign_in_link())
    first.click("main button")
    first.click("main tbody a", called="The tenant's name")
    first.click("main a.btn-primary")
    first.click("main a.btn-primary")
    first.type("IdP name", "second_" + uuid.uuid4().hex[:6])
    first.type("Description", "Second WeCom")
    first.click("main form button.btn-primary")
    address = page.url.split("/connect")[0]
    first.click("main form[action$='/connect'] button")
    # Scanning and agreeing is done on a telephone, in WeCom.
    corp.authorize(page.locator(".qr a").get_attribute("href"))
    page.wait_for_selector("main a[href$='/edit'].btn-primary", timeout=30_000)
    first.click("main a[href$='/edit'].btn-primary")
    for _ in range(3):
        first.click("main button[value=next]")
    tell(page, address, "Works")
    watch.look("second-works")
    watch.done()
    with capsys.disabled():
        print("", *[f"{number}. {click}" for number, click in enumerate(first.clicks, 1)], sep="\n")
    assert len(first.clicks) < MOST
    assert first.fields == ["IdP name", "Description"], "whoever sets it up makes these up"
    assert page.url.startswith(CONSOLE)
    told = re.findall(r"^\d+\. \*\*(.+?)\*\*", GUIDE.read_text(), re.MULTILINE)
    assert told == first.clicks, "the guide tells these clicks"
