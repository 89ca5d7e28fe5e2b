"""The fetcher against a real server on the loopback that misbehaves in each way that is named."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.fetching import fetch
from flows.fetching.answers import Result, Why
from tests.badserver import Handler, Site, serving
from tests.conftest import KIDNEY, LIVER
from tests.fetching import PRIVATE, QUICK, Runs, found


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path)


def ended(runs: Runs) -> tuple[Result, Why | None]:
    outcome = runs.only()
    return outcome.result, outcome.why


# What is fetched, and what is not fetched again


def test_a_page_is_fetched_once_and_then_only_if_it_changed(site: Site, runs: Runs) -> None:
    runs.addresses(site.at("/codes/50593"))

    def answer(handler: Handler) -> None:
        if handler.headers["If-None-Match"] == '"1"' and handler.headers["If-Modified-Since"] == "yesterday":
            handler.send(304)
        else:
            handler.send(
                200, LIVER.encode(), {"Content-Type": "text/html", "ETag": '"1"', "Last-Modified": "yesterday"}
            )

    site.answers["/codes/50593"] = answer
    assert ended(runs) == (Result.FETCHED, None)
    assert runs.pages() == {"50593": LIVER.encode()}
    assert ended(runs) == (Result.UNCHANGED, None)
    site.page("/codes/50593", KIDNEY, "text/plain")
    assert ended(runs) == (Result.FETCHED, None)
    assert runs.pages() == {"50593": KIDNEY.encode()}
    assert [path.suffix for path in (runs.cache / "pages").rglob("50593*")] == [".txt"]


def test_the_same_bytes_without_validators_are_unchanged(site: Site, runs: Runs) -> None:
    runs.addresses(site.at("/a"))
    site.page("/a", LIVER)
    assert [ended(runs)[0], ended(runs)[0]] == [Result.FETCHED, Result.UNCHANGED]
    assert site.of("/a") == 2


def test_it_says_who_it_is(site: Site, runs: Runs) -> None:
    runs.addresses(site.at("/a"), rules='[fetch]\ncontact = "ops@example.org"\n' + PRIVATE)
    site.page("/a", LIVER)
    runs.run()
    assert {headers["user-agent"].partition("/")[0] for headers in site.headers} == {"ablation-kg"}
    assert all("ops@example.org" in headers["user-agent"] for headers in site.headers)
    assert {headers["host"] for headers in site.headers} == {f"127.0.0.1:{site.port}"}


def test_a_page_in_an_encoding_that_only_the_header_names_is_kept_as_utf_8(site: Site, runs: Runs) -> None:
    runs.addresses(site.at("/a"), site.at("/b"))
    site.page("/a", "<p>ćwiek".encode("iso-8859-2"), "text/html; charset=ISO-8859-2")
    site.page("/b", "<p>caf\u00e9".encode(), "text/html; charset=ISO-8859-2")
    runs.run()
    assert runs.pages() == {"a": "<p>ćwiek".encode(), "b": "<p>caf\u00e9".encode()}


def test_a_compressed_page_is_kept_uncompressed(site: Site, runs: Runs) -> None:
    runs.addresses(site.at("/a"))
    site.page("/a", gzip.compress(LIVER.encode()), Content_Encoding="gzip")
    runs.run()
    assert runs.pages()["a"] == LIVER.encode()


def test_what_no_source_names_any_more_and_what_is_gone_leaves(site: Site, runs: Runs) -> None:
    for path in ("/a", "/b", "/c"):
        site.page(path, LIVER + path)
    runs.addresses(site.at("/a"), site.at("/b"), site.at("/c"))
    runs.run()
    site.page("/b", "", status=410)
    runs.addresses(site.at("/a"), site.at("/b"))
    fetched = runs.run()
    assert fetched.dropped == 2
    assert set(runs.pages()) == {"a"}
    runs.addresses(site.at("/a"), site.at("/c"))
    asked = len(site.asked)
    assert {one.result for one in runs.outcomes().values()} == {Result.UNCHANGED}
    assert set(runs.pages()) == {"a", "c"}
    assert len(site.asked) == asked + 3


# robots.txt


def test_robots_txt_is_respected(site: Site, runs: Runs) -> None:
    site.page("/robots.txt", "User-agent: *\nAllow: /\nUser-agent: ablation-kg\nDisallow: /no\n", "text/plain")
    site.page("/no/a", LIVER)
    site.page("/yes", LIVER)
    runs.addresses(site.at("/no/a"), site.at("/yes"))
    outcomes = runs.outcomes()
    assert outcomes[site.at("/no/a")].why is Why.ROBOTS
    assert outcomes[site.at("/yes")].result is Result.FETCHED
    assert (site.of("/robots.txt"), site.of("/no/a")) == (1, 0)


@pytest.mark.parametrize(("status", "why"), [(404, None), (403, None), (500, Why.ROBOTS_UNKNOWN)])
def test_robots_txt_that_is_not_there_allows_and_one_that_fails_forbids(
    site: Site, runs: Runs, status: int, why: Why | None
) -> None:
    site.page("/robots.txt", "Disallow: /", status=status)
    site.page("/a", LIVER)
    runs.addresses(site.at("/a"))
    assert ended(runs)[1] is why
    assert site.of("/a") == (why is None)


def test_robots_txt_is_asked_again_after_a_redirect_to_another_host(site: Site, runs: Runs) -> None:
    with serving() as other:
        other.page("/robots.txt", "User-agent: *\nDisallow: /", "text/plain")
        other.page("/b", LIVER)
        site.answers["/a"] = lambda handler: handler.send(302, headers={"Location": other.at("/b")})
        runs.addresses(site.at("/a"))
        assert ended(runs)[1] is Why.ROBOTS
        assert other.of("/b") == 0


def test_a_flood_of_robots_txt_is_cut_off(site: Site, runs: Runs) -> None:
    site.page("/robots.txt", b"User-agent: *\nDisallow: /no\n" + b"# and so on\n" * 100_000, "text/plain")
    site.page("/a", LIVER)
    runs.addresses(site.at("/a"))
    assert ended(runs) == (Result.FETCHED, None)


# Rate


def test_each_host_is_asked_at_its_rate(site: Site, runs: Runs) -> None:
    for path in "abcd":
        site.page(f"/{path}", LIVER)
    rules = '[fetch]\nper-minute = 6\n[host."127.0.0.1"]\nprivate = true\nper-minute = 12\n'
    runs.addresses(*(site.at(f"/{path}") for path in "abcd"), rules=rules)
    runs.run()
    assert runs.clock.slept == [5.0] * 4


def test_a_crawl_delay_is_kept(site: Site, runs: Runs) -> None:
    site.page("/robots.txt", "User-agent: *\nCrawl-delay: 17\n", "text/plain")
    for path in "abc":
        site.page(f"/{path}", LIVER)
    runs.addresses(*(site.at(f"/{path}") for path in "abc"))
    runs.run()
    assert runs.clock.slept[1:] == [17.0, 17.0]


def test_a_host_that_wants_hours_between_pages_gives_one_a_run_and_in_the_end_all(site: Site, runs: Runs) -> None:
    site.page("/robots.txt", "User-agent: *\nCrawl-delay: 86400\n", "text/plain")
    for path in "abc":
        site.page(f"/{path}", LIVER)
    runs.addresses(*(site.at(f"/{path}") for path in "abc"))
    for count in (1, 2, 3):
        outcomes = runs.outcomes()
        assert [one.result for one in outcomes.values()].count(Result.FETCHED) == 1
        assert {one.why for one in outcomes.values()} == {None, Why.SLOW_DOWN}
        assert len(runs.pages()) == count
        runs.clock.passed += 86400
    assert max(runs.clock.slept, default=0) < 300


# Patience


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_what_may_pass_is_tried_again_with_longer_and_longer_waits(site: Site, runs: Runs, status: int) -> None:
    runs.addresses(site.at("/a"), rules="[fetch]\nper-minute = 6000\n" + PRIVATE)

    def bad(handler: Handler) -> None:
        handler.send(status, b"later")

    site.then("/a", bad, bad, lambda handler: handler.send(200, LIVER.encode()))
    assert ended(runs) == (Result.FETCHED, None)
    assert runs.clock.slept[-2:] == [1.0, 2.0]


def test_it_gives_up_in_the_end_and_the_copy_of_before_stays(site: Site, runs: Runs) -> None:
    runs.addresses(site.at("/a"))
    site.page("/a", LIVER)
    runs.run()
    site.page("/a", "broken", status=500)
    outcome = runs.only()
    assert (outcome.result, outcome.why, outcome.kept) == (Result.FAILED, Why.SERVER_ERROR, True)
    assert site.of("/a") == 1 + 4
    assert runs.pages() == {"a": LIVER.encode()}


@pytest.mark.parametrize("said", ["40", "Sun, 01 Mar 2026 02:00:42 GMT"])
def test_retry_after_is_kept(site: Site, runs: Runs, said: str) -> None:
    runs.addresses(site.at("/a"))
    site.then(
        "/a",
        lambda handler: handler.send(429, b"", {"Retry-After": said}),
        lambda handler: handler.send(200, LIVER.encode()),
    )
    assert ended(runs) == (Result.FETCHED, None)
    assert runs.clock.slept[-1] == 40.0


def test_a_host_that_asks_for_a_long_pause_gets_it_over_runs(site: Site, runs: Runs) -> None:
    runs.addresses(site.at("/a"), site.at("/b"))
    site.page("/a", "", status=429, Retry_After="7200")
    site.page("/b", LIVER)
    assert {one.why for one in runs.outcomes().values()} == {Why.SLOW_DOWN}
    asked = len(site.asked)
    runs.run()
    assert len(site.asked) == asked
    runs.clock.passed += 7200
    site.page("/a", LIVER)
    assert {one.result for one in runs.outcomes().values()} == {Result.FETCHED}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 451])
def test_what_will_not_pass_is_not_tried_again(site: Site, runs: Runs, status: int) -> None:
    runs.addresses(site.at("/a"))
    site.page("/a", "no", status=status)
    assert ended(runs) == (Result.FAILED, Why.GONE if status == 404 else Why.REFUSED)
    assert site.of("/a") == 1


def test_a_host_that_is_down_is_not_asked_for_page_after_page(site: Site, runs: Runs) -> None:
    paths = [f"/{number}" for number in range(30)]
    runs.addresses(*map(site.at, paths))
    for path in paths:
        site.page(path, "", status=502)
    outcomes = runs.outcomes()
    assert {one.why for one in outcomes.values()} == {Why.SERVER_ERROR}
    assert len(outcomes) == 30
    assert len(site.asked) == 1 + 3 * 4
    assert sum("not asked" in one.message for one in outcomes.values()) == 27


def test_nobody_listening_is_a_failure_of_its_own(site: Site, runs: Runs) -> None:
    runs.addresses("http://127.0.0.1:9/a")
    assert ended(runs)[1] in {Why.UNREACHABLE, Why.ROBOTS_UNKNOWN}


# Redirects


def test_few_redirects_are_followed(site: Site, runs: Runs) -> None:
    for number in range(5):
        location = site.at("/a") if number == 4 else f"/r{number + 1}"
        site.answers[f"/r{number}"] = lambda handler, location=location: handler.send(  # type: ignore[misc]
            301, headers={"Location": location}
        )
    site.page("/a", LIVER)
    runs.addresses(site.at("/r0"))
    assert ended(runs) == (Result.FETCHED, None)
    assert runs.pages() == {"r0": LIVER.encode()}


def test_a_circle_of_redirects_ends(site: Site, runs: Runs) -> None:
    site.answers["/a"] = lambda handler: handler.send(302, headers={"Location": "/a?"})
    site.answers["/a?"] = site.answers["/a"]
    runs.addresses(site.at("/a"))
    assert ended(runs)[1] is Why.REDIRECTS
    assert site.of("/a") + site.of("/a?") == 6


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "ftp://127.0.0.1/a", "http://u:p@127.0.0.1/", "gopher:x", "http://["]
)
def test_a_redirect_to_what_is_not_http_is_not_followed(site: Site, runs: Runs, to: str) -> None:
    site.answers["/a"] = lambda handler: handler.send(302, headers={"Location": to})
    runs.addresses(site.at("/a"))
    assert ended(runs) == (Result.FAILED, Why.REDIRECTS)
    assert site.asked == ["/robots.txt", "/a"]


def test_validators_are_for_the_page_that_sent_them(site: Site, runs: Runs) -> None:
    site.answers["/a"] = lambda handler: handler.send(302, headers={"Location": "/old"})
    site.page("/old", LIVER, ETag='"x"')
    runs.addresses(site.at("/a"))
    runs.run()
    site.answers["/a"] = lambda handler: handler.send(302, headers={"Location": "/new"})
    site.page("/new", LIVER + "new", ETag='"x"')
    assert ended(runs) == (Result.FETCHED, None)
    assert "if-none-match" not in site.headers[-1]


# Private networks


@pytest.mark.parametrize(
    "place",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "0.0.0.1"),
        *("::", "::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
        "no address",
    ],
)
def test_no_private_address_is_asked_through_dns(site: Site, runs: Runs, place: str) -> None:
    runs.resolve = found(place)
    site.page("/a", LIVER)
    runs.addresses(site.at("/a", "public.example"))
    outcome = runs.only()
    assert (outcome.why, outcome.result) == (Why.PRIVATE, Result.FAILED)
    assert 'host."public.example"' in outcome.message
    assert site.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.0.0.1", "[::1]", "0"])
def test_no_private_address_is_asked_directly_in_whatever_form(site: Site, runs: Runs, host: str) -> None:
    site.page("/a", LIVER)
    runs.addresses(site.at("/a", host), rules="")
    assert ended(runs)[1] in {Why.PRIVATE, Why.UNREACHABLE, Why.ROBOTS_UNKNOWN}
    assert site.asked == []


def test_no_private_address_is_asked_after_a_redirect(site: Site, runs: Runs) -> None:
    site.page("/secret", LIVER)
    site.answers["/a"] = lambda handler: handler.send(302, headers={"Location": site.at("/secret", "localhost")})
    runs.addresses(site.at("/a"))
    assert ended(runs)[1] is Why.PRIVATE
    assert site.of("/secret") == 0


def test_a_host_is_allowed_by_name_and_what_was_looked_up_is_what_is_asked(site: Site, runs: Runs) -> None:
    asked: list[str] = []

    async def resolve(host: str, _: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    runs.resolve = resolve
    site.page("/a", LIVER)
    runs.addresses(site.at("/a", "intranet.example"), rules='[host."Intranet.Example"]\nprivate = true\n')
    assert ended(runs) == (Result.FETCHED, None)
    # One look-up a request: there is no second one whose answer could be another.
    assert asked == ["intranet.example"] * len(site.asked)
    assert site.headers[-1]["host"] == f"intranet.example:{site.port}"


# Bounds of size and time


def test_a_page_that_says_it_is_too_large_is_not_read(site: Site, runs: Runs) -> None:
    def answer(handler: Handler) -> None:
        handler.send(200, b"<p>small", {"Content-Length": str(10**12)})

    site.answers["/a"] = answer
    runs.addresses(site.at("/a"))
    assert ended(runs)[1] is Why.TOO_LARGE
    assert site.of("/a") == 1


@pytest.mark.parametrize("how", ["chunked", "until it closes", "gzip"])
def test_a_flood_is_cut_off(site: Site, runs: Runs, how: str) -> None:
    sent = 0

    def answer(handler: Handler) -> None:
        nonlocal sent
        handler.send_response(200)
        if how == "gzip":
            body = gzip.compress(bytes(50_000_000))
            handler.send_header("Content-Encoding", "gzip")
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.write(body)
            return
        handler.send_header(*(("Transfer-Encoding", "chunked") if how == "chunked" else ("Connection", "close")))
        handler.end_headers()
        data = b"x" * 65536
        while not handler.left and sent < 10**9:
            handler.write(b"10000\r\n" + data + b"\r\n" if how == "chunked" else data)
            sent += len(data)

    site.answers["/a"] = answer
    runs.addresses(site.at("/a"), rules="[fetch]\nmax-megabytes = 0.5\n" + PRIVATE)
    assert ended(runs)[1] is Why.TOO_LARGE
    assert sent < 50_000_000


def test_a_length_that_is_too_large_is_an_answer_that_broke_off(site: Site, runs: Runs) -> None:
    def answer(handler: Handler) -> None:
        handler.send(200, LIVER.encode(), {"Content-Length": str(len(LIVER) + 1000)})

    site.answers["/a"] = answer
    runs.addresses(site.at("/a"))
    assert ended(runs) == (Result.FAILED, Why.BROKEN_OFF)
    assert site.of("/a") == 4


def test_a_length_that_is_too_small_spoils_neither_the_next_answer_nor_the_copy_of_before(
    site: Site, runs: Runs
) -> None:
    runs.addresses(site.at("/a"), site.at("/b"))
    site.page("/a", LIVER)
    site.page("/b", LIVER + "b")
    runs.run()

    def lies(handler: Handler) -> None:
        handler.send(
            200, LIVER.encode() * 2 + b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad", {"Content-Length": "99"}
        )

    site.answers["/a"] = lies
    outcomes = runs.outcomes()
    assert outcomes[site.at("/a")].why is Why.BROKEN_OFF
    assert outcomes[site.at("/b")].result is Result.UNCHANGED
    assert runs.pages() == {"a": LIVER.encode(), "b": LIVER.encode() + b"b"}


def test_a_server_that_hangs_is_left_after_the_time_set(site: Site, runs: Runs) -> None:
    site.answers["/a"] = Handler.hang
    runs.addresses(site.at("/a"), rules=QUICK + "retries = 1\n" + PRIVATE)
    assert ended(runs) == (Result.FAILED, Why.TIMEOUT)
    assert site.of("/a") == 2


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"], ids=["headers", "body"])
def test_a_server_that_drips_is_left_after_the_time_set(site: Site, runs: Runs, head: bytes) -> None:
    def answer(handler: Handler) -> None:
        handler.write(head or b"HTTP/1.1 200 OK\r\n")
        handler.drip(b"X-Y: 1\r\n" if not head else b"x")

    site.answers["/a"] = answer
    runs.addresses(site.at("/a"), rules=QUICK + "retries = 0\n" + PRIVATE)
    assert ended(runs) == (Result.FAILED, Why.TIMEOUT)


def test_what_is_no_http_is_told(site: Site, runs: Runs) -> None:
    site.answers["/a"] = lambda handler: handler.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    runs.addresses(site.at("/a"), rules=QUICK + PRIVATE)
    assert ended(runs)[1] is Why.BROKEN_OFF


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/json"])
def test_what_is_no_page_is_not_read(site: Site, runs: Runs, kind: str) -> None:
    site.page("/a", "x", kind)
    runs.addresses(site.at("/a"))
    assert ended(runs)[1] is Why.NO_PAGE


def test_bytes_in_an_encoding_nobody_asked_for_are_no_page(site: Site, runs: Runs) -> None:
    site.page("/a", b"\x28\xb5\x2f\xfd", Content_Encoding="zstd")
    runs.addresses(site.at("/a"))
    assert ended(runs)[1] is Why.NO_PAGE


# Guests


LIMIT = "<h1>CPT 50593</h1><p>0 code page views remaining. Guests may open 1 code page.</p>"
CLOSED = f"<html><body>{LIMIT}<p>Register to view content</p></body></html>"


@pytest.mark.parametrize("status", [200, 402, 403, 429])
def test_a_site_whose_page_views_are_used_up_is_asked_no_more(site: Site, runs: Runs, status: int) -> None:
    runs.addresses(*(site.at(f"/{number}") for number in range(4)))
    for number in range(4):
        site.page(f"/{number}", LIVER)
    site.page("/1", CLOSED, status=status)
    outcomes = runs.outcomes()
    assert [outcomes[site.at(f"/{number}")].why for number in range(4)] == [None, *[Why.VIEWS_USED_UP] * 3]
    assert "0 code page views remaining" in outcomes[site.at("/3")].message
    assert site.of("/2") == site.of("/3") == 0
    assert set(runs.pages()) == {"0"}
    # Not in a second run of the same day either; the next night it goes on where it stopped.
    asked = len(site.asked)
    assert {one.why for one in runs.outcomes().values()} == {Why.VIEWS_USED_UP}
    assert len(site.asked) == asked
    runs.clock.passed += 24 * 3600 - 60
    site.page("/1", LIVER)
    runs.run()
    assert set(runs.pages()) == {"0", "1", "2", "3"}


def test_the_last_page_that_a_guest_may_see_is_a_page(site: Site, runs: Runs) -> None:
    page = LIVER.replace("<h2>", "<p>0 code page views remaining.</p><h2>", 1)
    site.page("/47380", page)
    site.page("/b", LIVER)
    runs.addresses(site.at("/47380"), site.at("/b"))
    outcomes = runs.outcomes()
    assert outcomes[site.at("/47380")].result is Result.FETCHED
    assert outcomes[site.at("/b")].why is Why.VIEWS_USED_UP
    assert set(runs.pages()) == {"47380"}


def test_a_page_with_more_closed_sections_than_before_does_not_take_its_place(site: Site, runs: Runs) -> None:
    site.page("/47380", LIVER)
    runs.addresses(site.at("/47380"))
    runs.run()
    less = LIVER.replace(
        "<h2>", "<p>0 code page views remaining.</p><h2>Tips</h2><p>Register to view content</p><h2>", 1
    )
    site.page("/47380", less)
    outcome = runs.only()
    assert (outcome.why, outcome.kept) == (Why.VIEWS_USED_UP, True)
    assert runs.pages() == {"47380": LIVER.encode()}


def test_a_line_that_nobody_sees_or_that_leaves_some_views_stops_nothing(site: Site, runs: Runs) -> None:
    hidden = "<div style='display:none'>You have reached your page view limit.</div><p>10 page views remaining.</p>"
    site.page("/a", LIVER.replace("<h2>", hidden + "<h2>", 1))
    site.page("/b", LIVER)
    runs.addresses(site.at("/a"), site.at("/b"))
    assert {one.result for one in runs.outcomes().values()} == {Result.FETCHED}


# Faults of our own side


def test_an_index_that_is_broken_or_of_another_version_loses_no_page(site: Site, runs: Runs) -> None:
    site.page("/a", LIVER)
    runs.addresses(site.at("/a"))
    runs.run()
    for spoil in (b"no database at all" * 500, b""):
        (runs.cache / "index.sqlite").write_bytes(spoil)
        site.page("/a", "", status=500)
        outcome = runs.only()
        assert (outcome.why, outcome.kept) == (Why.SERVER_ERROR, True)
        assert runs.pages() == {"a": LIVER.encode()}
    assert runs.notes == ["lost", "lost"]


def test_a_page_that_was_changed_by_hand_or_is_lost_is_fetched_again(site: Site, runs: Runs) -> None:
    site.page("/a", LIVER, ETag='"1"')
    runs.addresses(site.at("/a"))
    runs.run()
    (page,) = (path for path in (runs.cache / "pages").rglob("*") if path.is_file())
    page.write_text("short")
    runs.run()
    assert runs.pages() == {"a": LIVER.encode()}
    page.unlink()
    runs.run()
    assert runs.pages() == {"a": LIVER.encode()}
    assert not any("if-none-match" in headers for headers in site.headers)


def test_a_full_disk_leaves_the_copy_of_before(site: Site, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    site.page("/a", LIVER)
    runs.addresses(site.at("/a"))
    runs.run()
    site.page("/a", LIVER + "new")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            runs.run()
    assert runs.pages() == {"a": LIVER.encode()}
    assert ended(runs) == (Result.FETCHED, None)
    assert not list(runs.cache.glob(".new-*"))


def test_batches_hold_all_hosts_and_every_address_once(site: Site, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "PAGES_A_BATCH", 3)
    paths = [f"/{number}" for number in range(8)]
    for path in paths:
        site.page(path, LIVER + path)
    runs.addresses(*map(site.at, paths), *(site.at(path, "localhost") for path in paths), rules=PRIVATE)
    outcomes = runs.outcomes()
    assert len(outcomes) == 16
    assert sum(one.why is Why.PRIVATE for one in outcomes.values()) == 8
    assert sum(one.result is Result.FETCHED for one in outcomes.values()) == 8
    assert site.of("/robots.txt") == 1
    assert set(runs.pages()) == {path[1:] for path in paths}
