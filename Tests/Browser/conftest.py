"""A real Chromium: Debian's. Tests that take a language and a size go through each of both, or through every pair."""

import itertools

import pytest
from playwright.sync_api import sync_playwright

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
EACH = [("zh-CN", "phone"), ("en", "desktop")]
EVERY_PAIR = list(itertools.product(["zh-CN", "en"], SIZES))


def pytest_addoption(parser):
    parser.addoption("--every-pair", action="store_true", help="go through every language at every size")


def pytest_generate_tests(metafunc):
    if {"language", "size"} <= set(metafunc.fixturenames):
        pairs = EVERY_PAIR if metafunc.config.getoption("--every-pair") else EACH
        metafunc.parametrize(("language", "size"), pairs)


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
