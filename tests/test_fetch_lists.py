"""From sources to addresses: files and sitemaps, good ones and bad ones, and certificates."""

from __future__ import annotations

import gzip
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.fetching import network
from flows.fetching.answers import Result, Why
from tests.badserver import Site, serving
from tests.conftest import LIVER
from tests.fetching import PRIVATE, Runs, found

XML = '<?xml version="1.0" encoding="UTF-8"?>\n<{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</{kind}>'


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        for path in "abcd":
            site.page(f"/{path}", LIVER + path)
        yield site


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path)


def urlset(*addresses: str) -> str:
    body = "".join(f"<url><loc> {one} </loc><lastmod>2026-01-01</lastmod></url>" for one in addresses)
    return XML.format(kind="urlset", body=body)


def index(*addresses: str) -> str:
    return XML.format(kind="sitemapindex", body="".join(f"<sitemap><loc>{one}</loc></sitemap>" for one in addresses))


def sitemap(runs: Runs, site: Site, more: str = "") -> None:
    runs.lists(f'[[source]]\nsitemap = "{site.at("/sitemap.xml")}"\n{more}{PRIVATE}')


def whys(runs: Runs) -> dict[str, Why | None]:
    return {address: outcome.why for address, outcome in runs.outcomes().items()}


def test_a_list_is_read_and_each_bad_line_is_told(site: Site, runs: Runs) -> None:
    lines = ["# some", "", site.at("/a"), " " + site.at("/b") + " ", site.at("/a"), "no address", "ftp://x/"]
    (runs.folder / "some.txt").write_text("\ufeff" + "\r\n".join(lines))
    runs.lists('[[source]]\nlist = "some.txt"' + PRIVATE)
    outcomes = runs.outcomes()
    assert {one.address for one in outcomes.values() if one.result is Result.FETCHED} == {site.at("/a"), site.at("/b")}
    bad = [one for one in outcomes.values() if one.result is Result.FAILED]
    assert [(one.address, one.why) for one in bad] == [("ftp://x/", Why.BAD_ADDRESS), ("no address", Why.BAD_ADDRESS)]
    assert "line 7 of some.txt" in bad[0].message


def test_an_address_that_two_sources_name_is_fetched_once(site: Site, runs: Runs) -> None:
    (runs.folder / "some.txt").write_text(f"{site.at('/a')}\n{site.at('/b')}\n")
    runs.lists(f'[[source]]\naddress = "{site.at("/a")}"\n[[source]]\nlist = "some.txt"{PRIVATE}')
    fetched = runs.run()
    assert [len(one.outcomes) for one in fetched.sources] == [1, 1]
    assert (site.of("/a"), site.of("/b")) == (1, 1)


def test_a_sitemap_of_sitemaps_is_read(site: Site, runs: Runs) -> None:
    site.page("/sitemap.xml", index(site.at("/one.xml"), site.at("/two.xml.gz"), site.at("/three.txt")), "text/xml")
    site.page("/one.xml", urlset(site.at("/a"), site.at("/b")), "application/xml")
    site.page("/two.xml.gz", gzip.compress(urlset(site.at("/c")).encode()), "application/gzip")
    site.page("/three.txt", f"{site.at('/d')}\n\n{site.at('/a')}\n", "text/plain")
    sitemap(runs, site)
    assert whys(runs) == dict.fromkeys(map(site.at, ("/a", "/b", "/c", "/d")))


def test_of_a_sitemap_only_what_matches_is_fetched(site: Site, runs: Runs) -> None:
    site.page("/sitemap.xml", urlset(*map(site.at, ("/a", "/b", "/c"))), "text/xml")
    sitemap(runs, site, 'only = ["*/a", "*/?"]\n')
    assert len(runs.outcomes()) == 3
    sitemap(runs, site, 'only = ["*/a"]\n')
    assert whys(runs) == {site.at("/a"): None}
    assert len(runs.pages()) == 1


def test_a_sitemap_speaks_for_its_own_host_alone(site: Site, runs: Runs) -> None:
    site.page("/sitemap.xml", urlset(site.at("/a"), site.at("/b", "localhost"), "ftp://x/"), "text/xml")
    sitemap(runs, site)
    assert whys(runs) == {
        site.at("/a"): None,
        site.at("/b", "localhost"): Why.OTHER_HOST,
        "ftp://x/": Why.BAD_ADDRESS,
    }


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><urlset><url><loc>&i;</loc></url></urlset>"
)
OUTSIDE = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/hostname">]><urlset><url><loc>&a;</loc></url></urlset>'


@pytest.mark.parametrize(
    "body", [b"<urlset><url>", b"\x1f\x8b\x00broken", BOMB.encode(), OUTSIDE.encode(), b"<html><p>Sign in</p></html>"]
)
def test_a_bad_sitemap_takes_no_page_away(site: Site, runs: Runs, body: bytes) -> None:
    site.page("/sitemap.xml", urlset(site.at("/a"), site.at("/b")), "text/xml")
    sitemap(runs, site)
    runs.run()
    site.page("/sitemap.xml", body, "text/xml")
    outcomes = runs.outcomes()
    assert outcomes[site.at("/a")].result is Result.UNCHANGED
    assert [one.why for one in outcomes.values() if one.result is Result.FAILED] == [Why.BAD_LIST]
    assert len(runs.pages()) == 2


def test_a_sitemap_that_is_down_takes_no_page_away_even_without_an_index(site: Site, runs: Runs) -> None:
    site.page("/sitemap.xml", urlset(site.at("/a"), site.at("/b")), "text/xml")
    sitemap(runs, site)
    runs.run()
    site.page("/sitemap.xml", "", status=500)
    assert sorted(str(one.why) for one in runs.outcomes().values()) == ["None", "None", "bad-list"]
    (runs.cache / "index.sqlite").unlink()
    assert [one.why for one in runs.outcomes().values()] == [Why.BAD_LIST]
    assert len(runs.pages()) == 2


def test_sitemaps_that_name_each_other_come_to_an_end(site: Site, runs: Runs) -> None:
    site.page("/sitemap.xml", index(site.at("/sitemap.xml"), site.at("/1.xml")), "text/xml")
    for number in range(1, 9):
        site.page(f"/{number}.xml", index(site.at(f"/{number + 1}.xml")), "text/xml")
    sitemap(runs, site)
    assert whys(runs) == {site.at("/3.xml"): Why.BAD_LIST}


def certificate(folder: Path, host: str) -> Path:
    """A certificate for a host, with its key, that vouches for itself."""
    x509 = pytest.importorskip("cryptography.x509", reason="makes the certificate")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    file = folder / "certificate.pem"
    file.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, form, serialization.NoEncryption()))
    return file


def test_certificates_are_checked_for_the_name_although_the_number_is_asked(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate(tmp_path, "right.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    network._certificates.cache_clear()
    runs.resolve = found("127.0.0.1")
    rules = "".join(f'[host."{host}.example"]\nprivate = true\n' for host in ("right", "wrong"))
    with serving(context) as site:
        site.page("/a", LIVER)
        right, wrong = (f"https://{host}.example:{site.port}/a" for host in ("right", "wrong"))
        runs.addresses(right, wrong, rules="[fetch]\nretries = 0\n" + rules)
        outcomes = runs.outcomes()
    network._certificates.cache_clear()
    assert outcomes[right].result is Result.FETCHED
    assert outcomes[wrong].why is Why.ROBOTS_UNKNOWN
    assert "certificate" in outcomes[wrong].message.lower()
