"""Public Rule 605 rows on one table: worked by hand, against DuckDB, and beside the firm's own flow."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pytest

from oracle.random_flow import FIXED, Dice, frame, random_flow, random_market
from routeproof.app.context import open_context
from routeproof.cli.main import main
from routeproof.vocab.fixed import to_decimal
from rule605_files import LEGACY_RESTING, detailed, legacy, summary, written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

EXIT_USAGE = 2


@dataclass(frozen=True)
class Done:
    """What a command printed and how it ended."""

    returncode: int
    stdout: str
    stderr: str


def call(*arguments: str) -> Done:
    """The program, in this process, which has loaded everything."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """An empty workspace."""
    assert call("init", str(tmp_path / "ws")).returncode == 0
    return tmp_path / "ws"


def taken(workspace: Path, *files: Path) -> None:
    """The files are in the workspace."""
    done = call("ingest", "rule605", *map(str, files), "-w", str(workspace))
    assert done.returncode == 0, done.stderr


def asked(workspace: Path, *options: str) -> dict[str, Any]:
    """The document that the command prints."""
    done = call("benchmark", "605", "--format", "json", "-w", str(workspace), *options)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_two_detailed_rows_by_hand(workspace: Path, tmp_path: Path) -> None:
    """800.5 shares at 0.016 of 0.02 and 200 at 0.01 of 0.04; each average is weighted by executed shares."""
    second = {
        "Symbol": "DEF", "CvrdOrderCnt": "3", "CvrdOrderQty": "500", "CvrdOrderCnclQty": "300",
        "CvrdOrderExctdQty": "200", "CvrdOrderExctdAwayQty": "0", "CvrdOrderQtyOthr": "0",
        "CvrdOrderQtyto100microsec": "200",
        **dict.fromkeys(("CvrdOrderQtyto1millisec", "CvrdOrderQtyto10millisec", "CvrdOrderQtyto1sec",
                         "CvrdOrderQtyto10sec", "CvrdOrderQtyto30sec", "CvrdOrderQtyto5min"), "0"),
        "ExctdOrderAvgQuotSprd": "0.04", "AvgEffctvSprd": "0.01", "AvgEFQPct": "0.25", "AvgRealSprd1sec": "",
        "AvgRealSprdPct1sec": "", "ExctdPIOrdersQty": "200", "ExctdPIOrdWghtdAvgAmtPerShare": "0.015",
        "ExctdOrderAtQuotQty": "0", "ExctdOrderOutQuotQty": "0",
    }  # fmt: skip
    taken(workspace, written(tmp_path, detailed({}, second)))
    (row,) = asked(workspace, "--by", "month")["rows"]
    assert row["month"] == "2026-08"
    assert (row["covered_orders"], row["covered_shares"], row["cancelled_shares"]) == (13, 1500.5, 500)
    assert (row["executed_shares"], row["executed_away_shares"]) == (900.5, 100)
    assert row["fill_rate_shares"] == 1000.5 / 1500.5
    assert row["classified_shares"] == 1000.5
    assert (row["improved_shares"], row["at_quote_shares"], row["outside_shares"]) == (700, 200.5, 100)
    assert (row["improved_usd"], row["outside_usd"]) == (5, 0.3)
    assert row["price_improvement_usd_per_share"] == pytest.approx((5 - 0.3) / 1000.5, rel=1e-14)
    effective, quoted = 800.5 * 0.016 + 200 * 0.01, 800.5 * 0.02 + 200 * 0.04
    assert row["effective_spread_usd_per_share"] == pytest.approx(effective / 1000.5, rel=1e-14)
    assert row["quoted_spread_usd_per_share"] == pytest.approx(quoted / 1000.5, rel=1e-14)
    assert row["e_over_q"] == pytest.approx(effective / quoted, rel=1e-14)
    assert row["realized_spread_usd_per_share_1s"] == 0.012
    assert row["realized_spread_usd_per_share_300s"] == -0.002
    assert row["coverage"] == 1


def test_no_row_is_invented(workspace: Path, tmp_path: Path) -> None:
    """A legacy row of resting orders states no classes and no spread: null, and it takes part in no average."""
    taken(workspace, written(tmp_path, f"{legacy()}\n{LEGACY_RESTING}\n"))
    market, resting = asked(workspace, "--by", "order_type,order_size")["rows"]
    assert (market["order_type"], resting["order_type"]) == ("11", "14")
    for name in ("classified_shares", "improved_usd", "price_improvement_usd_per_share", "e_over_q",
                 "effective_spread_usd_per_share", "quoted_spread_usd_per_share"):  # fmt: skip
        assert resting[name] is None, name
    assert resting["coverage"] == 0
    assert resting["realized_spread_usd_per_share_300s"] == -0.01
    (both,) = asked(workspace, "--by", "reporter")["rows"]
    assert both["effective_spread_usd_per_share"] == market["effective_spread_usd_per_share"] == 0.02
    assert both["coverage"] == 1500 / 2500
    assert both["realized_spread_usd_per_share_300s"] == pytest.approx((1500 * 0.0123 - 10) / 2500, rel=1e-14)
    assert both["price_improvement_usd_per_share"] == pytest.approx((4.5 - 1) / 1500, rel=1e-14)
    assert "realized_spread_usd_per_share_60s" not in both


def test_layouts_are_never_mixed(workspace: Path, tmp_path: Path) -> None:
    """Several in the period and none named: refused, with what is there; a period or a name decides."""
    taken(workspace, written(tmp_path, legacy() + "\n", "a.txt"), written(tmp_path, detailed({}), "b.txt"))
    done = call("benchmark", "605", "--by", "reporter", "-w", str(workspace))
    assert done.returncode == EXIT_USAGE
    assert "legacy (2016-01" in done.stderr
    assert "detailed (2026-08" in done.stderr
    assert [row["reporter"] for row in asked(workspace, "--to", "2016-12")["rows"]] == ["TXXXX"]
    assert [row["reporter"] for row in asked(workspace, "--layout", "detailed")["rows"]] == ["XXXX"]
    assert [row["reporter"] for row in asked(workspace, "--where", "month=2026-08")["rows"]] == ["XXXX"]
    nothing = asked(workspace, "--from", "2020-01", "--to", "2020-12")
    assert nothing["rows"] == []
    assert "legacy 2016-01" in nothing["notes"][0]


def test_members_of_the_index(workspace: Path, tmp_path: Path) -> None:
    """Detailed rows have no membership of their own: the workspace's instruments say it, null where they do not."""
    taken(workspace, written(tmp_path, detailed({}, {"Symbol": "DEF"}, {"Symbol": "GHI"})))
    (tmp_path / "map.toml").write_text('table = "instruments"\n', "utf-8")
    rows = "symbol,valid_from,sp500\nABC,2026-01-02,true\nDEF,2026-01-02,true\nDEF,2026-06-01,false\n"
    path = written(tmp_path, rows, "instruments.csv")
    done = call("ingest", "csv", str(path), "--map", str(tmp_path / "map.toml"), "-w", str(workspace))
    assert done.returncode == 0, done.stderr
    found = asked(workspace, "--by", "sp500,symbol")["rows"]
    assert [(row["sp500"], row["symbol"]) for row in found] == [("N", "DEF"), ("Y", "ABC"), (None, "GHI")]
    assert len(asked(workspace, "--by", "symbol", "--where", "sp500=Y")["rows"]) == 1


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--by", "venue"), "dimensions out of"),
        (("--where", "symbol"), "DIM=VALUE"),
        (("--from", "2026"), "a month"),
        (("--from", "2026-09", "--to", "2026-08"), "not after the last"),
        (("--period", "2026Q3", "--from", "2026-08"), "found both"),
    ],
)
def test_what_cannot_be_asked(workspace: Path, options: Sequence[str], word: str) -> None:
    """Exit code 2 and a sentence that says what was expected."""
    done = call("benchmark", "605", *options, "-w", str(workspace))
    assert done.returncode == EXIT_USAGE
    assert word in done.stderr


