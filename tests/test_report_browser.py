"""The report in a real browser, as its readers use it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flows import report
from tests.browser import chromium, shots  # noqa: F401
from tests.many import report_of_many
from tests.releases import sample  # noqa: F401
from tests.test_report import hostile  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FILTER = """() => {
  const times = [];
  const steps = [["organ", "organ/liver"], ["energy", "energy/radiofrequency"], ["energy", ""], ["organ", ""]];
  for (const [key, value] of steps) {
    const start = performance.now();
    const control = document.getElementById(`f-${key}`);
    control.value = value;
    control.dispatchEvent(new Event("change", { bubbles: true }));
    document.body.getBoundingClientRect();
    times.push(performance.now() - start);
  }
  return times;
}"""


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:  # noqa: F811
    """A tab that fails the test where the page complains, runs into an error, or asks for anything but a file."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type in {"error", "warning"} else None)
    page.on(
        "request", lambda request: None if request.url.startswith(("file:", "data:")) else wrong.append(request.url)
    )
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    yield page
    context.close()
    assert wrong == []


def go(tab: Page, folder: Path, place: str = "") -> None:
    tab.goto((folder / report.FILE).as_uri() + place)


def says(tab: Page, selector: str, text: str) -> None:
    """Wait until an element that shows has this text: the view follows the address a moment later."""
    tab.wait_for_function(
        "([selector, text]) => { const one = document.querySelector(selector);"
        " return one !== null && one.offsetParent !== null && one.innerText === text; }",
        arg=[selector, text],
    )


def overflow(tab: Page) -> int:
    """How many pixels the page is wider than the window."""
    width: Any = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return int(width)


def test_from_the_picture_to_the_words(tab: Page, sample: Path, shots: Path) -> None:  # noqa: F811
    go(tab, sample)
    tab.screenshot(path=shots / "report-coverage.png", full_page=True)
    tab.get_by_role("radio", name="percutaneous").check(force=True)
    tab.get_by_role("link", name="kidney, cryogenic: 1").click()
    says(tab, "#found", "1 of 30 procedures")
    assert tab.get_by_role("heading", level=1).inner_text() == "Procedures"
    tab.screenshot(path=shots / "report-procedures.png")
    tab.get_by_role("link", name="50593").click()
    says(tab, "#procedure .crumb", "Procedures › 50593")
    assert "50593" in tab.get_by_role("heading", level=1).inner_text()
    assert "Percutaneous" in tab.title()
    fact = tab.locator("#procedure > .facts > dd").nth(1)
    assert "percutaneous" in fact.inner_text()
    fact.get_by_role("button").first.click()
    assert tab.locator(".words tr.lit q").inner_text().lower() in {"percutaneous", "through the skin"}
    assert tab.locator(".drawing svg text").first.text_content() == "50593"
    tab.screenshot(path=shots / "report-procedure.png", full_page=True)
    tab.go_back()
    says(tab, "#found", "1 of 30 procedures")


def test_each_figure_of_the_picture_opens_as_many_procedures(tab: Page, sample: Path) -> None:  # noqa: F811
    go(tab, sample)
    cells: Any = tab.locator(".matrix td a").evaluate_all("(all) => all.map((one) => [one.hash, one.textContent])")
    assert len(cells) > 20
    for place, figure in cells:
        tab.evaluate("(place) => { location.hash = place; }", place)
        tab.wait_for_function(
            "(place) => { const asked = new URLSearchParams(place.split('?')[1]);"
            " const shown = (key) => document.getElementById(`f-${key}`).value;"
            " return ['organ', 'energy'].every((key) => shown(key) === asked.get(key)); }",
            arg=place,
        )
        assert tab.locator("#rows tr").count() == int(figure)


def test_search_knows_other_names_and_filters_add_up(tab: Page, sample: Path) -> None:  # noqa: F811
    go(tab, sample, "#procedures")
    tab.keyboard.press("/")
    tab.keyboard.type("cryotherapy renal")
    tab.wait_for_function("() => location.hash.endsWith('renal')")
    codes = tab.locator("#rows th").all_inner_texts()
    assert "50593" in codes
    assert len(codes) < 5
    tab.get_by_role("combobox", name="Approach").select_option("approach/percutaneous")
    assert "approach=approach/percutaneous" in tab.url
    assert "50593" in tab.locator("#rows th").all_inner_texts()
    tab.get_by_role("button", name="Clear all").click()
    says(tab, "#found", "30 procedures")
    tab.get_by_role("combobox", name="Show").select_option("disagree")
    assert tab.locator("#rows .tag.warn").count() == tab.locator("#rows tr").count() == 2


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("disagreements", "Where pages disagree"),
        ("rejections", "Read, and not believed"),
        ("findings", "What the shapes find"),
        ("pages", "Pages outside the graph"),
        ("changes", "What changed"),
        ("vocabulary", "Vocabulary"),
        ("queries", "Shipped queries"),
        ("concept/energy/cryogenic", "Vocabulary"),
        ("query/coverage", "Shipped queries"),
        ("procedure/99999", "Not in this release"),
        ("no-such-part", "What this release covers"),
    ],
)
def test_each_part_has_an_address(tab: Page, sample: Path, shots: Path, part: str, words: str) -> None:  # noqa: F811
    go(tab, sample, f"#{part}")
    assert tab.locator("h1:visible").all_inner_texts() == [words]
    assert overflow(tab) <= 0
    tab.screenshot(path=shots / f"report-{part.replace('/', '-')}.png")


