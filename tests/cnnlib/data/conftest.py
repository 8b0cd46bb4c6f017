"""A web server on loopback that can be told how to misbehave, one answer at a time."""

import re
import sys
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Server(ThreadingHTTPServer):
    """Answers each request by the next of `answers`, and well when there are none left."""

    daemon_threads = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {}
        self.tag = '"first"'
        self.answers = deque()
        self.requests = []
        self.released = threading.Event()

    def url(self, name):
        return f"http://127.0.0.1:{self.server_port}/{name}"

    def handle_error(self, request, client_address):
        """A client that hangs up early is part of the play."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def ranges(self):
        return [headers.get("Range") for _, headers in self.requests]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append((self.path, dict(self.headers)))
        answer = self.server.answers.popleft() if self.server.answers else "well"
        content = self.server.files.get(self.path.strip("/"))
        if content is None:
            self.send_error(404)
        elif answer.isdigit():
            self.send_error(int(answer))
        elif answer == "silent":
            self.server.released.wait(10)
        else:
            self.send_content(answer, content)

    def send_content(self, answer, content):
        start = self.start_of_range(answer)
        if start >= len(content):
            self.send_error(416)
            return
        body = content[start:]
        self.send_response(206 if start else 200)
        if start:
            claimed = start + 1 if answer == "another part" else start
            self.send_header("Content-Range", f"bytes {claimed}-{len(content) - 1}/{len(content)}")
        if answer != "of unknown length":
            self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", self.server.tag)
        self.end_headers()
        if answer == "corrupt":
            body = bytes([body[0] ^ 1]) + body[1:]
        halfway = len(body) // 2
        self.wfile.write(body[:halfway])
        if answer == "stalls":
            self.server.released.wait(10)
        if answer == "slow":
            self.server.released.wait(0.5)
        if answer not in ("stops", "stalls"):
            self.wfile.write(body[halfway:])

    def start_of_range(self, answer):
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        same = self.headers.get("If-Range", self.server.tag) == self.server.tag
        return int(asked[1]) if asked and same and answer != "whole" else 0

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()
