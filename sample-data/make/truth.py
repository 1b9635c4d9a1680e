"""The truth: what the laws behind the values say, in numbers that tests can hold findings against."""
import buckets
import delays
import devices
import loads
import mailboxes
import volumes
from clock import (AS_OF, CA02_STOPPED, CAMPAIGN, DAY, HISTORY_DAYS, HOUR, MS08_INSTALLED, OUTAGES, PROXY_RELEASE, SEED,
                   START, iso, use)

FULL_MARK, TARGET = 0.90, 0.60
LEAD_TIME_DAYS = {"mailstore": 30, "webmail": 3, "imap_proxy": 14}  # as in platform.toml; the others take 21
FLOORS = {"webmail": 2, "imap_proxy": 2}
PRICES = {"webmail": 0.192, "imap_proxy": 0.11}


def lead_time(pool):
    return LEAD_TIME_DAYS.get(pool, 21)


def expected(v, days):
    """The verdict that an all-knowing planner would give, with a horizon of 365 days."""
    special = {"cleaned": "cleaned", "flat": "flat", "shrinks": "shrinking", "too short": "undecided"}
    if v.host == "ca02":
        return "stale"
    return special.get(v.story) or ("fills" if days is not None and days <= 365 else "fills_beyond")


def acceptable(v, verdict):
    """Verdicts that would also be right: a growth of under 0.05 % of the use a day may be called flat."""
    slow = 0 <= v.rate < 0.0005 * v.used
    return [verdict, "flat"] if verdict == "fills_beyond" and slow else [verdict]


def label(v):
    """The volume as the exports name it: collectd and Diamond call `/` `root`."""
    return "root" if v.source == "graphite" else v.mount


def date(days):
    return None if days is None else iso(AS_OF + int(days * DAY))[:10]


