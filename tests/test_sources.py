"""The source list: what it may say, and how it is told where it is wrong."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.errors import UserError
from flows.fetching import addresses, hosts, sources, volume
from flows.fetching.addresses import AddressError, file_name, normal
from flows.fetching.answers import Why
from flows.fetching.sources import Host, Kind, Rules

ROOT = Path(__file__).parents[1]
WHOLE = """
[fetch]
contact = "ops@example.org"
per-minute = 12
seconds = 20
max-megabytes = 1.5
retries = 1
redirects = 2

[[source]]
name = "own notes"
folder = "notes"

[[source]]
address = "HTTPS://Example.org:443/a#b"

[[source]]
list = "lists/some.txt"
only = ["*/codes/*"]

[[source]]
sitemap = "http://example.org/sitemap.xml"

[host."Intranet.Example"]
private = true
per-minute = 600
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "notes").mkdir()
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "some.txt").write_text("")
    return tmp_path / "sources.toml"


def test_a_source_list_says_all_it_can(file: Path) -> None:
    file.write_text(WHOLE)
    found = sources.load(file)
    assert [(one.name, one.kind, one.where) for one in found.sources] == [
        ("own notes", Kind.FOLDER, str(file.parent / "notes")),
        ("HTTPS://Example.org:443/a#b", Kind.ADDRESS, "https://example.org/a"),
        ("lists/some.txt", Kind.LIST, str(file.parent / "lists" / "some.txt")),
        ("http://example.org/sitemap.xml", Kind.SITEMAP, "http://example.org/sitemap.xml"),
    ]
    assert found.sources[2].only == ("*/codes/*",)
    assert found.folders == (file.parent / "notes",)
    assert found.rules == Rules("ops@example.org", 12, 20, 1572864, 1, 2)
    assert found.hosts == {"intranet.example": Host(600, private=True)}
    assert (found.per_minute("intranet.example"), found.per_minute("example.org")) == (600, 12)
    assert found.may_be_private("intranet.example")
    assert not found.may_be_private("example.org")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[source]\n", "is not TOML"),
        ("", "names no source"),
        ("[[source]]\n", "[[source]] 1: has none of the keys folder, address, list, sitemap"),
        ('[[source]]\nadress = "http://a.b/"', "[[source]] 1: adress: no such key; near it: address"),
        ('[[source]]\nfolder = "notes"\nlist = "lists/some.txt"', "has 2 of the keys"),
        ('[[source]]\nname = "x"\nfolder = "none"', '[[source]] 1 ("x"): folder: none: no such folder'),
        ('[[source]]\nlist = "none.txt"', "list: none.txt: no such file"),
        ('[[source]]\naddress = "ftp://a.b/"', "only http:// and https://"),
        ('[[source]]\naddress = "http://u:p@a.b/"', "name or password"),
        ('[[source]]\naddress = "http:///a"', "names no host"),
        ('[[source]]\naddress = "http://a b/"', "names a host that is none"),
        ('[[source]]\naddress = "http://a:99999/"', "is no address"),
        ("[[source]]\naddress = 7", "address: wants some text"),
        ('[[source]]\naddress = ""', "address: wants some text"),
        ('[[source]]\naddress = "http://a.b/"\nonly = ["*"]', "only: holds for lists and sitemaps"),
        ('[[source]]\nsitemap = "http://a.b/"\nonly = "*"', "only: wants a list of texts"),
        (
            '[[source]]\nfolder = "notes"\n[[source]]\nfolder = "./notes"',
            "[[source]] 2 is the same folder as [[source]] 1",
        ),
        (
            '[[source]]\nname = "a"\nfolder = "notes"\n[[source]]\nname = "a"\nlist = "lists/some.txt"',
            'is called "a" like',
        ),
        ("source = 1", "source: wants a table for each: [[source]]"),
        ('[[source]]\nfolder = "notes"\n[fetch]\nretries = 99', "[fetch]: retries: wants a number from 0 to 10"),
        ('[[source]]\nfolder = "notes"\n[fetch]\nretries = true', "[fetch]: retries: wants a number"),
        ('[[source]]\nfolder = "notes"\n[fetch]\ncontact = "a\\r\\nX: y"', "[fetch]: contact: goes into a header"),
        ('[[source]]\nfolder = "notes"\n[host."a.b"]\nprivate = "yes"', '[host."a.b"]: private: wants true or false'),
        ('[[source]]\nfolder = "notes"\n[host]\nx = 1', "host: wants a table for each"),
        ('[[source]]\nfolder = "notes"\nhosts = 1', "hosts: no such key"),
        ('[[source]]\nfolder = "notes"\n[hosts]', "hosts: no such key; near it: host"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_entry(file: Path, text: str, says: str) -> None:
    file.write_text(text)
    with pytest.raises(UserError) as error:
        sources.load(file)
    assert str(error.value).startswith(str(file))
    assert says in str(error.value)


def test_a_source_list_that_cannot_be_read_is_told(file: Path) -> None:
    steps: list[Callable[[], object]] = [lambda: None, lambda: file.write_bytes(b"\xff\xfe"), file.unlink, file.mkdir]
    for step in steps:
        step()
        with pytest.raises(UserError, match=r"sources\.toml"):
            sources.load(file)


@pytest.mark.parametrize(
    ("given", "form"),
    [
        ("http://a.b", "http://a.b/"),
        ("  http://A.B:80/x  ", "http://a.b/x"),
        ("https://a.b:8443/?q=ü&r=%20", "https://a.b:8443/?q=%C3%BC&r=%20"),
        ("http://a.b./", "http://a.b/"),
        ("http://[0:0:0:0:0:0:0:1]:8/", "http://[::1]:8/"),
    ],
)
def test_an_address_has_one_form(given: str, form: str) -> None:
    assert normal(given) == form
    assert normal(form) == form


@pytest.mark.parametrize(
    "given", ["", "a", "javascript:x", "file:///etc", "http://", "http://-a/", "http://" + "a" * 3000]
)
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(AddressError):
        normal(given)


def test_file_names_are_plain_stable_and_unlike() -> None:
    places = ["http://a.b/x", "https://a.b/x", "http://a.b/X", "http://a.b/x?y", "http://a.b:8/x", "http://a.b/../../x"]
    names = {file_name(normal(place), ".html") for place in places}
    assert len(names) == len(places)
    assert not any(".." in name or name.startswith("/") for name in names)
    assert file_name("http://a.b/%2e%2e%2f%2e%2e", ".html").count("/") == 1
    assert file_name("http://[::1]/", ".txt").startswith("--1/page-")
    assert file_name("http://a.b/cpt/0404T.html", ".html").startswith("a.b/0404T-")


def test_the_example_in_the_docs_is_right_and_names_every_key(file: Path) -> None:
    text = (ROOT / "docs" / "refresh.md").read_text("utf-8")
    file.write_text(text.partition("```toml\n")[2].partition("```")[0])
    (file.parent / "pages").mkdir()
    (file.parent / "addresses.txt").write_text("")
    found = sources.load(file)
    assert {source.kind for source in found.sources} == set(Kind)
    assert found.rules == Rules("ops@example.org")
    assert found.may_be_private("intranet.example.org")
    for why in Why:
        assert f"| `{why}` |" in text
    assert sources.load(ROOT / "sources.toml").folders == (ROOT / "pages",)


@pytest.mark.parametrize("module", [addresses, hosts, volume])
def test_the_examples_in_the_docstrings_run(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
