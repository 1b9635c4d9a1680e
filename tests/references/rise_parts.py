#!/usr/bin/env python3
"""Reference numbers for rises in parts: statsmodels' least squares with a constant for each weekday.

    pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0
    python3 rise_parts.py > rise_parts.json

Intervals are of 90 %, with the effective sample size of Santer et al. (2000) and Student's t of scipy. The inputs stand in
the output, so that the tests need no random numbers of their own."""
import json

import numpy as np
import scipy.stats
import statsmodels.api as sm

rng = np.random.default_rng(20261129)
DAYS = 63
FIRST = 20701  # 2026-09-05, a Saturday


def ar1(n, phi, sd):
    out = np.empty(n)
    out[0] = rng.normal(0, sd / np.sqrt(1 - phi**2))
    for i in range(1, n):
        out[i] = phi * out[i - 1] + rng.normal(0, sd)
    return out


def slope(x, y, days):
    """[middle, reach] of y on x and a constant for each weekday."""
    weekday = (days + 3) % 7
    columns = np.column_stack([x] + [(weekday == w).astype(float) for w in range(7)])
    fit = sm.OLS(y, columns).fit()
    left = fit.resid
    correlation = max(0.0, float((left[1:] * left[:-1]).sum() / (left**2).sum()))
    free = max(2.0, len(x) * (1 - correlation) / (1 + correlation) - 8)
    # The standard error of statsmodels is with n - 8 degrees of freedom.
    error = fit.bse[0] * np.sqrt(fit.df_resid / free)
    return float(fit.params[0]), float(scipy.stats.t.ppf(0.95, free) * error)


def case(name, course, parts, missing=()):
    days = np.array([FIRST + d for d in range(DAYS) if d not in missing])
    x = np.array([round(float(course(d - FIRST)), 6) for d in days])
    values = np.array([[round(float(part[d - FIRST]), 5) for part in parts] for d in days])
    whole = values.sum(axis=1)
    middle, reach = slope(x, whole, days)
    changes, shares = [], []
    for part in values.T:
        own, own_reach = slope(x, part, days)
        share = own / middle
        _, apart = slope(x, part - share * whole, days)
        changes.append([own, own - own_reach, own + own_reach])
        shares.append([share, share - apart / middle, share + apart / middle])
    return {"name": name, "days": days.tolist(), "course": x.tolist(), "values": values.tolist(),
            "whole": [middle, middle - reach, middle + reach], "parts": changes, "shares": shares}


t = np.arange(DAYS)
office = np.where((t + FIRST + 3) % 7 < 5, 0.3, 0.0)
ramp = lambda d: d / (DAYS - 1)
late = lambda d: max(0.0, (d - 20) / (DAYS - 21))
cases = [
    case("one stage of three, a ramp", ramp,
         [0.2 + ar1(DAYS, 0.0, 0.01), 0.5 + office + ar1(DAYS, 0.3, 0.03), 1.0 + 0.4 * t / (DAYS - 1) + ar1(DAYS, 0.5, 0.03)]),
    case("two stages, one falls, since a day, days missing", late,
         [1.0 + 0.6 * np.maximum(0, (t - 20) / (DAYS - 21)) + ar1(DAYS, 0.6, 0.02), 0.8 - 0.1 * np.maximum(0, (t - 20) / (DAYS - 21)) + office + ar1(DAYS, 0.0, 0.02)],
         missing=(3, 4, 30, 31, 50)),
]
print(json.dumps({"made_by": "tests/references/rise_parts.py", "cases": cases}, indent=1))
