#!/usr/bin/env python3
"""Reference numbers for levels that move together: scipy's Spearman correlation of the daily changes.

    pip install numpy==2.4.6 scipy==1.17.1
    python3 together.py > together.json

Intervals are of 90 %, by Fisher's z with the variance 1.06 / (n - 3) of ranks, n being the effective number of pairs of
Pyper & Peterman (1998), at least four. Days that are null are holes. The inputs stand in the output."""
import json

import numpy as np
import scipy.stats as st

rng = np.random.default_rng(20261129)


def ar1(n, phi, sd):
    out = np.empty(n)
    out[0] = rng.normal(0, sd / np.sqrt(1 - phi**2))
    for i in range(1, n):
        out[i] = phi * out[i - 1] + rng.normal(0, sd)
    return out


def effective(x, y):
    n = len(x)

    def r(v, k):
        v = v - v.mean()
        return (v[k:] * v[:-k]).sum() / (v * v).sum()

    inverse = 1 / n + 2 / n * sum((n - k) / n * r(x, k) * r(y, k) for k in range(1, n // 5 + 1))
    return n if inverse <= 1 / n else max(4.0, 1 / inverse)


def case(name, a, b):
    a = [None if v is None else round(float(v), 4) for v in a]
    b = [None if v is None else round(float(v), 4) for v in b]
    known = lambda v, d: v[d] is not None and v[d - 1] is not None
    days = [d for d in range(1, len(a)) if known(a, d) and known(b, d)]
    x = st.rankdata([a[d] - a[d - 1] for d in days])
    y = st.rankdata([b[d] - b[d - 1] for d in days])
    r = float(st.spearmanr(x, y).statistic)
    error = np.sqrt(1.06 / (effective(x, y) - 3))
    z, reach = np.arctanh(r), st.norm.ppf(0.95) * error
    return {"name": name, "a": a, "b": b, "correlation": r, "low": float(np.tanh(z - reach)),
            "high": float(np.tanh(z + reach)), "changes": len(days), "p_value": float(st.norm.sf(z / error))}


t = np.arange(60)
cpu = 0.4 + 0.002 * t + ar1(60, 0.5, 0.02)
holed = lambda v, holes: [None if i in holes else x for i, x in enumerate(v)]
print(json.dumps({"made_by": "tests/references/together.py", "cases": [
    case("together", 1.0 + 3.0 * (cpu - 0.4) + ar1(60, 0.0, 0.03), cpu),
    case("two trends only", 1.0 + 0.005 * t + ar1(60, 0.6, 0.03), cpu),
    case("with holes", holed(1.0 + 3.0 * (cpu - 0.4) + ar1(60, 0.0, 0.05), {10, 11, 30}), holed(cpu, {31, 50})),
    case("whole numbers with ties", np.round(20 + 0.1 * t + ar1(60, 0.3, 2.0)), np.round(100 * cpu)),
]}))
