"""The same inputs give the same pack, byte for byte; other inputs give another pack that says what differs."""

from pathlib import Path

import pytest

from e2e.article_case import HEADERS, MONTH, tables, write_files
from e2e.desk import BUILD, Desk

CORRECTION = """execution_id,order_id,symbol,side,executed_at,price,quantity,venue,status,refers_to
late-1,P-0706-1,ABC,buy,{at},10.005,500,XNAS,corrected,P-0706-1-f
"""


@pytest.mark.night
def test_built_again_elsewhere_it_is_the_same(month: Desk, tmp_path: Path) -> None:
    """Another folder, one thread or two, another hash seed: four equal files."""
    first = month.files("pack")
    for name, environment in {
        "one": {"POLARS_MAX_THREADS": "1", "PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"},
        "two": {"POLARS_MAX_THREADS": "2", "PYTHONHASHSEED": "2", "LC_ALL": "C"},
    }.items():
        month.start(*BUILD, "--out", str(tmp_path / name), **environment)
        assert month.files(str(tmp_path / name)) == first, name


def test_the_order_of_arrival_does_not_matter(month: Desk, tmp_path: Path) -> None:
    """Files taken in the other way round, and quotes in two files: the same digest and the same bytes."""
    desk = Desk(tmp_path)
    lines = tables(MONTH)
    write_files(desk.folder, lines)
    half = len(lines["quotes"]) // 2
    for name, part in (("quotes", lines["quotes"][half:]), ("early", lines["quotes"][:half])):
        (desk.folder / f"{name}.csv").write_text("\n".join((HEADERS["quotes"], *part, "")), encoding="utf-8")
    (desk.folder / "early.toml").write_bytes((desk.folder / "quotes.toml").read_bytes())
    desk.take_in("executions", "orders", "quotes", "early")
    pack = desk.build("pack")
    assert pack["digest"] == month.pack("pack")["digest"]
    assert desk.files("pack") == month.files("pack")


@pytest.fixture(scope="module")
def corrected(month: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk whose first pack is in `pack`; then a fill was corrected, and the second is in `after`.

    The correction takes the improvement from 500 of 13 x 1,100 = 14,300 shares: the price becomes the ask of 10.005.
    The fill of that day (w = -6) had an improvement of 0.0015 - 6 x 0.00001 = 0.00144.
    """
    desk = month.copied(tmp_path_factory.mktemp("corrected") / "desk")
    at = next(row.split(",")[4] for row in tables(MONTH)["executions"] if row.startswith("P-0706-1-f,"))
    (desk.folder / "late.csv").write_text(CORRECTION.format(at=at), encoding="utf-8")
    (desk.folder / "late.toml").write_bytes((desk.folder / "executions.toml").read_bytes())
    desk.run("ingest", "csv", "late.csv", "--map", "late.toml")
    desk.build("after")
    return desk


def test_a_late_correction_gives_another_pack_that_says_so(corrected: Desk) -> None:
    """The new pack has another digest, names the earlier build, and which figures moved, by cause."""
    before, after = corrected.pack("pack"), corrected.pack("after")
    assert before["digest"] != after["digest"]
    improvement = after["scorecard"]["rows"][0]["cells"]["market"]
    assert improvement["value"] == pytest.approx(0.0015 - 500 * 0.00144 / 14_300, rel=1e-9)
    page = corrected.files("after")["pack.html"].decode()
    assert before["digest"][:16] in page
    assert "What changed since earlier builds" in page
    assert "price_improvement_usd_per_share" in page[page.index("What changed since earlier builds") :]
    assert "This is the first build of this pack" in corrected.files("pack")["pack.html"].decode()


@pytest.mark.night
def test_the_old_pack_still_builds_as_it_was(corrected: Desk) -> None:
    """By its manifest, and by its digest."""
    old = corrected.pack("pack")
    corrected.build("by-manifest", "--manifest", old["meta"]["manifest"])
    corrected.build("by-digest", "--as-built", old["digest"][:20])
    assert corrected.files("by-manifest") == corrected.files("pack")
    assert corrected.files("by-digest") == corrected.files("pack")


def test_a_rebuild_with_other_options_is_refused(corrected: Desk) -> None:
    """Without the declared figures it is not that pack."""
    old = corrected.pack("pack")
    code, _, talk = corrected.call(*BUILD[:5], "--out", "other", "--as-built", old["digest"])
    assert (code, "expected to build" in talk) == (2, True)
    assert corrected.files("other") == {}
