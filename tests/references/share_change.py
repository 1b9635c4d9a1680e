#!/usr/bin/env python3
"""Reference numbers for the change of a share: scipy's beta-binomial likelihood, integrated over shares and correlations on a
grid of its own, far finer and wider than the program's.

    pip install numpy==2.4.6 scipy==1.17.1
    python3 share_change.py > share_change.json

The model: no change, or with even odds a change that comes evenly on the logits or at once on one of the days 7, 9, ..; the
share before has Jeffreys' prior, the change of logits is a mixture of normals (0.7 of deviation 1, 0.3 of deviation 3), the
correlation one of eight. A rise is told from half as much more and a thousandth on,
if the last week lies above what the share at the start may have been. The inputs stand in the output."""
import json

import numpy as np
from scipy.stats import betabinom, binom, norm

RHO = [0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.6]


def loglik(share, rho, n, k):
    if rho == 0:
        return binom.logpmf(k, n, share)
    both = (1 - rho) / rho
    return betabinom.logpmf(k, n, share * both, (1 - share) * both)


def judged(n, k, low, high, points):
    days = len(n)
    logits = np.linspace(low, high, points)
    h = logits[1] - logits[0]
    shares = 1 / (1 + np.exp(-logits))
    prior = np.sqrt(shares * (1 - shares)) / np.pi * h
    apart = logits[None, :] - logits[:, None]
    change = (0.7 * norm.pdf(apart, 0, 1) + 0.3 * norm.pdf(apart, 0, 3)) * h
    steps = range(7, days - 7, 2)
    tables = [np.array([[loglik(s, rho, n[d], k[d]) for s in shares] for d in range(days)]) for rho in RHO]
    top = max(t.sum(0).max() for t in tables)
    none = np.zeros(points)
    pairs = np.zeros((points, points))
    at_step = np.zeros(days)
    even = 0.0
    t = np.arange(days) / (days - 1)
    for table in tables:
        none += np.exp(table.sum(0) - top) * prior
        sums = np.vstack([np.zeros(points), np.cumsum(table, 0)])
        for c in steps:
            old, new = sums[c], sums[-1] - sums[c]
            w = 0.5 / len(steps) * prior[:, None] * change * np.exp(old[:, None] + new[None, :] - top)
            pairs += w
            at_step[c] += w.sum()
        total = np.zeros((points, points))
        index = np.arange(points)
        for d in range(days):  # day by day, where the program takes weeks
            total += np.interp(logits[:, None] + apart * t[d], logits, table[d])
        w = 0.5 * prior[:, None] * change * np.exp(total - top)
        pairs += w
        even += w.sum()
    less, more = shares[:, None], shares[None, :]
    rise = (more >= 1.5 * less) & (more - less >= 0.001)
    fall = (less >= 1.5 * more) & (less - more >= 0.001)
    all_ = pairs.sum() + none.sum()
    now = (pairs.sum(0) + none) / all_
    before = (pairs.sum(1) + none) / all_
    quantile = lambda w: [float(np.interp(q, np.cumsum(w) - w / 2, shares)) for q in (0.05, 0.5, 0.95)]
    since = int(np.argmax(at_step)) if at_step.sum() > even else None
    low, _, high = quantile(before)
    lately = k[-7:].sum() / n[-7:].sum()
    rises = float(pairs[rise].sum() / all_) if lately > high else 0.0
    falls = float(pairs[fall].sum() / all_) if lately < low else 0.0
    return dict(rises=rises, falls=falls, now=quantile(now), before=[low, quantile(before)[1], high], since=since)


rng = np.random.default_rng(20261129)
days = 60


def case(name, n, k, low, high):
    n, k = np.asarray(n), np.asarray(k)
    return dict(name=name, days=[[d, int(n[d]), int(k[d])] for d in range(days)], **judged(n, k, low, high, 241))


hourly = np.full(days, 24)
often = np.full(days, 288)
step = np.where(np.arange(days) < 40, 0.01, 0.05)
even = 1 / (1 + np.exp(-(np.log(0.02 / 0.98) + 1.3 * np.arange(days) / 59)))
outages = rng.binomial(often, 0.002) + np.where(np.isin(np.arange(days), [11, 25, 52]), 130, 0)
print(json.dumps({"made_by": "tests/references/share_change.py", "cases": [
    case("steady", hourly, rng.binomial(hourly, 0.03), -7, 0),
    case("at once", often, rng.binomial(often, step), -7, -1),
    case("evenly", hourly * 4, rng.binomial(hourly * 4, even), -7, 0),
    case("three outages", often, outages, -9, 1),
    case("correlated, at once", often, rng.binomial(often, rng.beta(step * 30, (1 - step) * 30)), -7, 0),
    case("never", hourly, np.zeros(days, int), -14, -2),
]}))
