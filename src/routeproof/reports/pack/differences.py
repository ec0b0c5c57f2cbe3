"""The scorecard's verdicts at a glance: each difference from the benchmark, measured in margins."""

from collections.abc import Iterator

import polars as pl

from routeproof.reports.document import MARKS, VERDICT_WORDS, Figure
from routeproof.reports.pack.charts import INK, SOFT, Spec, names_axis, quantitative, values, whisker, zero_line
from routeproof.reports.pack.frames import Field, table_of
from routeproof.reports.score import Comparison, Score, ScoreRowKind, kind_of

BEYOND = 6.0
EDGE = 0.4
NO_PLUS = "datum.value == 0 ? '0' : datum.label"
TICKS = [-6, -4, -2, -1, 0, 1, 2, 4, 6]
"""Differences are cut at so many margins, so that one huge one does not flatten the rest; the table has them whole."""
FIELDS = (
    Field(name="what", title="Difference", weight=2.4),
    Field(name="margins", title="In margins", kind="bps", bounds=("lower", "upper")),
    Field(name="verdict", title="Verdict"),
)
SCHEMA = {"what": pl.String, "margins": pl.Float64, "lower": pl.Float64, "upper": pl.Float64, "verdict": pl.String}


def _scaled(kind: ScoreRowKind, comparison: Comparison) -> tuple[float, float | None, float | None] | None:
    """Difference and interval in margins, positive = better for the customer; null without a margin."""
    if comparison.difference is None or not comparison.margin:
        return None
    sign = (1 if kind.better == "higher" else -1) / comparison.margin
    ends = [None if end is None else end * sign for end in (comparison.lower, comparison.upper)]
    low, high = ends if sign > 0 else reversed(ends)
    return comparison.difference * sign, low, high


def _rows(score: Score) -> Iterator[dict[str, object]]:
    for row in score.rows:
        for name, comparison in (("market", row.market_comparison), ("limit", row.limit_comparison)):
            scaled = _scaled(kind_of(row.id), comparison) if comparison else None
            if comparison is None or scaled is None:
                continue
            what = f"{kind_of(row.id).title.split(',')[0]}, {name}"
            yield dict(zip(SCHEMA, (what, *scaled, comparison.verdict), strict=True))


def _panel(frame: pl.DataFrame) -> Spec:
    shown = frame.with_columns(
        *(pl.col(name).clip(-BEYOND, BEYOND) for name in ("margins", "lower", "upper")),
        shape=pl.when(pl.col("margins") < -BEYOND)
        .then(pl.lit("triangle-left"))
        .when(pl.col("margins") > BEYOND)
        .then(pl.lit("triangle-right"))
        .otherwise(pl.lit("circle")),
        label=pl.col("verdict").replace_strict(MARKS, default="") + "  " + pl.col("what"),
    )
    order = shown["label"].to_list()
    y = names_axis("label", order, 250)
    title = "worse  ◂  difference from the benchmark, in margins  ▸  better"
    x = {
        **quantitative(
            "margins", title, "+d", values=TICKS, tickCount=len(TICKS), labelOverlap=False, labelExpr=NO_PLUS
        ),
        "scale": {"domain": [-BEYOND - EDGE, BEYOND + EDGE], "nice": False},
    }
    band: Spec = {
        "data": {"values": [{"from": -1, "to": 1}]},
        "mark": {"type": "rect", "color": "#eceff2"},
        "encoding": {"x": {"field": "from", "type": "quantitative"}, "x2": {"field": "to"}},
    }
    dot: Spec = {
        "mark": {"type": "point", "filled": True, "size": 46, "color": INK, "opacity": 1},
        "encoding": {
            "x": x,
            "y": y,
            "shape": {"field": "shape", "type": "nominal", "scale": None},
            "color": {"condition": {"test": "datum.verdict == 'cannot_tell'", "value": SOFT}, "value": INK},
        },
    }
    return {
        "data": values(shown),
        "width": 380,
        "height": 16 * len(order),
        "layer": [band, zero_line(), whisker(y), dot],
    }


def differences_figure(score: Score) -> Figure | None:
    """The chart, or nothing when no difference was compared against a margin."""
    frame = pl.DataFrame(list(_rows(score)), schema=SCHEMA)
    if frame.is_empty():
        return None
    said = "; ".join(f"{row['what']}: {VERDICT_WORDS[row['verdict']]}" for row in frame.iter_rows(named=True))
    readable = frame.with_columns(pl.col("verdict").replace_strict(VERDICT_WORDS, default=""))
    return Figure(
        id="differences-chart",
        spec=_panel(frame),
        caption="Every difference on one scale. Grey band: within the margin, where a difference does not matter. A "
        "verdict needs the whole line on one side of zero and the dot outside the band (or the whole line inside it); "
        "grey marks cannot tell. A triangle: more than six margins off, see the scorecard.",
        alt=f"Differences from the benchmark in margins. {said}.",
        data=table_of(
            "differences", readable, FIELDS, "Differences from the benchmark, in margins; above zero is better"
        ),
    )