def volume(v, times, used):
    now = used[(AS_OF - START) // HOUR]
    law = None if v.cleaned else volumes.days_until(v, FULL_MARK)
    realised = volumes.realised_days(v, times, used, FULL_MARK)
    lead = lead_time(v.pool)
    return {
        "host": v.host, "volume": label(v), "mount": v.mount, "pool": v.pool, "source": v.source, "story": v.story,
        "expected_verdict": expected(v, law), "acceptable_verdicts": acceptable(v, expected(v, law)),
        "size_bytes": v.size, "usable_bytes": v.usable, "used_bytes": now, "used_share_of_usable": round(now / v.usable, 4),
        "growth_bytes_per_day": 0 if v.cleaned else round(v.rate * v.usable),
        "gross_growth_bytes_per_day": round(v.rate * v.usable),
        "growth_percent_of_used_per_day": 0.0 if v.cleaned else round(100 * v.rate * v.usable / now, 3),
        "full_mark": FULL_MARK, "days_to_full_mark": law, "date_of_full_mark": date(law),
        "days_to_full_mark_realised": realised,
        "lead_time_days": lead, "within_lead_time": law is not None and law <= lead,
        "steps": volumes.events(v),
        "rate_changes": [{"time": iso(t), "before_as_factor_of_now": f} for t, f in v.earlier],
        "cleaned_at_share": v.cleaned[0] if v.cleaned else None,
        "near_zero_at": [iso(t) for t in v.blips],
        "first_sample": volumes.first_sample(v),
        "last_sample": iso(CA02_STOPPED // HOUR * HOUR if v.host == "ca02" else AS_OF),
    }


def inodes(v, used):
    total = volumes.inodes_total(v)
    now = volumes.inode_history(v, used)[(AS_OF - START) // HOUR]
    mark = volumes.inode_days(v, FULL_MARK)
    return {"host": v.host, "volume": v.mount, "total": total, "used": now, "used_share": round(now / total, 4),
            "growth_per_day": round(v.inode_rate * total) if v.inode_rate else None,
            "days_to_full_mark": mark, "date_of_full_mark": date(mark), "days_to_last_inode": volumes.inode_days(v, 1.0),
            "within_lead_time": mark is not None and mark <= lead_time(v.pool)}


def realised(members, histories):
    """Days until the generator's own future fills the pool to the mark, None if not in 400 days."""
    first, usable = (AS_OF - START) // HOUR, sum(v.usable for v in members)
    together = [sum(hour) for hour in zip(*(used[first:] for _, used in histories))]
    return next((round(h / 24, 2) for h, used in enumerate(together) if used >= FULL_MARK * usable), None)


def pool(name, members, histories):
    usable, used = sum(v.usable for v in members), sum(v.used * v.usable for v in members)
    net = [v for v in members if not v.cleaned]  # a cleaned volume gains nothing in the long run
    gain = sum(v.rate * v.usable for v in net)
    days = None if gain <= 0 else round((FULL_MARK * usable - used) / gain, 1)
    return {"pool": name, "usable_bytes": usable, "used_bytes": round(used), "used_share_of_usable": round(used / usable, 4),
            "growth_bytes_per_day": round(gain), "days_to_full_mark": days, "date_of_full_mark": date(days),
            "days_to_full_mark_realised": realised(members, histories), "lead_time_days": lead_time(name),
            "within_lead_time": days is not None and days <= lead_time(name)}


def drift():
    """Each latency, probe and queue with what its law did over the 120 days."""
    out = []

    def add(measure, labels, law, kind, **more):
        out.append({"measure": measure, "labels": labels, "expected": kind} | more | delays.trend(law))

    from_day = {"rises_from": iso(delays.RISE_FROM)}
    for probe, (_, _, percent) in delays.PROBES.items():
        law = lambda t, p=probe: delays.probe_law(p, t)
        add("probe.duration", {"probe": probe}, law, "rises" if percent else "steady",
            true_percent=percent, **(from_day if percent else {}))
    for host in loads.POOLS["outbound"]:
        mean = lambda t: sum(delays.stage_law(s, t) for s in delays.STAGES)
        add("delivery.delay", {"host": host}, mean, "rises", true_percent=round(
            100 * sum(b * p / 100 for b, _, p in delays.STAGES.values()) / sum(b for b, _, _ in delays.STAGES.values()), 1),
            from_stage="transmission", **from_day)
        for stage, (_, _, percent) in delays.STAGES.items():
            add("delivery.delay", {"host": host, "stage": stage}, lambda t, s=stage: delays.stage_law(s, t),
                "rises" if percent else "steady", true_percent=percent)
    for name in ("mx", "routing", "outbound"):
        for host in loads.POOLS[name]:
            percent = delays.DEFERRED_RISE.get(host, 0)
            for queue in ("active", "deferred"):
                rising = percent if queue == "deferred" else 0
                add("queue.depth", {"host": host, "queue": queue},
                    lambda t, h=host, n=name, q=queue: delays.queue_law(h, n, q, t),
                    "rises" if rising else "steady", true_percent=rising)
    for host in loads.POOLS["submission"]:
        add("queue.depth", {"host": host, "queue": "all"}, lambda t, h=host: delays.queue_law(h, "submission", "active", t), "steady", true_percent=0)
    for host in loads.POOLS["mailstore"]:
        percent = devices.RISE.get(host, 0)
        add("disk.busy", {"host": host, "device": devices.DEVICE}, lambda t, h=host: devices.busy_law(h, t),
            "rises" if percent else "undecided" if host == "ms08" else "steady", true_percent=percent,
            **({"rises_from": iso(devices.RISE_FROM)} if percent else {}))
    base, day = delays.TARGET_RESPONSE
    add("response.time", {"pool": "webmail"}, lambda t: base * (1 + day * use(t)), "steady", true_percent=0)
    return out


def late():
    """Each host's and stage's deliveries that are later than an edge of its histogram."""
    return [{"host": host, "stage": stage} | buckets.late_truth(stage)
            for host in loads.POOLS["outbound"] for stage in delays.STAGES]


def ebb(name):
    servers, price = len(loads.POOLS[name]), PRICES.get(name)
    need = loads.ebb_truth(name, TARGET, FLOORS.get(name, 1))
    spare = 5 * sum(servers - n for n in need["workday"]["servers"]) + 2 * sum(servers - n for n in need["weekend"]["servers"])
    return {"pool": name, "servers_now": servers, "target_utilisation": TARGET, "floor": FLOORS.get(name, 1), "need": need,
            "spare_server_hours_per_week": spare, "share": round(spare / (servers * 168), 3),
            "money_per_week": None if price is None else round(spare * price, 2),
            "growth_percent_over_history": loads.CPU_GROWTH.get(name, 0.0)}


def truth(histories):
    members = {}
    for v, h in histories:
        members.setdefault(v.pool, []).append((v, h))
    volumes_truth = [volume(v, *h) for v, h in histories]
    return {
        "schema": "mailtide-sample-truth", "version": 1, "seed": SEED, "platform": "Example Mail",
        "timezone": "Europe/Berlin", "as_of": iso(AS_OF), "history_from": iso(START), "history_days": HISTORY_DAYS,
        "hosts": loads.POOLS,
        "volumes": volumes_truth,
        "inodes": [inodes(v, h[1]) for v, h in histories if v.pool == "mailstore"],
        "pools": [pool(name, *zip(*both)) for name, both in members.items()],
        "mailboxes": mailboxes.truth(histories),
        "drift": drift(),
        "late": late(),
        "ebb": [ebb(name) for name in ("webmail", "imap_proxy")],
        "stale": [{"host": "ca02", "last_sample": iso(CA02_STOPPED // HOUR * HOUR), "days": round((AS_OF - CA02_STOPPED) / DAY, 2)}],
        "too_short": [{"host": "ms08", "first_sample": iso(MS08_INSTALLED), "days": round((AS_OF - MS08_INSTALLED) / DAY, 2)}],
        "gaps": [{"host": h, "from": iso(a), "to": iso(b), "hours": (b - a) / HOUR} for h, a, b in OUTAGES if a > 0 and b < 1 << 40],
        "dropped_mounts": [{"host": "ms01", "volume": "/run", "reason": "tmpfs"},
                           {"host": "ms01", "volume": "/var/mail-export", "reason": "second mount of /dev/sdb1"}],
        "counter_resets": [{"host": h, "times": [iso(t) for t in ts]} for h, ts in delays.RESTARTS.items()],
        "incidents": [{"probe": "inbound", "from": iso(delays.INCIDENT[0]), "to": iso(delays.INCIDENT[1]), "factor": delays.INCIDENT[2]}],
        "backup": {"pool": "mailstore", "local_from": "01:10", "local_to": "03:40", "adds_cpu_ratio": 0.34},
        "events": [{"name": "campaign", "from": CAMPAIGN[0].isoformat(), "to": CAMPAIGN[1].isoformat(), "action": "ignore"},
                   {"name": "proxy release", "from": PROXY_RELEASE.isoformat(), "to": PROXY_RELEASE.isoformat(), "action": "break"}],
    }
