"""Random flow by the thousand rows, drawn column by column: coarse times and prices, so that ties and gaps abound."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

ZONE = ZoneInfo("America/New_York")
DAYS = (date(2026, 3, 6), date(2026, 3, 9), date(2026, 11, 27))
"""The last day of winter time, the first of summer time, and a day that closes at 13:00."""

CLOSES = (time(16), time(16), time(13))
SYMBOLS = ("AA", "BB", "CC", "DD", "GONE")
VENUES = ("XNAS", "ARCX", "XNYS", "MEMX")
STEP_NS = 50_000_000
CENT = 10_000_000
SHARE = 10**9


def instant(day: date, clock: time) -> int:
    """UTC ns of a New York time."""
    return int(datetime.combine(day, clock, ZONE).timestamp()) * 10**9


class Flow:
    """Draws of one seed; every frame is canonical, with prices and shares at 1e-9."""

    def __init__(self, seed: int, quotes: int = 6000, orders: int = 1200) -> None:
        self._rng = np.random.default_rng(seed)
        self.frames = {"quotes": self._quotes(quotes), "trades": self._trades(quotes // 3)}
        self.frames["orders"] = self._orders(orders)
        self.frames["routes"] = self._routes(self.frames["orders"])
        self.frames["executions"] = self._executions(self.frames["orders"], self.frames["routes"])
        self.frames["hours"] = pl.DataFrame(
            {
                "day": [day.isoformat() for day in DAYS],
                "open_at": [instant(day, time(9, 30)) for day in DAYS],
                "close_at": [instant(day, close) for day, close in zip(DAYS, CLOSES, strict=True)],
            }
        )

    def _moments(self, count: int, seconds: int, lead: int = 0) -> pl.DataFrame:
        """`day, at`: some after the open, some before the close, `lead` seconds early at most."""
        which = self._rng.integers(0, len(DAYS), count)
        late = self._rng.random(count) < 0.3
        begin = np.array([instant(day, time(9, 30)) for day in DAYS])
        close = np.array([instant(day, end) for day, end in zip(DAYS, CLOSES, strict=True)])
        steps = self._rng.integers(-lead * 20, seconds * 20, count) * STEP_NS
        at = np.where(late, close[which] - seconds * 10**9 + np.abs(steps), begin[which] + steps)
        return pl.DataFrame({"day": np.array([day.isoformat() for day in DAYS])[which], "at": at})

    def _some(self, values: np.ndarray, missing: float) -> pl.Series:
        gone = self._rng.random(values.size) < missing
        return pl.Series([None if lost else value for lost, value in zip(gone, values.tolist(), strict=True)])

    def _quotes(self, count: int) -> pl.DataFrame:
        middle = self._rng.integers(1990, 2011, count)
        frame = self._moments(count, 600, lead=60)
        return frame.with_columns(
            pl.Series("symbol", self._rng.choice(SYMBOLS[:4], count)),
            pl.Series("sequence", np.arange(count)),
            self._some((middle - self._rng.integers(0, 4, count)) * CENT, 0.04).alias("bid"),
            self._some((middle + self._rng.integers(-1, 4, count)) * CENT, 0.04).alias("ask"),
            self._some(self._rng.integers(1, 6, count) * 100 * SHARE, 0.1).alias("bid_size"),
            self._some(self._rng.integers(1, 6, count) * 100 * SHARE, 0.1).alias("ask_size"),
        )

    def _trades(self, count: int) -> pl.DataFrame:
        return self._moments(count, 600, lead=20).with_columns(
            pl.Series("symbol", self._rng.choice(SYMBOLS, count)),
            pl.Series("sequence", np.arange(count)),
            pl.Series("price", self._rng.integers(3970, 4031, count) * (CENT // 2)),
            pl.Series("quantity", self._rng.integers(1, 4000, count) * (SHARE // 8)),
            self._some(self._rng.choice(VENUES, count), 0.1).alias("venue"),
            pl.Series("eligible", self._rng.random(count) < 0.9),
        )

    def _orders(self, count: int) -> pl.DataFrame:
        rng = self._rng
        kind = rng.choice(["market", "limit", "limit", "limit", "stop", "pegged", "market_on_close"], count)
        limit = np.where(kind == "limit", rng.integers(1985, 2016, count), 0) * CENT
        stop = np.where(kind == "stop", rng.integers(1990, 2011, count), 0) * CENT
        moments = self._moments(count, 500, lead=20).rename({"at": "received_at"})
        gone = pl.Series(rng.integers(1, 600, count) * 20 * STEP_NS)
        return moments.with_columns(
            pl.Series("order_id", [f"o{number:05}" for number in range(count)]),
            pl.Series("symbol", rng.choice(SYMBOLS, count, p=[0.24, 0.24, 0.24, 0.24, 0.04])),
            pl.Series("side", rng.choice(["buy", "sell", "sell_short"], count)),
            pl.Series("provider_id", rng.choice(["P1", "P2"], count)),
            pl.Series("held", rng.random(count) > 0.05),
            pl.Series("directed", rng.random(count) < 0.05),
            pl.Series("refused", rng.random(count) < 0.05),
            pl.Series("order_type", kind),
            pl.Series("limit_price", limit).replace(0, None),
            pl.Series("stop_price", stop).replace(0, None),
            pl.Series("time_in_force", rng.choice(["day", "day", "ioc", "fok"], count)),
            pl.Series("quantity", rng.integers(1, 6000, count) * (SHARE // 8)),
            self._some(np.ones(count, dtype=np.int64), 0.6).alias("cancels"),
            pl.Series("requested_by", rng.choice(["customer", "provider"], count)),
        ).with_columns(
            pl.when(pl.col("cancels") == 1).then(pl.col("received_at") + gone).alias("cancelled_at"),
            pl.when(pl.col("cancels") == 1).then(pl.col("quantity") // 2).alias("cancelled_quantity"),
        ).drop("cancels")  # fmt: skip

    def _routes(self, orders: pl.DataFrame) -> pl.DataFrame:
        rng = self._rng
        some = orders.filter(pl.Series(rng.random(orders.height) < 0.8) & ~pl.col("refused"))
        columns = ["order_id", "symbol", "side", "day", "quantity"]
        first = some.select(
            *columns,
            pl.format("{}-1", "order_id").alias("route_id"),
            pl.lit(None, dtype=pl.String).alias("parent_route_id"),
            pl.lit(1).alias("hop"),
            (pl.col("received_at") + pl.Series(rng.integers(0, 8, some.height) * STEP_NS)).alias("sent_at"),
            self._some(rng.choice(VENUES, some.height), 0.7).alias("venue"),
        )
        split = pl.concat([first, first]).filter(pl.Series(rng.random(2 * first.height) < 0.6))
        later = pl.Series(rng.integers(0, 6, split.height) * STEP_NS)
        second = split.with_row_index("number").select(
            *columns,
            pl.format("{}-{}", "route_id", "number").alias("route_id"),
            pl.col("route_id").alias("parent_route_id"),
            pl.lit(2).alias("hop"),
            (pl.col("sent_at") + later).alias("sent_at"),
            pl.Series("venue", rng.choice(VENUES, split.height)),
        )
        routes = pl.concat([first, second])
        own = self._some(rng.choice(["P1", "P2", "P3"], routes.height), 0.8)
        waits = self._some(rng.integers(1, 10, routes.height) * STEP_NS, 0.3)
        refused = self._some(rng.integers(1, 10, routes.height) * STEP_NS, 0.9)
        return routes.with_columns(
            (pl.col("sent_at") + waits).alias("acknowledged_at"),
            (pl.col("sent_at") + refused).alias("rejected_at"),
            own.alias("provider_id"),
        )

    def _executions(self, orders: pl.DataFrame, routes: pl.DataFrame) -> pl.DataFrame:
        rng = self._rng
        through = routes.filter(pl.Series(rng.random(routes.height) < 0.6)).select(
            "order_id", "symbol", "side", "day", pl.col("sent_at").alias("begun"), "route_id"
        )
        unrouted = orders.filter(pl.Series(rng.random(orders.height) < 0.3)).select(
            "order_id", "symbol", "side", "day", pl.col("received_at").alias("begun"),
            pl.lit(None, dtype=pl.String).alias("route_id"),
        )  # fmt: skip
        rows = pl.concat([through, unrouted])
        count = rows.height
        return rows.select(
            pl.Series("execution_id", [f"x{number:05}" for number in range(count)]),
            "order_id", "symbol", "side", "day", "route_id",
            (pl.col("begun") + pl.Series(rng.integers(0, 3000, count) * STEP_NS)).alias("executed_at"),
            pl.Series("price", rng.integers(19900, 20101, count) * (CENT // 10)),
            pl.Series("quantity", rng.integers(1, 3000, count) * (SHARE // 8)),
            self._some(rng.choice(VENUES, count), 0.1).alias("venue"),
            self._some(rng.integers(0, 300, count) * (CENT // 10), 0.4).alias("fee"),
            self._some(rng.integers(0, 300, count) * (CENT // 10), 0.7).alias("rebate"),
            self._some(rng.integers(0, 300, count) * (CENT // 10), 0.7).alias("payment"),
            pl.Series("status", np.where(rng.random(count) < 0.03, "busted", "new")),
            self._some(rng.choice(["P1", "P2", "P3"], count), 0.8).alias("provider_id"),
        )  # fmt: skip
