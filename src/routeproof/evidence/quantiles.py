"""Student t tail areas and quantiles, for any positive, also fractional, degrees of freedom.

scipy is imported inside the functions: a command that needs no verdict never pays for loading it.
"""

import math


def student_quantile(probability: float, df: float) -> float:
    """Return the value that a Student t variable with `df` degrees of freedom stays below with `probability`."""
    from scipy.special import stdtrit  # noqa: PLC0415 - loading scipy is slow and only verdicts need it

    return float(stdtrit(df, probability))


def two_sided_p(statistic: float, df: float) -> float:
    """Return the chance that |Student t| with `df` degrees of freedom reaches |`statistic`|."""
    from scipy.special import stdtr  # noqa: PLC0415 - as above

    return float(2.0 * stdtr(df, -abs(statistic)))


def settle(number: float) -> float:
    """Keep 12 significant digits, so that the last bits of another machine's vector unit do not show."""
    return float(f"{number:.12g}")


def rounded_down(number: float, decimals: int = 1) -> float:
    """Round down for print, so that what falls short of a limit is never printed as the limit."""
    factor = 10.0**decimals
    return math.floor(settle(number * factor)) / factor
