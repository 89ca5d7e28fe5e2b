"""Somebody who has never seen the project: from a shipped query to the words on the page, in a browser, offline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.assembly import assemble
from tests.browser import chromium, shots  # noqa: F401
from tests.stores import ROOT, Served, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Served]:  # noqa: F811
    """``serve`` over a release of the sample pages; only where there is a browser to look at it."""
    folder = tmp_path_factory.mktemp("sample")
    assemble.assemble([ROOT / "pages"], folder / "output")
    with serving(folder / "output", folder / "scratch") as found:
        yield found


@pytest.fixture
def page(chromium: Browser, server: Served) -> Iterator[Page]:  # noqa: F811
    """A new window in which every request to somewhere else, and every error of a script, fails the test."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    wrong: list[str] = []

    def seen(url: str) -> None:
        if not url.startswith((server.address, "data:", "blob:")):
            wrong.append(f"asked {url}")

    window = context.new_page()
    window.on("request", lambda request: seen(request.url))
    window.on("pageerror", lambda error: wrong.append(str(error)))
    window.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    window.set_default_timeout(20_000)
    yield window
    context.close()
    assert not wrong


def test_from_a_shipped_query_to_the_words_on_the_page(page: Page, server: Served, shots: Path) -> None:  # noqa: F811
    page.goto(server.address)
    page.screenshot(path=shots / "serve-home.png")

    # Click a shipped query: it runs.
    page.get_by_role("link", name="Which procedures reach an organ by an approach?").click()
    page.get_by_role("link", name="50593", exact=True).wait_for()
    page.screenshot(path=shots / "serve-query.png", full_page=True)

    # Change it in the editor, and run it again.
    editor = page.locator(".yasqe textarea, #query:visible").first
    editor.focus()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(
        "PREFIX abl: <https://w3id.org/ablation-kg/ontology#>\n"
        "PREFIX organ: <https://w3id.org/ablation-kg/organ/>\n"
        "SELECT ?procedure ?approach WHERE { ?procedure abl:organ organ:kidney ; abl:approach ?approach }"
    )
    page.get_by_role("button", name="Run").click()
    found = page.get_by_role("link", name="procedure/CPT-50593").first
    found.wait_for()
    assert "row" in page.locator("#status").inner_text()
    page.screenshot(path=shots / "serve-changed.png", full_page=True)

    # Open a procedure from the result, and see the words behind a fact.
    found.click()
    page.get_by_role("heading", name="50593", level=1).wait_for()
    approach = page.locator("#facts > dd").filter(has=page.get_by_role("link", name="percutaneous", exact=True)).first
    assert "percutaneous" in approach.locator("q").all_inner_texts()
    approach.get_by_role("link", name="page 1").first.click()
    assert "lindenmark" in page.locator("#page-1").inner_text()
    page.screenshot(path=shots / "serve-procedure.png", full_page=True)


def test_parameters_are_set_without_writing_sparql(page: Page, server: Served) -> None:
    page.goto(f"{server.address}/queries/organ-by-approach")
    page.locator("input[name=organ]").fill("liver")
    page.locator("input[name=approach]").fill("open")
    page.get_by_role("button", name="Set").click()
    page.get_by_role("link", name="47380").wait_for()
    assert page.get_by_role("link", name="50593", exact=True).count() == 0


def test_a_syntax_error_shows_its_place(page: Page, server: Served) -> None:
    page.goto(f"{server.address}/procedures")
    page.context.clear_cookies()
    shown = page.request.post(f"{server.address}/sparql", form={"query": "SELECT * {"})
    assert "line 1, column 11" in shown.text()


def test_a_large_answer_shows_its_first_rows(page: Page, server: Served) -> None:
    page.goto(f"{server.address}/editor?query=SELECT+*+%7B+%3Fa+%3Fb+%3Fc+.+%3Fd+%3Fe+%3Ff+%7D+LIMIT+100000")
    page.get_by_text("The first 1000 rows are shown").wait_for()
    assert page.locator("#answer tbody tr").count() == 1000


def test_the_keyboard_is_enough(page: Page, server: Served) -> None:
    page.goto(f"{server.address}/editor")
    page.locator(".yasqe textarea, #query:visible").first.focus()
    page.keyboard.press("Control+Enter")
    page.get_by_role("link", name="50593", exact=True).wait_for()


@pytest.mark.parametrize("path", ["/", "/queries/evidence", "/procedure/CPT-50593", "/organ/kidney", "/ontology"])
def test_pages_fit_a_small_screen(page: Page, server: Served, shots: Path, path: str) -> None:  # noqa: F811
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(server.address + path)
    page.locator("h1").wait_for()
    if "queries" in path:
        page.locator("#answer td").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.screenshot(path=shots / f"serve-small{path.replace('/', '-')}.png")


def test_without_javascript_answers_come_as_files(chromium: Browser, server: Served) -> None:  # noqa: F811
    context = chromium.new_context(java_script_enabled=False, accept_downloads=True)
    window = context.new_page()
    window.goto(f"{server.address}/queries/coverage")
    with window.expect_response(lambda answer: answer.url.endswith("/sparql")) as response:
        window.locator("button[value=json]").click()
    assert response.value.status == 200
    context.close()


def test_the_report_works_from_the_server(page: Page, server: Served) -> None:
    page.goto(f"{server.address}/report.html#procedure/50593")
    page.get_by_text("percutaneous").first.wait_for()
