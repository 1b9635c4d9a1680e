"""Delays: probes, delivery delay by stage, and queues; which of them rise, and by how much."""

from clock import AS_OF, DAY, HISTORY_DAYS, START, at, in_campaign, use
from loads import Noisy, messages_law

# The slow rise: from RISE_FROM on, in a straight line, up to so many percent more at the as-of moment.
RISE_FROM = AS_OF - 75 * DAY
PROBES = {  # seconds at night, what working hours add as a share, rise in percent
    "imap_login_read": (.182, .22, 0), "inbound": (11.4, .30, 0), "outbound": (7.9, .28, 30),
    "webmail_login": (.438, .35, 0), "folder_switch": (.121, .30, 0), "calendar": (.296, .25, 0),
    "contacts": (.214, .22, 0),
}
STAGES = {  # mean seconds a message, what working hours add as a share, rise in percent
    "before_queue_manager": (.21, .10, 0), "queue_manager": (.34, .35, 0),
    "connection_setup": (.58, .12, 0), "transmission": (.92, .08, 67),
}
INCIDENT = (at("2026-10-20", 7), at("2026-10-20", 23), 4.0)  # inbound four times as slow for a day
DEFERRED_RISE = {"out02": 190.0}  # percent over the whole history, in a straight line
TARGET_RESPONSE = (.148, .45)     # the webmail load balancer, seconds

RESTARTS = {  # counters start again from zero
    "out01": [at("2026-08-20", 4), at("2026-10-16", 4)], "out02": [at("2026-10-16", 4)],
    "out03": [at("2026-09-25", 4)], "out04": [at("2026-10-30", 5)], "mx01": [at("2026-09-10", 3)],
    "mx03": [at("2026-11-03", 11)], "rt02": [at("2026-08-12", 3)], "ms04": [at("2026-10-27", 22)],
}


def rise(t, percent):
    """The factor of the slow rise."""
    if t <= RISE_FROM:
        return 1.0
    return 1 + percent / 100 * (t - RISE_FROM) / (AS_OF - RISE_FROM)


def probe_law(probe, t):
    """Expected seconds."""
    base, day, percent = PROBES[probe]
    value = base * (1 + day * use(t)) * rise(t, percent)
    return value * INCIDENT[2] if probe == "inbound" and INCIDENT[0] <= t < INCIDENT[1] else value


def probe_series(probe, times):
    """(seconds, success) of each try: now and then one is slow, seldom one fails (and is then slow too)."""
    noisy, out = Noisy(f"probe/{probe}", own=0, days_sd=.02, scatter=.09, minutes=3), []
    for t in times:
        value, dice = noisy(t, probe_law(probe, t)), noisy.random.random()
        if dice < .006:
            value *= noisy.random.uniform(2, 4)
        out.append((round(value, 4 if value < 1 else 3), 0 if dice < .0012 else 1))
    return out


def stage_law(stage, t):
    """Expected seconds that a message spends in a stage."""
    base, day, percent = STAGES[stage]
    return base * (1 + day * use(t)) * rise(t, percent)


def delivery_counters(host, times):
    """(count, {stage: sum of seconds}) at `times`, each a running total that restarts in RESTARTS."""
    volume, noisy = Noisy(f"delivered/{host}"), {s: Noisy(f"delay/{host}/{s}", own=.03, days_sd=.02) for s in STAGES}
    count, sums, rows = 48_211, {s: 48_211 * STAGES[s][0] for s in STAGES}, []
    for before, t in zip([times[0]] + times[:-1], times):
        if any(before < r <= t for r in RESTARTS.get(host, ())):
            count, sums = 0, {s: 0.0 for s in STAGES}
        n = round(volume(t, messages_law("outbound", t)) * (t - before) * .93)
        count += n
        for s in STAGES:
            sums[s] += n * noisy[s](t, stage_law(s, t))
        rows.append((count, {s: round(x, 2) for s, x in sums.items()}))
    return rows


def removed_counter(host, pool, times):
    """Messages that left the queue, a running total."""
    noisy, count, rows = Noisy(f"removed/{host}"), 910_377, []
    for before, t in zip([times[0]] + times[:-1], times):
        if any(before < r <= t for r in RESTARTS.get(host, ())):
            count = 0
        count += round(noisy(t, messages_law(pool, t)) * (t - before))
        rows.append(count)
    return rows


QUEUES = {  # (messages at night, what working hours add): active, deferred
    "mx": ((6, 22), (31, 18)), "routing": ((3, 9), (4, 3)), "outbound": ((18, 70), (128, 46)),
    "submission": ((3, 21), (0, 0)),
}


def queue_law(host, pool, queue, t):
    """Expected messages in a queue."""
    night, day = QUEUES[pool][queue == "deferred"]
    value = night + day * use(t)
    if queue == "deferred":
        value *= 1 + DEFERRED_RISE.get(host, 0) / 100 * (t - START) / (HISTORY_DAYS * DAY)
    if in_campaign(t) and pool in ("mx", "outbound"):
        value *= 1.5
    return value


def queue_series(host, pool, queue, times):
    """Messages in a queue at `times`: around the law, and scattered as counts are."""
    noisy = Noisy(f"queue/{host}/{queue}", scatter=.16 if queue == "active" else .10, minutes=90, days_sd=.05)
    levels = [noisy(t, queue_law(host, pool, queue, t)) for t in times]
    return [max(0, round(noisy.random.gauss(v, 0.6 * v ** 0.5))) for v in levels]


def trend(law):
    """Theil-Sen of a law's daily medians over the whole history: percent of the starting level a month."""
    days = []
    for d in range(HISTORY_DAYS):
        values = sorted(law(START + d * DAY + h * 3600) for h in range(24))
        days.append((values[11] + values[12]) / 2)
    slopes = sorted((days[j] - days[i]) / (j - i) for i in range(len(days)) for j in range(i + 1, len(days)))
    slope = slopes[len(slopes) // 2]
    level = sorted(y - slope * i for i, y in enumerate(days))[len(days) // 2]
    return {"percent_per_month": round(100 * slope * 30 / level, 2),
            "percent_over_span": round(100 * slope * HISTORY_DAYS / level, 2), "span_days": HISTORY_DAYS}
