"""What every page is looked at for: faults of the browser, of the language, of accessibility and of the layout."""

import os
import pathlib
import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error

SCREENSHOTS = pathlib.Path(os.environ.get("SCREENSHOTS", ".local/screenshots"))

# Text that is no data, no code, and not said to be in another language. What services say is looked at on Chinese pages,
# where it is Chinese; in English it may name what WeCom's administration calls so.
PROSE = """() => {
    const spoken = document.documentElement.lang === "zh-CN" ? "[lang]:not([lang='zh-CN'])" : "[lang]:not(html)";
    const others = `code, pre, bdi, .data, ${spoken}, time, script, style, option, textarea, svg`;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) {
        const text = walker.currentNode.textContent.trim();
        const parent = walker.currentNode.parentElement;
        if (text && parent.checkVisibility() && !parent.closest(others)) texts.push(text);
    }
    for (const labelled of document.querySelectorAll("[aria-label], [alt], [placeholder]")) {
        if (labelled.closest(others)) continue;
        for (const name of ["aria-label", "alt"]) {
            if (labelled.getAttribute(name)) texts.push(labelled.getAttribute(name));
        }
    }
    return texts;
}"""

# What is said to be in English. The button that switches to English names it so, and what a program says of an error in
# it is data: a diagnosis has it for whoever runs the product.
ENGLISH = """() => [...document.querySelectorAll("[lang='en']:not(html)")]
    .filter((element) => element.checkVisibility() && !element.closest("[name=language], .data"))
    .map((element) => element.textContent)"""

# The header is one row of ways on a desktop; on a phone the ways beside a page take the better part of its width.
CROWDED = {
    "desktop": """() => {
        const [bar, way] = [document.querySelector(".topbar"), document.querySelector(".topnav a")];
        return Boolean(bar && way) && bar.clientHeight > 2.2 * way.offsetHeight;
    }""",
    "phone": """() => [...document.querySelectorAll(".side ul")].some((ways) => ways.clientWidth < innerWidth / 2)""",
}

# What WeCom's own administration calls things: it has no other language.
CHINESE_NAMES = ("企业微信授权登录", "我的企业")


def holds(assertion, *arguments, seconds=0.5):
    """Whether what is asserted of a page is so, or comes to be so within the time."""
    try:
        assertion(*arguments, timeout=seconds * 1000)
    except AssertionError:
        return False
    return True


class Watch:
    """Watches a browser's page, and looks each state over that it is shown."""

    def __init__(self, page, language, size):
        self.page = page
        self.language = language
        self.size = size
        self.faults = []
        self.expected = set()
        self.seen = set()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("response", self._response)
        page.on("requestfailed", self._failed)

    def _console(self, message):
        if message.type in ("error", "warning") and not re.search(r"status of (4\d\d|5\d\d)", message.text):
            self.faults.append(f"console: {message.text}")

    def _response(self, response):
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{response.status}: {response.url}")

    def _failed(self, request):
        # A page that is left ends what it was waiting for.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.faults.append(f"failed: {request.url} {request.failure}")

    def look(self, name, expecting=()):
        """Takes a screenshot of the page as it is, and looks it over."""
        self.expected = set(expecting)
        folder = SCREENSHOTS / self.language / self.size
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{len(self.seen):02d}-{name}.png"
        self.seen.add(name)
        for patience in (2, 1, 0):
            try:
                self.page.wait_for_load_state("load")
                self.page.screenshot(path=path, full_page=True)
                self._translated(name)
                self._accessible(name)
                self._fitting(name)
                return
            except Error as error:
                # A page that waits for something loads itself anew when it has come: it is looked at as it is then.
                if patience == 0 or "navigation" not in str(error):
                    raise

    def _translated(self, name):
        if self.language == "zh-CN":
            for text in self.page.evaluate(ENGLISH):
                self.faults.append(f"{name}: said in English: {text[:80]}")
        for text in self.page.evaluate(PROSE):
            if "⟦" in text:
                self.faults.append(f"{name}: no text {text}")
            if self.language == "zh-CN" and re.search(r"[A-Za-z]{2,}( [A-Za-z,]{1,}){2,}", text):
                self.faults.append(f"{name}: not translated: {text[:80]}")
            for known in CHINESE_NAMES:
                text = text.replace(known, "")
            if self.language == "en" and re.search(r"[\u4e00-\u9fff]", text):
                self.faults.append(f"{name}: not translated: {text[:80]}")

    def _accessible(self, name):
        for violation in Axe().run(self.page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                where = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
                self.faults.append(f"{name}: {violation['id']}: {where}")

    def _fitting(self, name):
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 1:
            self.faults.append(f"{name}: {wide} px wider than the window")
        if self.size in CROWDED and self.page.evaluate(CROWDED[self.size]):
            self.faults.append(f"{name}: the ways to other pages are crowded")

    def done(self):
        """Fails with all that was found."""
        assert not self.faults, "\n" + "\n".join(dict.fromkeys(self.faults))