def test_summary_rows_are_shown_as_filed(workspace: Path, tmp_path: Path) -> None:
    """One row is shown; two rows have no weights to be added by."""
    taken(workspace, written(tmp_path, summary({}, {"OrderType": "ML", "AvgEFQPct": "0.7"})))
    rows = asked(workspace, "--by", "order_type")["rows"]
    assert [(row["order_type"], row["e_over_q"]) for row in rows] == [("M", 0.8), ("ML", 0.7)]
    (both,) = asked(workspace, "--by", "reporter")["rows"]
    assert both["e_over_q"] is None
    assert both["covered_shares"] is None


VIRTU = """
    select {by},
        sum(c7)::bigint as covered_orders, sum(c8)::bigint as covered_shares, sum(c9)::bigint as cancelled_shares,
        sum(c10)::bigint as executed_shares, sum(c11)::bigint as executed_away_shares,
        sum(c10 + c11) / sum(c8) as fill_rate_shares,
        sum(c19 + c22 + c24)::bigint as classified_shares, sum(c19)::bigint as improved_shares,
        sum(c22)::bigint as at_quote_shares, sum(c24)::bigint as outside_shares,
        sum(c19 * c20) as improved_usd, sum(c24 * c25) as outside_usd,
        (sum(c19 * c20) - sum(c24 * c25)) / nullif(sum(c19 + c22 + c24), 0) as price_improvement_usd_per_share,
        sum(c18 * (c10 + c11)) / nullif(sum(c10 + c11) filter (c18 is not null), 0) as effective_spread_usd_per_share,
        sum(c17 * (c10 + c11)) / nullif(sum(c10 + c11) filter (c17 is not null), 0)
            as realized_spread_usd_per_share_300s,
        coalesce(sum(c10 + c11) filter (c18 is not null), 0) / nullif(sum(c10 + c11), 0) as coverage
    from (select column00 as participant, column01 as reporter, column02 as month, column03 as symbol,
            column04 as order_type, column05 as order_size,
            {numbers}
        from read_csv('{path}', delim='|', header=false, all_varchar=true, nullstr='', compression='gzip'))
    group by {by} order by {by}
"""


