"""Rule 606 disclosures from files to lake: judged whole, once, the newest version counts, what it replaced is told."""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from routeproof.app.context import Context, open_context
from routeproof.app.disclosure.benchmark_606 import benchmark_606
from routeproof.app.disclosure.ingest_606 import ingest_606
from routeproof.app.disclosure.taken_606 import Taken
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.quality import quality
from routeproof.app.ledger.rebuild import rebuild_projections
from routeproof.cli.main import main
from routeproof.stores.manifest import UNMEASURED
from routeproof.tables.rule606.lake_tables import LAKE_TABLES
from routeproof.vocab.errors import MapError, UsageError
from rule606_documents import A1, B1, B3, month, public, section, venue

BOMB = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
WRONG = A1.replace("97.50", "97.5", 1)
OLD = """Broker,Date,Exchange,OrderType,Pct,Rebate,RoutingVenue
One,201403,NYSE,Total,0.419,0.0,Alpha LLC
One,201403,NYSE,Total,0.581,1.0,Beta
One,201403,NYSE,Total,0.5,1.0,Beta
One,2014-06,NYSE,Total,0.30000000000000004,,Alpha LLC
Two,201403,Other,Market,1.2,0.0,Alpha LLC
Two,2014,Other,Market,1.0,0.0,Alpha LLC
Two,201403,Other,Market,none,0.0,Alpha LLC
Two,201403
"""
OLD_MAP = """
[columns]
reporter = "Broker"
month = "Date"
section = "Exchange"
order_type = "OrderType"
venue = "RoutingVenue"
orders_share = "Pct"
payment = "Rebate"
[units]
orders_share = "fraction"
"""


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A new workspace."""
    init_workspace(tmp_path / "ws", firm_id="ACME")
    with open_context(tmp_path / "ws", clock=lambda: 1_795_000_000_000_000_000) as opened:
        yield opened


def take(context: Context, tmp_path: Path, **documents: str | bytes) -> Taken:
    """Write files, named by the keywords, and take them in."""
    paths = []
    for name, content in documents.items():
        path = tmp_path / f"{name}.{'zip' if isinstance(content, bytes) else 'xml'}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        paths.append(path)
    return ingest_606(context, paths)


def archive(**documents: str) -> bytes:
    """A zip of documents."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in documents.items():
            packed.writestr(f"folder/{name.removeprefix('n')}.xml", content)
        packed.writestr("ABR.txt", "not a document")
    return out.getvalue()


def shares(context: Context, by: str = "reporter,venue") -> dict[tuple[object, ...], object]:
    """Share of orders of 2026Q3 by dimensions, named venues only."""
    names = by.split(",")
    rows = benchmark_606(context, "2026q3", names, {"section": "sp500"})["rows"]
    return {tuple(row[name] for name in names): row["orders_share"] for row in rows}


def test_texts_are_in_the_lake_as_filed(context: Context, tmp_path: Path) -> None:
    """Lines, keys and texts; nothing is rounded, and no figure of the firm's own changes."""
    before = context.lake.manifest().id
    broken = A1.replace("<rVenue>", "\n<rVenue>")
    taken = take(context, tmp_path, a=broken, b=B1, c=B3)
    assert (taken.rows, taken.accepted, taken.rejected) == (7, 7, [])
    assert taken.as_json()["format"] == "mixed"
    venues = context.lake.read("rule606_a1_venues").to_dicts()
    assert [row["netPmtPaidRecvMarketableLimitOrdersUsd"] for row in venues] == ["-20", "-20", "-20"]
    assert [row["netPmtPaidRecvOtherOrdersCph"] for row in venues] == ["", "", ""]
    assert [row["mic"] for row in venues] == [None, "XBET", "XGAM"]
    lines = broken.splitlines()
    assert all(lines[row["source_row"] - 1].startswith("<rVenue>") for row in venues)
    (report,) = context.lake.read("rule606_b1_reports").to_dicts()
    assert (report["customer"], report["start_on"], report["file"]) == ("C. Ustomer", "2026-01-01", "b.xml")
    assert context.lake.read("rule606_b1_transactions").height == 2
    assert context.lake.read("rule606_b3_exposed_venues").select("mic", "present_but_empty").rows() == [("", "mic")]
    assert context.lake.manifest().id == before
    assert LAKE_TABLES <= UNMEASURED
    assert quality(context)["total"]["received"] == 0


