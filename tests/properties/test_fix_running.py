"""What an order had filled by then, where no report says, is what its fills come to that stand by then."""

import io
import random

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from fix_chaos import framed
from routeproof.sources.fix.fold.fold import fold_messages
from routeproof.sources.fix.tokenizer import tokenize


def told(seed: int) -> tuple[list[bytes], list[int]]:
    """A log that mostly leaves out 14, and what each order's cancel leaves unfilled; worked out fill by fill."""
    chance, log, left = random.Random(seed), [], []  # noqa: S311 nothing secret
    for order in range(chance.choice((1, 3))):
        names = [(11, f"A{order}"), (37, f"O{order}"), (55, "IBM"), (54, 1)]
        at = f"20260105-15:{order:02d}"
        log.append(framed([(35, "D"), (49, "FIRM"), (56, "SOR"), (34, order), (52, f"{at}:00"), *names, (38, 1000)]))
        fills: dict[str, int] = {}
        latest: dict[str, str] = {}
        for step in range(1, chance.choice((4, 12))):
            said, name, shares = [(35, "8"), (49, "SOR"), (56, "FIRM"), *names], f"E{step}", chance.choice((5, 10))
            kind = chance.choice("FFGH") if fills else "F"
            if kind == "F":
                fills[name], latest[name] = shares, name
                said.append((17, name))
            else:
                fill = chance.choice(sorted(fills))
                said += [(17, name), (19, chance.choice((fill, latest[fill])))]
                fills[fill] = shares if kind == "G" else 0
                latest[fill] = name if kind == "G" else latest[fill]
            stated = [(14, sum(fills.values()))] if chance.random() < 0.3 else []
            said += [(34, step), (52, f"{at}:{step:02d}"), (150, kind), (39, 1), (32, shares), (31, 10), *stated]
            log.append(framed(said))
            if chance.random() < 0.2:
                again = [field for field in said if field[0] not in (34, 52)]
                log.append(framed([*again, (34, 20 + step), (52, f"{at}:{20 + step}"), (58, "once more")]))
        over = [(35, "8"), (49, "SOR"), (56, "FIRM"), *names, (17, "X"), (34, 50), (52, f"{at}:50"), (150, 4), (39, 4)]
        log.append(framed(over))
        left.append(1000 - sum(fills.values()))
    return log, left


@examples(20, more_by_night=400)
@given(seed=st.integers(0, 1 << 40))
def test_a_cancel_without_a_total_leaves_what_does_not_stand_filled(seed: int) -> None:
    """Fills, busts and corrections, some told again and some with a total: 1000 less those that stand by then."""
    log, left = told(seed)
    random.Random(seed).shuffle(log)  # noqa: S311 nothing secret
    (piece,) = tokenize(io.BytesIO(b"".join(log)), name="log", source_id="s")
    routes = fold_messages(piece.messages).tables["routes"].sort("sent_at")
    assert (routes["cancelled_quantity"] // 10**9).to_list() == left
    assert routes.schema["cancelled_quantity"] == pl.Int64