@pytest.mark.parametrize("by", ["order_type", "order_size,order_type", "symbol"])
def test_a_real_file_against_duckdb(workspace: Path, shared_data: Path, by: str) -> None:
    """Virtu, December 2016: every figure of every row of a roll-up as DuckDB makes it from the file."""
    path = shared_data / "reg/605-legacy-virtu-201612/VIRTU1216.txt.gz"
    taken(workspace, path)
    numbers = ", ".join(f"column{place - 1:02d}::decimal(18, 6)::double as c{place}" for place in range(7, 27))
    found = duckdb.sql(VIRTU.format(by=by, numbers=numbers, path=path)).pl().rows(named=True)
    rows = asked(workspace, "--by", by)["rows"]
    assert len(rows) == len(found) > 3
    for row, expected in zip(rows, found, strict=True):
        for name, value in expected.items():
            assert row[name] == (pytest.approx(value, rel=1e-9, abs=1e-12) if isinstance(value, float) else value), name


NAMES = {"quotes": "quotes", "trades": "trades", "parent_orders": "orders", "order_versions": "versions",
         "routes": "routes", "executions": "executions"}  # fmt: skip


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with random flow of two providers in November 2026."""
    folder, dice = tmp_path_factory.mktemp("flow"), Dice(17)
    market, flow = random_market(dice), random_flow(dice, 60)
    rows = flow | {"quotes": market.quotes, "trades": market.trades}
    assert call("init", str(folder / "ws")).returncode == 0
    for table, name in NAMES.items():
        content = frame(rows[name])
        instants = "".join(f'[time.{name}]\nunit = "ns"\n' for name in content.columns if name.endswith("at"))
        (folder / "map.toml").write_text(f'table = "{table}"\n{instants}', "utf-8")
        text = {
            name: [None if value is None else f"{to_decimal(value):f}" for value in content[name]]
            for name in content.columns
            if name in FIXED
        }
        path = folder / f"{table}.csv"
        content.with_columns(**{name: pl.Series(v, dtype=pl.String) for name, v in text.items()}).write_csv(path)
        done = call("ingest", "csv", str(path), "--map", str(folder / "map.toml"), "-w", str(folder / "ws"))
        assert done.returncode == 0, done.stderr
    return folder / "ws"


@pytest.fixture(scope="module")
def twin(flow: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Somebody who publishes exactly our flow; the order types of which every row was believed."""
    folder = tmp_path_factory.mktemp("twin")
    made = call("report", "605", "detailed", "--reporter", "TWIN", "--participant", "T", "--month", "2026-11",
                "--provider", "P1", "--out", str(folder), "--json", "-w", str(flow))  # fmt: skip
    assert made.returncode == 0, made.stderr
    path = folder / json.loads(made.stdout)["files"][0]["path"]
    ingested = json.loads(call("ingest", "rule605", str(path), "-w", str(flow), "--json").stdout)
    rows = list(csv.DictReader(path.open(encoding="ascii"), delimiter="|"))
    doubted = {rows[item["row"] - 1]["OrderType"] for item in ingested["rejected"]}  # random orders may just vanish
    return f"order_type={','.join(sorted({row['OrderType'] for row in rows} - doubted))}"