def test_the_same_file_again_changes_nothing(context: Context, tmp_path: Path) -> None:
    """Under any name, and packed; the answer is that of the first time."""
    first = take(context, tmp_path, a=A1, b=WRONG)
    size = context.records.size()
    again = take(context, tmp_path, c=A1, d=WRONG)
    assert again.as_json() == first.as_json()
    assert context.records.size() == size
    assert first.as_json() == {
        "format": "606a1", "rows": 6, "accepted": 3, "rejected": [{"row": 1, "code": "too_few_decimals"}],
        "corrections": [], "quarantined": [],
    }  # fmt: skip
    take(context, tmp_path, e=A1 + "<!-- other bytes -->")
    assert context.lake.read("rule606_a1_venues").height == 3


def test_a_restated_report_replaces_the_part_and_an_event_says_so(context: Context, tmp_path: Path) -> None:
    """One month fewer, other shares; the event names the part and its content before and after."""
    take(context, tmp_path, a=A1)
    restated = public(month(7, section("rSP500", venue("<name>Alpha Securities LLC</name>", "10.00"))))
    take(context, tmp_path, b=restated)
    assert shares(context)["Example Brokerage", "ALPHA SECURITIES LLC"] == 0.1
    assert context.lake.read("rule606_a1_months").height == 1
    told = [json.loads(entry) for entry in context.records.entries() if b"public606.restated" in entry]
    assert [entry["stream"].startswith("public606/Example-Brokerage-") for entry in told] == [True]
    rows = {
        name: (found["before"]["rows"], found["after"]["rows"]) for name, found in told[0]["payload"]["tables"].items()
    }
    assert rows == {
        "rule606_a1_reports": (1, 1), "rule606_a1_months": (3, 1), "rule606_a1_sections": (3, 1),
        "rule606_a1_venues": (3, 1),
    }  # fmt: skip
    take(
        context,
        tmp_path,
        c=restated.replace(section("rSP500", venue("<name>Alpha Securities LLC</name>", "10.00")), ""),
    )
    assert context.lake.read("rule606_a1_venues").is_empty()
    assert rebuild_projections(context, change=False).differences == []


def test_an_archive_gives_its_newest_versions(context: Context, tmp_path: Path) -> None:
    """Firms are known by number, suffixes apart; a hostile member is refused alone; an older version comes too late."""
    second = A1.replace("60.00", "50.00")
    packed = archive(
        n12_606_NMS_2026_Q3=A1, n12_606_NMS_2026_Q3_V2=second, n7_606_NMS_2026_Q3_desk=A1, n9_606_NMS_2026_Q3=BOMB
    )
    taken = take(context, tmp_path, packed=packed)
    assert (taken.rows, taken.accepted, taken.rejected) == (6, 6, [{"row": 1, "code": "forbidden_dtd"}])
    assert [item["code"] for item in taken.documents] == ["superseded", "forbidden_dtd"]
    alpha = {key: share for key, share in shares(context, "reporter,filing,venue").items() if "ALPHA" in str(key[2])}
    assert alpha == {("12", None, "ALPHA SECURITIES LLC"): 0.5, ("7", "DESK", "ALPHA SECURITIES LLC"): 0.6}
    late = take(context, tmp_path, late=archive(n12_606_NMS_2026_Q3_V1=A1.replace("60.00", "44.00")))
    assert (late.accepted, late.rejected, late.documents[0]["code"]) == (0, [], "superseded")
    assert shares(context)["12", "ALPHA SECURITIES LLC"] == 0.5


