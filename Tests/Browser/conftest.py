"""A real Chromium: Debian's."""

import pytest
from playwright.sync_api import sync_playwright

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_browser(chromium):
    """Opens a fresh browser in a language, at a size."""
    opened = []

    def make(language="en", size="desktop", scripts=True):
        width, height = SIZES[size]
        context = chromium.new_context(
            locale=language, viewport={"width": width, "height": height}, java_script_enabled=scripts
        )
        context.set_default_timeout(20_000)
        opened.append(context)
        return context.new_page()

    yield make
    for context in opened:
        context.close()
