"""What a browser does between a client and its address: follows redirects, keeps cookies, fills in forms."""

import html
import re
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs, urljoin, urlsplit

import requests


class Browser:
    def __init__(self, callback):
        self.session = requests.Session()
        self.callback = callback

    def open(self, url, **arguments):
        """The page that an address leads to, or the client's own address, where nobody listens."""
        method = arguments.pop("method", "GET")
        for _ in range(12):
            if url.startswith(self.callback):
                return url, None
            answer = self.session.request(method, url, allow_redirects=False, timeout=30, **arguments)
            if answer.status_code not in (301, 302, 303, 307, 308):
                return url, answer
            url, method, arguments = urljoin(url, answer.headers["location"]), "GET", {}
        raise AssertionError(f"redirects without end at {url}")

    def log_on(self, url, person):
        """Through the pages of the provider and of WeCom; returns where the client's code arrives."""
        url, page = self.try_to_log_on(url, person)
        assert page is None, page.text
        return url

    def try_to_log_on(self, url, person):
        """The same, or the page that says why somebody is not let in."""
        url, page = self.open(url)
        if page is None:
            return url, None
        if 'name="enterprise_id"' in page.text:
            fields = {"enterprise_id": person["enterprise"], "request": field(page, "request")}
            url, page = self.open(urljoin(url, "/logon") + "?" + requests.compat.urlencode(fields))
        if 'name="password"' not in page.text:
            # There is more than one to choose from.
            link = re.search(r'<a class="button" href="([^"]+)">' + re.escape(person["title"]), page.text)
            assert link, page.text
            url, page = self.open(urljoin(url, html.unescape(link[1])))
        form = {"account": person["account"], "password": person["password"], "action": "allow"}
        return self.open(url, method="POST", data=form)


def field(page, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    return html.unescape(found[1]) if found else ""


def query(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


class Told:
    """A client's address for logout tokens."""

    def __init__(self, port):
        self.tokens = tokens = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                tokens.append(parse_qs(body)["logout_token"][0])
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", port), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()