def test_a_name_that_says_another_quarter_is_noted(context: Context, tmp_path: Path) -> None:
    """What counts is what the document says."""
    taken = take(context, tmp_path, packed=archive(n12_606_NMS_2026_Q2=A1))
    assert taken.corrections == [
        {"row": 1, "column": "qtr", "code": "quarter_of_document", "from": "2026Q2", "to": "2026Q3"}
    ]
    assert shares(context)["12", "ALPHA SECURITIES LLC"] == 0.6


def test_damaged_archives_are_refused(context: Context, tmp_path: Path) -> None:
    """Cut off, empty, and one whose member unpacks beyond any report."""
    whole = archive(n1_606_NMS_2026_Q3=A1)
    bomb = archive(n1_606_NMS_2026_Q3=A1 + " " * (33 << 20))
    taken = take(context, tmp_path, a=whole[:200], b=whole[:-80], c=bomb)
    assert [item["code"] for item in taken.rejected] == ["damaged_file", "damaged_file", "too_large"]
    assert taken.accepted == 0


def test_quarters_before_2020_come_by_a_map(context: Context, tmp_path: Path) -> None:
    """Each record is taken, corrected on record, or rejected with a code; a reporter's rows are replaced as a whole."""
    (tmp_path / "map.toml").write_text(OLD_MAP, "utf-8")
    (tmp_path / "old.csv").write_text(OLD, "utf-8")
    taken = ingest_606(context, [tmp_path / "old.csv"], map_path=tmp_path / "map.toml")
    assert (taken.rows, taken.accepted, taken.as_json()["format"]) == (8, 3, "606-historical")
    assert taken.rejected == [
        {"row": 3, "code": "duplicate_key"}, {"row": 5, "code": "impossible_share"}, {"row": 6, "code": "not_a_month"},
        {"row": 7, "code": "not_a_number"}, {"row": 8, "code": "short_row"},
    ]  # fmt: skip
    assert taken.corrections == [
        {"row": 4, "column": "Pct", "code": "rounded", "from": "0.30000000000000004", "to": "30"}
    ]
    held = context.lake.read("rule606_historical").select("quarter", "venue", "orders_pct", "payment_as_filed").rows()
    assert held == [
        ("2014Q1", "Alpha LLC", 41_900_000_000, "0.0"), ("2014Q1", "Beta", 58_100_000_000, "1.0"),
        ("2014Q2", "Alpha LLC", 30_000_000_000, ""),
    ]  # fmt: skip
    (tmp_path / "new.csv").write_text(OLD.splitlines()[0] + "\nOne,201401,NYSE,Total,1,0,Gamma\n", "utf-8")
    ingest_606(context, [tmp_path / "new.csv"], map_path=tmp_path / "map.toml")
    assert context.lake.read("rule606_historical")["venue"].to_list() == ["Gamma", "Alpha LLC"]
    (tmp_path / "map.toml").write_text(OLD_MAP.replace('"Pct"', '"Share"'), "utf-8")
    with pytest.raises(MapError, match="Share"):
        ingest_606(context, [tmp_path / "old.csv"], map_path=tmp_path / "map.toml")


def test_real_quarters_before_2020_add_up_as_a_plain_reading_does(
    context: Context, tmp_path: Path, shared_data: Path
) -> None:
    """By the standard library's csv and exact decimals: the sum of each broker's quarter, of the records taken."""
    path = shared_data / "reg" / "605-606-historical" / "rawdata_606.csv.gz"
    (tmp_path / "map.toml").write_text(OLD_MAP, "utf-8")
    taken = ingest_606(context, [path], map_path=tmp_path / "map.toml")
    assert (taken.rows, taken.accepted, len(taken.corrections)) == (40_236, 39_850, 697)
    left_out = {item["row"] for item in taken.rejected}
    expected: dict[tuple[str, str], Decimal] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), start=1):
            if number not in left_out:
                key = (row["Broker"].strip(), f"{row['Date'][:4]}Q{(int(row['Date'][4:]) + 2) // 3}")
                expected[key] = expected.get(key, Decimal(0)) + Decimal(row["Pct"]) * 100
    held = context.lake.read("rule606_historical").group_by("reporter", "quarter").agg(pl.col("orders_pct").sum())
    found = {(reporter, quarter): Decimal(total) / 10**9 for reporter, quarter, total in held.iter_rows()}
    assert found.keys() == expected.keys()
    assert max(abs(found[key] - expected[key]) for key in found) < Decimal("0.00001")


