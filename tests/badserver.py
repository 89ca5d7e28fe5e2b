"""A real HTTP server on the loopback that serves what a test says, and misbehaves where it is told to."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[["Handler"], object]


@dataclass
class Site:
    """What the server serves, and what it was asked."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def at(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def page(self, path: str, body: str | bytes, kind: str = "text/html", status: int = 200, **headers: str) -> None:
        data = body.encode() if isinstance(body, str) else body
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = lambda handler: handler.send(status, data, {"Content-Type": kind, **extra})

    def then(self, path: str, *answers: Answer) -> None:
        """The first time the first answer, and so on; then always the last."""
        left = list(answers)
        self.answers[path] = lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)

    def of(self, path: str) -> int:
        """How often a path was asked for."""
        return self.asked.count(path)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site
    left = False
    """Whether the other side has hung up."""

    def do_GET(self) -> None:
        self.site.asked.append(self.path)
        self.site.headers.append({name.lower(): value for name, value in self.headers.items()})
        answer = self.site.answers.get(self.path)
        if answer is None:
            self.send(404, b"not here")
        else:
            answer(self)

    def send(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.write(body)

    def write(self, data: bytes) -> None:
        try:
            self.wfile.write(data)
            self.wfile.flush()
        except OSError:
            self.left = True

    def hang(self) -> None:
        """Say nothing until the test is over, or the other side has had enough."""
        self.site.over.wait(20)

    def drip(self, data: bytes, times: int = 1000) -> None:
        """Send a little now and then, so that no single wait is long."""
        for _ in range(times):
            if self.left or self.site.over.wait(0.02):
                break
            self.write(data)

    def log_message(self, *_: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """The other side hangs up on purpose here."""


@contextmanager
def serving(secured: ssl.SSLContext | None = None) -> Iterator[Site]:
    site = Site()
    with Server(("127.0.0.1", 0), type("Bound", (Handler,), {"site": site})) as server:
        site.port = server.server_address[1]
        if secured is not None:
            server.socket = secured.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield site
        finally:
            site.over.set()
            server.shutdown()
            thread.join()