def test_own_report_of_others_matches_own_flow(flow: Path, twin: str) -> None:
    """Somebody who publishes exactly our flow has our figures, all our weight, and our adjusted figure."""
    document = asked(flow, "--by", "reporter", "--provider", "P1", "--period", "2026Q4", "--where", twin)
    own, other = document["rows"]
    assert (own["side"], other["side"], own["reporter"], other["reporter"]) == ("own", "public", "P1", "TWIN")
    for name in ("covered_orders", "covered_shares", "cancelled_shares", "improved_shares", "at_quote_shares",
                 "outside_shares", "classified_shares", "fill_rate_shares", "coverage"):  # fmt: skip
        assert own[name] == other[name], name
    for name in ("e_over_q", "effective_spread_usd_per_share", "price_improvement_usd_per_share",
                 "realized_spread_usd_per_share_1s"):  # fmt: skip
        assert own[name] == pytest.approx(other[name], rel=1e-5, abs=1e-6), name
    assert (own["weight_matched"], other["weight_matched"]) == (1, 1)
    assert other["e_over_q_adjusted"] == pytest.approx(own["e_over_q"], abs=1e-4)
    assert other["own_e_over_q_matched"] == pytest.approx(own["e_over_q"], rel=1e-12)
    assert (other["used"], other["kind"], other["liquidity_share"]) == (
        False,
        "off-exchange",
        None,
    )  # all executed away
    assert any("No public rows of 2026-10, 2026-12" in note for note in document["notes"])


def test_by_class_and_by_group(flow: Path, twin: str) -> None:
    """Split by order type and symbol each part is matched with our part; groups of securities match as symbols do."""
    options = ("--provider", "P1", "--period", "2026Q4", "--where", twin)
    rows = asked(flow, "--by", "order_type,symbol", *options)["rows"]
    sides = {side: {(r["order_type"], r["symbol"]): r for r in rows if r["side"] == side} for side in ("own", "public")}
    assert sides["own"].keys() == sides["public"].keys()
    stated = {key: row for key, row in sides["own"].items() if row["e_over_q"] is not None}
    assert stated
    for key, row in stated.items():
        other = sides["public"][key]
        assert other["weight_matched"] == 1, key
        assert other["e_over_q_adjusted"] == pytest.approx(row["e_over_q"], rel=1e-4, abs=1e-4), key
    (own, other) = asked(flow, "--by", "reporter", "--match", "group", *options)["rows"]
    assert other["weight_matched"] == 1
    assert other["e_over_q_adjusted"] == pytest.approx(own["e_over_q"], rel=1e-4)


def test_nobodys_flow(flow: Path, twin: str) -> None:
    """A provider without orders: the public rows alone, nothing matched, and a note."""
    document = asked(flow, "--by", "reporter", "--provider", "NOBODY", "--where", twin)
    (row,) = document["rows"]
    assert (row["reporter"], row["e_over_q_adjusted"], row["weight_matched"]) == ("TWIN", None, 0)
    assert any("NOBODY has no covered orders" in note for note in document["notes"])