def test_the_benchmark_says_what_it_rests_on(context: Context, tmp_path: Path) -> None:
    """Looking through needs the broker's report of the month; options carry their doubt; unknown words are refused."""
    take(context, tmp_path, a=A1, b=B3)
    plain = benchmark_606(context, "2026Q3", ["section", "venue"], {})
    assert any("not confirmed" in note for note in plain["notes"])
    through = benchmark_606(context, "2026Q3", ["venue", "via"], {"section": "sp500"}, look_through=True)
    found = {(row["venue"], row["via"]): row["orders_share"] for row in through["rows"]}
    # 1,000 shares: Beta 750, Gamma 250 of which 100 go on; of Alpha's 60 %.
    assert found["BETA EXCHANGE INC", "ALPHA SECURITIES LLC"] == 0.45
    assert found["GAMMA ATS", "ALPHA SECURITIES LLC"] == 0.09
    assert found["(routed further)", "ALPHA SECURITIES LLC"] == 0.06
    assert any("ALPHA SECURITIES LLC" in note for note in through["notes"])
    only = benchmark_606(context, "2026Q3", ["venue"], {"venue": "Beta Exchange, Inc", "section": "sp500"})["rows"]
    assert [(row["venue"], row["orders_share"]) for row in only] == [("BETA EXCHANGE INC", 0.4)]
    assert benchmark_606(context, "2026Q2", ["venue"], {})["rows"] == []
    for quarter, by, where in (
        ("2026", ["venue"], {}),
        ("2026Q3", ["colour"], {}),
        ("2026Q3", [], {"order_type": "x"}),
    ):
        with pytest.raises(UsageError):
            benchmark_606(context, quarter, by, where)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """The program: exit code, stdout, stderr."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return int(str(ended.value.code)), out, err


def test_validate_answers_with_line_and_element(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0 or 3; hostile XML has its code; a file that is not there is a wrong call."""
    for name, content in {"right": A1, "wrong": WRONG.replace("><", ">\n<"), "bomb": BOMB}.items():
        (tmp_path / f"{name}.xml").write_text(content, "utf-8")
    code, out, _ = run(capsys, "validate", "606", tmp_path / "right.xml", "--json")
    assert (code, json.loads(out)) == (0, {"ok": True, "format": "606a1", "rows": 3, "problems": []})
    code, out, _ = run(capsys, "validate", "606", tmp_path / "wrong.xml", "--json")
    told = json.loads(out)
    (problem,) = told["problems"]
    assert (code, told["ok"], told["rows"], problem["row"]) == (3, False, 3, 11)
    assert problem["column"] == "/heldOrderRoutingPublicReport/rMonthly[1]/rSP500/ndoPct"
    assert set(problem) == {"row", "column", "code", "message"}
    code, out, _ = run(capsys, "validate", "606", tmp_path / "bomb.xml", "--json")
    assert (code, [item["code"] for item in json.loads(out)["problems"]]) == (3, ["forbidden_dtd"])
    assert run(capsys, "validate", "606", tmp_path / "none.xml")[0] == 2
    code, out, _ = run(capsys, "validate", "606", tmp_path / "right.xml")
    assert (code, "right" in out) == (0, True)


