#!/usr/bin/env python3
"""Reference numbers for the statistics: trend tests from pymannkendall, slopes from scipy, quantiles from numpy.

    pip install numpy==2.4.6 scipy==1.17.1 pymannkendall==1.4.3
    python3 statistics.py > statistics.json

Slopes with the interval that autocorrelation leaves are least squares by scipy with the effective sample size of
Santer et al. (2000), at least four, and Student's t of scipy.

The inputs stand in the output, so that the tests need no random numbers of their own."""
import json

import numpy as np
import pymannkendall
import scipy.stats

rng = np.random.default_rng(20261116)


def ar1(n, phi, sd):
    noise = rng.normal(0, sd, n)
    out = np.empty(n)
    out[0] = noise[0]
    for i in range(1, n):
        out[i] = phi * out[i - 1] + noise[i]
    return out


SERIES = {
    "white noise": rng.normal(0, 1, 60),
    "rising": 0.05 * np.arange(60) + rng.normal(0, 1, 60),
    "autocorrelated": ar1(90, 0.7, 1.0),
    "autocorrelated and rising": 0.06 * np.arange(90) + ar1(90, 0.5, 1.0),
    "ties": np.round(0.03 * np.arange(50) + rng.normal(0, 0.6, 50)),
    "falling": -0.2 * np.arange(28) + rng.normal(0, 1, 28),
}

cases = []
for name, values in SERIES.items():
    values = [round(float(v), 4) for v in values]
    test = pymannkendall.hamed_rao_modification_test(values)
    slope = scipy.stats.theilslopes(values, np.arange(len(values)))[0]
    cases.append({
        "name": name,
        "values": values,
        "z": float(test.z),
        "p": float(test.p),
        "variance": float(test.var_s),
        "slope": float(slope),
        "quantiles": {str(q): float(np.quantile(values, q)) for q in (0.05, 0.5, 0.9)},
    })
RESIDUALS = {
    "independent weeks": [0.3, -0.2, 0.5, 0.4, -0.6, -0.1, 0.2, -0.4, 0.1, 0.6, -0.3, -0.5, 0.2],
    "autocorrelated weeks": [0.1, 0.3, 0.5, 0.4, 0.2, -0.1, -0.3, -0.2, -0.4, 0.1, 0.0, 0.2, -0.1],
}


def growth_rate(residuals):
    """[slope, low, high] in hundredths in 30 days of 0.001 a day and 0.002 times the residuals, a week apart."""
    x = 7.0 * np.arange(len(residuals))
    y = 0.001 * x + 0.002 * np.array(residuals)
    line = scipy.stats.linregress(x, y)
    left = y - line.intercept - line.slope * x
    correlation = max(0.0, float((left[1:] * left[:-1]).sum() / (left**2).sum()))
    independent = max(4.0, len(x) * (1 - correlation) / (1 + correlation))
    error = np.sqrt((left**2).sum() / (independent - 2) / ((x - x.mean()) ** 2).sum())
    reach = scipy.stats.t.ppf(0.95, independent - 2) * error
    return [3000 * float(v) for v in (line.slope, line.slope - reach, line.slope + reach)]


growth_rates = [{"name": n, "residuals": r, "rate": growth_rate(r)} for n, r in RESIDUALS.items()]
print(json.dumps({"made_by": "tests/references/statistics.py", "cases": cases, "growth_rates": growth_rates}, indent=1))