def test_quarantine_is_filled_when_opened(tab: Page, sample: Path) -> None:  # noqa: F811
    go(tab, sample, "#pages")
    group = tab.locator("details[data-pages=no-code]")
    group.locator("summary").click()
    assert "quarantine-no-code.txt" in group.locator("tbody tr").inner_text()
    assert "The page names no procedure code" in group.locator("tbody tr").inner_text()


@pytest.mark.parametrize("place", ["", "#procedures", "#procedure/32998", "#rejections", "#pages", "#vocabulary"])
def test_it_reads_on_a_small_screen(tab: Page, sample: Path, shots: Path, place: str) -> None:  # noqa: F811
    tab.set_viewport_size({"width": 360, "height": 740})
    go(tab, sample, place)
    tab.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert overflow(tab) <= 0
    tab.screenshot(path=shots / f"report-small-{place.strip('#').replace('/', '-') or 'coverage'}.png")


def test_dark_light_and_paper(tab: Page, sample: Path, shots: Path) -> None:  # noqa: F811
    go(tab, sample, "#procedure/50593")
    light: Any = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    tab.get_by_role("button", name="Dark").click()
    dark: Any = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark
    tab.screenshot(path=shots / "report-dark.png")
    tab.pdf(path=shots / "report-paper.pdf", format="A4")
    tab.emulate_media(media="print")
    assert not tab.get_by_role("navigation").is_visible()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_it_can_be_used_with_the_keyboard_alone(tab: Page, sample: Path) -> None:  # noqa: F811
    go(tab, sample)
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    go(tab, sample, "#procedures")
    tab.locator("#rows a").first.focus()
    tab.keyboard.press("Enter")
    tab.wait_for_function("() => document.activeElement.tagName === 'H1'")
    assert tab.evaluate("document.activeElement.textContent").startswith("0600T")
    names: Any = tab.evaluate(
        "[...document.querySelectorAll('button, input, select, a, [role=region]')].filter((one) => one.offsetParent"
        " && !(one.textContent.trim() || one.ariaLabel || one.labels?.length || one.getAttribute('aria-labelledby')))"
        ".map((one) => one.outerHTML)"
    )
    assert names == [], "what can be focused has a name"


def test_markup_of_a_page_is_shown_and_not_run(tab: Page, hostile: Path) -> None:  # noqa: F811
    go(tab, hostile, "#procedure/50593")
    assert tab.locator("#procedure img, #procedure b, #procedure script").count() == 0
    assert "<img src=x onerror=alert(1)>" in tab.locator(".page h3").inner_text()
    assert tab.title().startswith("50593")


def test_what_cannot_be_read_without_scripts_says_so(chromium: Browser, sample: Path) -> None:  # noqa: F811
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    go(page, sample)
    assert "need JavaScript" in page.locator("noscript").first.inner_text()
    assert page.get_by_role("heading", name="Shipped queries").is_visible()
    context.close()


@pytest.mark.slow
def test_ten_thousand_procedures_stay_usable(tab: Page, sample: Path, tmp_path: Path) -> None:  # noqa: F811
    report_of_many(sample, tmp_path / report.FILE, 10_000)
    opened, filtered = [], []
    for _ in range(3):
        go(tab, tmp_path)
        tab.wait_for_selector(".matrix")
        timing: Any = tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
        opened.append(float(timing))
        tab.evaluate("location.hash = '#procedures'")
        tab.wait_for_selector("#rows tr")
        times: Any = tab.evaluate(FILTER)
        filtered.extend(times)
        tab.goto("about:blank")
    assert min(opened) < 2000
    assert sorted(filtered)[len(filtered) // 2] < 100
    go(tab, tmp_path, "#procedure/0277R")
    tab.wait_for_selector(".drawing")