def test_notes_make_nothing_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are shown to people, and in JSON when they are asked for."""
    (tmp_path / "odd.xml").write_text(public(month(1)), "utf-8")
    for more, found in (((), set()), (("--notes",), {"month_outside_quarter", "months_missing"})):
        code, out, _ = run(capsys, "validate", "606", tmp_path / "odd.xml", "--json", *more)
        told = json.loads(out)
        assert (code, told["ok"], {item["code"] for item in told["problems"]}) == (0, True, found)
    code, out, _ = run(capsys, "validate", "606", tmp_path / "odd.xml")
    assert (code, out.count("(note)")) == (0, 2)


def test_the_official_schema_is_judged_by_where_it_is_given(
    tmp_path: Path, shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its findings stand beside ours, with a code of their own."""
    (tmp_path / "wrong.xml").write_text(WRONG, "utf-8")
    schema = shared_data / "reg" / "sec-606" / "oh-20191231.xsd"
    code, out, _ = run(capsys, "validate", "606", tmp_path / "wrong.xml", "--xsd", schema, "--json")
    assert (code, [item["code"] for item in json.loads(out)["problems"]]) == (3, ["too_few_decimals", "xsd"])


def test_convert_goes_there_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A document out of order, or hostile, becomes no tables; a document is not written over a folder."""
    for name, content in {"a": A1, "bomb": BOMB, "b": A1.replace("<bd>Example Brokerage</bd>", "")}.items():
        (tmp_path / f"{name}.xml").write_text(content, "utf-8")
    code, out, _ = run(capsys, "convert", "606", tmp_path / "a.xml", "--out", tmp_path / "tables", "--json")
    assert (code, json.loads(out)["tables"]["rVenue.csv"]) == (0, 3)
    assert run(capsys, "convert", "606", tmp_path / "tables", "--out", tmp_path / "again.xml")[0] == 0
    assert "".join(line.strip() for line in (tmp_path / "again.xml").read_text("utf-8").splitlines()[1:5]) == (
        "<heldOrderRoutingPublicReport><version>1.3</version><bd>Example Brokerage</bd><year>2026</year>"
    )
    code, _, err = run(capsys, "convert", "606", tmp_path / "bomb.xml", "--out", tmp_path / "t", "--json")
    assert (code, json.loads(err)["error"]["code"]) == (3, "forbidden_dtd")
    code, _, err = run(capsys, "convert", "606", tmp_path / "b.xml", "--out", tmp_path / "t", "--json")
    assert (code, json.loads(err)["error"]["code"], (tmp_path / "t").exists()) == (3, "unconvertible", False)
    assert run(capsys, "convert", "606", tmp_path / "tables", "--out", tmp_path / "tables")[0] != 0


def test_the_commands_that_need_a_workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ingest answers with its surface and exit code; the benchmark in three forms."""
    for name, content in {"a": A1, "wrong": WRONG}.items():
        (tmp_path / f"{name}.xml").write_text(content, "utf-8")
    init_workspace(tmp_path / "ws", firm_id="ACME")
    place = ("-w", tmp_path / "ws")
    code, out, _ = run(capsys, "ingest", "rule606", tmp_path / "a.xml", *place, "--json")
    assert (code, set(json.loads(out))) == (
        0, {"format", "rows", "accepted", "rejected", "corrections", "quarantined"}
    )  # fmt: skip
    code, out, err = run(capsys, "ingest", "rule606", tmp_path / "wrong.xml", *place)
    assert (code, "0 accepted" in out, "too_few_decimals" in err) == (3, True, True)
    asked = ("benchmark", "606", "--quarter", "2026Q3", "--by", "reporter,venue", "--where", "section=sp500", *place)
    rows = json.loads(run(capsys, *asked, "--format", "json")[1])["rows"]
    assert [row["orders_share"] for row in rows] == [0.6, 0.4]
    assert (
        run(capsys, *asked, "--format", "csv")[1]
        .splitlines()[1]
        .startswith("Example Brokerage,ALPHA SECURITIES LLC,1,1,0.6,")
    )
    code, out, err = run(capsys, *asked)
    assert (code, "ALPHA SECURITIES LLC" in out, "note:" in err) == (0, True, True)
    assert run(capsys, *asked, "--where", "venue")[0] == 2
