"""Numbers for the tests of src/models/load_ridge.rs and load_smoothing.rs, by numpy alone: numpy 2.

A load of 600 hours with a day, a week and a little that never repeats; the regression's normal equations are solved by
numpy.linalg.solve, the smoothing is Taylor's recursion written out.
"""
import numpy as np

t = np.arange(600)
load = 50 + 30 * np.sin(2 * np.pi * t / 24) + 10 * np.cos(2 * np.pi * t / 168) + 4 * np.sin(0.7 * t * t)


def ridge(load, lags, harmonics, half_life, ahead):
    v = load ** 0.25
    mean, sd = v.mean(), v.std()
    z = list((v - mean) / sd)
    longest = lags[-1]

    def row(t):
        waves = [f(2 * np.pi * (k + 1) * (t % 24) / 24) for k in range(harmonics) for f in (np.sin, np.cos)]
        return np.array([1.0] + [z[t - lag] for lag in lags] + waves)

    X = np.array([row(t) for t in range(longest, len(z))])
    y = np.array(z[longest:])
    w0 = 0.5 ** (np.arange(len(y))[::-1] / half_life) if half_life else np.ones(len(y))

    def solve(w):
        P = np.full(X.shape[1], 1e-4)
        P[0] = 1e-6
        return np.linalg.solve(X.T @ (X * w[:, None]) + np.diag(P * w.sum()), X.T @ (w * y))

    b = solve(w0)
    for _ in range(2):
        r = y - X @ b
        full = 1.4826 * np.median(np.abs(r - np.median(r)))
        b = solve(w0 * full / np.maximum(np.abs(r), full))
    for _ in range(ahead):
        z.append(np.clip(row(len(z)) @ b, -6, 6))
    return (mean + sd * np.array(z[len(load):])) ** 4


def smooth(load, a, d, w, ahead):
    floor = 1e-3 * load.mean()
    y = np.log(load + floor)
    first = y[:336]
    level = first.mean()
    day = np.array([(first[h::24] - level).sum() / 14 for h in range(24)])
    week = np.array([sum(y[s + 168 * k] - level - day[s % 24] for k in range(2)) / 2 for s in range(168)])
    errors = []
    for t, v in enumerate(y):
        i, j = t % 24, t % 168
        e = v - level - day[i] - week[j]
        errors.append(e)
        old = level
        level += a * e
        day[i] += d * (v - old - week[j] - day[i])
        week[j] += w * (v - old - day[i] - week[j])
    e = np.array(errors)
    after, before = e[168:], e[167:-1]
    phi = np.clip(after @ before / (before @ before), 0, 0.995)
    n = len(y)
    out = [np.exp(level + day[(n + k) % 24] + week[(n + k) % 168] + phi ** (k + 1) * e[-1]) - floor for k in range(ahead)]
    return np.array(out)


near = [1, 2, 3, 22, 23, 24, 25, 26, 48, 49, 167, 168, 169, 170, 171]
for h, hl in ((0, 336), (3, None)):
    print("ridge", h, hl, ridge(load, near, h, hl, 48)[[0, 11, 47]])
print("smooth", smooth(load, 0.03, 0.22, 0.12, 48)[[0, 11, 47]])