def test_own_flow_beside_legacy_rows(workspace: Path, tmp_path: Path) -> None:
    """Own flow has other classes, sizes and clocks than legacy rows: they stand alone, and a note says why."""
    taken(workspace, written(tmp_path, legacy() + "\n"))
    document = asked(workspace, "--provider", "P1")
    (row,) = document["rows"]
    assert (row["side"], row["e_over_q_adjusted"], row["weight_matched"]) == ("public", None, None)
    assert "does not stand beside legacy rows" in document["notes"][-1]


def test_a_page_of_it(flow: Path, twin: str, tmp_path: Path) -> None:
    """The firm's own row and the other one are drawn; the same question gives the same bytes."""
    options = ["benchmark", "605", "--by", "reporter", "--provider", "P1", "--period", "2026Q4", "--where", twin]
    pages = []
    for name in ("a.html", "b.html"):
        done = call(*options, "--html", str(tmp_path / name), "-w", str(flow))
        assert done.returncode == 0, done.stderr
        pages.append((tmp_path / name).read_bytes())
    assert pages[0] == pages[1]
    text = pages[0].decode()
    assert "TWIN" in text
    assert "own flow" in text
    assert text.count("<svg ") >= 5


def test_a_review_against_the_industry(flow: Path, twin: str, tmp_path: Path) -> None:
    """The benchmark column has name, period, n and coverage; dealers' rows alone say nothing of flow to exchanges."""
    del twin
    done = call("review", "build", "2026Q4", "--provider", "P1", "--against", "industry", "--out", str(tmp_path),
                "-w", str(flow))  # fmt: skip
    assert done.returncode == 0, done.stderr
    pack = json.loads((tmp_path / "pack.json").read_text("utf-8"))
    rows = {row["id"]: row["cells"] for row in pack["scorecard"]["rows"]}
    improvement, capture = rows["price_improvement"], rows["spread_capture"]
    assert improvement["benchmark"]["name"].startswith("industry: public Rule 605, 1 reporter, 2026-11")
    assert improvement["benchmark"]["value"] == improvement["market"]["value"] == -0.002
    assert (improvement["benchmark"]["n"], improvement["benchmark"]["coverage"]) == (2, 1)
    assert capture["benchmark"]["value"] == pytest.approx(-0.2, rel=1e-9)
    assert improvement["market"]["verdict"] == "cannot_tell"
    assert "not like for like" in improvement["market"]["comparison"]["reason"]
    assert rows["reversion"]["benchmark"]["reason"] == "Rule 605 reports do not state it"


@pytest.mark.night
def test_a_pack_against_the_industry_is_built_again_after_a_report_was_restated(
    flow: Path, twin: str, tmp_path: Path
) -> None:
    """The restated report makes another pack; the earlier one is built from what was published by then."""
    del twin
    shutil.copytree(flow, tmp_path / "ws")
    build = ["review", "build", "2026Q4", "--provider", "P1", "--against", "industry", "-w", str(tmp_path / "ws")]
    first = pack_of(*build, folder=tmp_path / "first")
    digest = json.loads(first["pack.json"])["digest"]
    path = tmp_path / "TWIN.txt"
    with open_context(tmp_path / "ws") as context:
        part = context.lake.manifest().partitions["rule605_detailed", "TWIN-202611"]
        rows = context.lake.read_partition(part).row(0, named=True)
    fields = {
        "RprtEntityCd": "TWIN", "RptDate": "202611", "Symbol": rows["symbol"], "LotSizeFlag": rows["lot_size"] or "",
        "OrderSize": rows["order_size"], "OrderType": rows["order_type"],
    }  # fmt: skip
    path.write_text(detailed(fields), "ascii")
    assert (
        json.loads(call("ingest", "rule605", str(path), "-w", str(tmp_path / "ws"), "--json").stdout)["accepted"] == 1
    )
    assert json.loads(pack_of(*build, folder=tmp_path / "now")["pack.json"])["digest"] != digest
    assert pack_of(*build, "--as-built", digest[:20], folder=tmp_path / "again") == first


def pack_of(*command: str, folder: Path) -> dict[str, bytes]:
    """Files of a pack by name."""
    done = call(*command, "--out", str(folder))
    assert done.returncode == 0, done.stderr
    return {item.name: item.read_bytes() for item in folder.iterdir()}
