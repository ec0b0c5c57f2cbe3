"""Judge a day that is to be closed and was not judged with all of its data, as a watch leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.monitoring.close_day import standing
from routeproof.app.monitoring.day_over import end_of_day
from routeproof.app.monitoring.run_day import run_day
from routeproof.app.objects.entitled import require_entitled
from routeproof.app.objects.fold import object_of
from routeproof.governance.day import DAY, OVER, judged_early

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.monitoring.run_day import DayRun


def judge_before_close(context: Context, day: date, told: Callable[[str], None] = lambda _: None) -> DayRun | None:
    """Judge a day that is to be closed, unless it was judged since its last data came and after it was over.

    A watch alone judges what it has seen; rules of whole days need the day. Null where there is nothing to do: the
    same for a day that is not over or is closed, and where nobody is named, which `close_day` refuses. `told` hears
    what takes its time.

    Raises:
        RefusalError: who acts may not close days.
    """
    if context.acting is None:
        return None
    require_entitled(context, context.acting, "day.close")
    if end_of_day(context, day) != OVER or object_of(context.records, DAY, day.isoformat()) is not None:
        return None
    found = standing(context, context.records, day)
    if found["manifest"] is not None and not found["stale"] and not judged_early(found["unjudged"]):
        return None
    told(f"judging {day}")
    return run_day(context, day, told=told)
