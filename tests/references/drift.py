#!/usr/bin/env python3
"""Reference numbers for the drift model's evidence: generalised least squares by statsmodels with the covariance of
each noise written out, and the likelihoods with the change left for the fleet to integrate out.

    pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0
    python3 drift.py > drift.json

The inputs stand in the output, so that the tests need no random numbers of their own."""
import json

import numpy as np
import statsmodels.api as sm

SHORT, WHITE = 0.1, 0.02
LONG = [0.35, 0.7, 1.4, 2.8, 5.6]
SHARES = [0.9, 0.75, 0.5, 0.25, 0.0]
NOISES = [(LONG[0], 1.0)] + [(tau, share) for tau in LONG for share in SHARES]


def covariance(times, noise):
    long, share = NOISES[noise]
    apart = np.abs(times[:, None] - times[None, :])
    return share * np.exp(-apart / SHORT) + (1 - share) * np.exp(-apart / long) + WHITE * np.eye(len(times))


def case(name, rng, n, step, noise, holes, trend, fixed):
    times = np.arange(n) * step
    levels = trend(times) + rng.multivariate_normal(np.zeros(n), 0.01 * covariance(times, noise))
    levels = np.round(levels, 5)
    known = np.ones(n, bool)
    known[holes] = False
    y, t = levels[known], times[known]
    v = covariance(t, noise)
    inverse = np.linalg.inv(v)
    logdet = np.linalg.slogdet(v)[1]
    span = times[-1]
    at = span * 0.6
    nuisance = np.column_stack([np.ones(len(t))] + [np.asarray(f)[known] for f in fixed])
    freedom = len(t) - nuisance.shape[1]
    base = -0.5 * logdet - 0.5 * np.linalg.slogdet(nuisance.T @ inverse @ nuisance)[1]

    def rest(x):
        fit = sm.GLS(y, x, sigma=v).fit()
        return fit, float(fit.wresid @ fit.wresid)

    _, none = rest(nuisance)
    fits = []
    for shape in (t / span, (t >= at).astype(float)):
        fit, left = rest(np.column_stack([nuisance, shape]))
        size = float(fit.params[-1])
        xx = 1 / float(fit.normalized_cov_params[-1, -1])
        error = np.sqrt(left / ((freedom - 3) * xx))
        fits.append([size, float(error), float(base - 0.5 * freedom * np.log(left) + np.log(error))])
    out = [None if not k else float(v) for v, k in zip(levels, known)]
    return {"name": name, "step": step, "levels": out, "noise": noise, "step_at": float(at),
            "fixed": [list(map(float, f)) for f in fixed], "steady": float(base - 0.5 * freedom * np.log(none)),
            "fits": fits}


rng = np.random.default_rng(20261116)
jump = (np.arange(60) >= 20).astype(float)
print(json.dumps({"made_by": "tests/references/drift.py", "cases": [
    case("by quarters, flat", rng, 120, 0.25, 3, [], lambda t: 0 * t, []),
    case("by quarters, rising, holes", rng, 120, 0.25, 13, [0, 7, 8, 9, 50, 119], lambda t: 0.01 * t, []),
    case("by days, short memory", rng, 60, 1.0, 0, [3, 4], lambda t: 0.2 * (t >= 36), []),
    case("by days, a step held to be there", rng, 60, 1.0, 22, [31], lambda t: 0.3 * (t >= 20), [jump]),
]}, indent=1))
