#!/usr/bin/env python3
"""Reference numbers for queues: isotonic regression by scipy, times with unseen ends by statsmodels.

    pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0
    python3 queues.py > queues.json

The inputs stand in the output, so that the tests need no random numbers of their own."""
import json
import math

import numpy as np
from scipy.optimize import isotonic_regression
from statsmodels.duration.survfunc import SurvfuncRight

rng = np.random.default_rng(20261116)


def isotonic(values, weights):
    values, weights = np.round(values, 4), np.round(weights, 2)
    fitted = isotonic_regression(values, weights=weights).x
    return {"values": values.tolist(), "weights": weights.tolist(), "fitted": fitted.tolist()}


def lasting(times, ended):
    survival = SurvfuncRight(times, ended.astype(int))
    quantiles = []
    for q in (0.07, 0.31, 0.52, 0.83, 0.94):  # shares at which no curve has a step
        # statsmodels answers NaN where the share that lasts never falls so far.
        at = float(survival.quantile(q))
        quantiles.append([q, None if math.isnan(at) else at])
    return {"times": times.tolist(), "ended": ended.tolist(), "quantiles": quantiles}


n = 30
print(json.dumps({"made_by": "tests/references/queues.py", "isotonic": [
    isotonic(np.linspace(0, 3, n) + rng.normal(0, 0.4, n), np.ones(n)),
    isotonic(np.linspace(0, 1, n) + rng.normal(0, 1.0, n), rng.uniform(0.2, 5, n)),
    isotonic(-np.linspace(0, 1, n), rng.uniform(0.2, 5, n)),
    isotonic(np.round(rng.normal(0, 1, n)), np.ones(n)),
], "lasting": [
    lasting(np.round(rng.exponential(9, 25), 1), rng.random(25) < 0.7),
    lasting(np.round(rng.exponential(9, 40)) + 1, rng.random(40) < 0.5),
    lasting(np.round(rng.exponential(9, 20)) + 1, np.ones(20, bool)),
]}, indent=1))
