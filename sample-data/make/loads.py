"""Loads: processors, memory, sessions, connections and messages. All shapes follow people at local time.

Each function gives the expected value (the law) of a host at a time; `Noisy` puts a realistic hour-to-hour
and day-to-day scatter on it. The ebb in the truth file is computed from the laws, not from the noise.
"""
import math

from clock import AS_OF, HOUR, PROXY_RELEASE, Wander, growth, in_campaign, local, rng, use

POOLS = {
    "mailstore": [f"ms0{i}" for i in range(1, 9)], "imap_proxy": [f"ip0{i}" for i in range(1, 5)],
    "mx": [f"mx0{i}" for i in range(1, 5)], "routing": ["rt01", "rt02"], "submission": ["sm01", "sm02"],
    "outbound": [f"out0{i}" for i in range(1, 5)], "database": ["db01", "db02"], "cache": ["ca01", "ca02"],
    "admin": ["ad01", "ad02"], "dns": ["ns01", "ns02"], "webmail": [f"web0{i}" for i in range(1, 9)],
}
PROMETHEUS_POOLS = ["mailstore", "imap_proxy", "mx", "routing", "outbound", "database", "cache"]
POOL_OF = {host: pool for pool, hosts in POOLS.items() for host in hosts}

# Busy share of a host's processors in the dead of night, and what working hours add to it.
CPU = {
    "mailstore": (.14, .26), "imap_proxy": (.17, .38), "mx": (.16, .22), "routing": (.10, .16),
    "submission": (.07, .30), "outbound": (.13, .26), "database": (.18, .22), "cache": (.11, .13),
    "admin": (.06, .12), "dns": (.09, .10), "webmail": (.155, .395),
}
CPU_GROWTH = {"webmail": 4.0, "imap_proxy": 3.0}  # percent over the whole history; other pools do not grow


def backup(t):
    """The nightly backup of the mailstores, 01:10 to 03:40 local."""
    hour, _, _ = local(t)
    return 0.34 if 1.17 <= hour < 3.67 else 0.0


def cpu_law(pool, t):
    """Expected busy share of one of the pool's hosts."""
    night, day = CPU[pool]
    busy = use(t)
    if in_campaign(t) and pool in ("mx", "outbound", "webmail"):
        busy *= 1.35
    value = (night + day * busy) * growth(t, CPU_GROWTH.get(pool, 0.0))
    if pool == "imap_proxy" and local(t)[1] < PROXY_RELEASE:
        value *= 1.25
    if pool == "mailstore":
        value += backup(t)
    return value


def sessions_law(t):
    """Open IMAP sessions of one proxy: phones hold many at night too."""
    return (5200 + 9400 * use(t)) * growth(t, CPU_GROWTH["imap_proxy"])


def connections_law(t):
    """Open connections of the webmail load balancer."""
    return (260 + 7400 * use(t)) * growth(t, CPU_GROWTH["webmail"])


MESSAGES = {"mx": (3.2, 14.0), "routing": (4.5, 19.0), "outbound": (1.4, 9.5)}  # per second and host


def messages_law(pool, t):
    """Messages a second through one host."""
    night, day = MESSAGES[pool]
    rate = (night + day * use(t)) * growth(t, 2.0)
    return rate * 1.6 if in_campaign(t) and pool in ("mx", "outbound") else rate


class Noisy:
    """A host's own level, a factor that wanders over days, and scatter that lasts minutes to an hour."""

    def __init__(self, name, own=.04, days_sd=.025, scatter=.05, minutes=25):
        self.random = rng(f"noisy/{name}")
        self.own = 1 + self.random.uniform(-own, own)
        self.wander = Wander(f"noisy/{name}", 2.0, days_sd)
        self.scatter, self.minutes, self.ar, self.last = scatter, minutes, 0.0, None

    def __call__(self, t, value):
        keep = math.exp(-(t - self.last) / (self.minutes * 60)) if self.last is not None and t > self.last else 0.0
        self.ar = self.ar * keep + self.random.gauss(0, self.scatter * math.sqrt(1 - keep * keep))
        self.last = t
        return value * self.own * self.wander(t) * math.exp(self.ar)


def cpu_series(host, times):
    """Busy shares of `host` at `times`, between 0.005 and 0.995."""
    noisy, pool = Noisy(f"cpu/{host}"), POOL_OF[host]
    return [min(0.995, max(0.005, noisy(t, cpu_law(pool, t)))) for t in times]


def level_series(name, times, law, **scatter):
    """Whole numbers around a law."""
    noisy = Noisy(name, **scatter)
    return [max(0, round(noisy(t, law(t)))) for t in times]


def memory_total(host):
    return {"database": 64, "cache": 32}.get(POOL_OF[host], 16) * 2**30 - 312_524 * 1024


def memory_available(host, times):
    """Bytes that could still be had: the cache holds its fill, the others breathe with the day."""
    pool, noisy, total = POOL_OF[host], Noisy(f"memory/{host}", scatter=.012, minutes=120), memory_total(host)
    base, day = {"database": (.24, .04), "cache": (.33, .02)}.get(pool, (.46, .12))
    return [int(total * min(.95, noisy(t, base - day * use(t)))) // 4096 * 4096 for t in times]


def ebb_truth(pool, target, floor):
    """Servers that the pool's law needs at the as-of moment's level: {kind of day: [24 hours, local]}.

    The need of an hour is the largest over its quarters; `busy` is the mean busy share with all servers.
    """
    servers, noon = len(POOLS[pool]), AS_OF - 3 * 86400  # the Friday before, then the Sunday before
    out = {}
    for kind, any_time in (("workday", noon), ("weekend", AS_OF - 86400)):
        day = [t for t in range(any_time - 36 * HOUR, any_time + 36 * HOUR, 900) if local(t)[1] == local(any_time)[1]]
        hours = {}
        for t in day:
            hours.setdefault(int(local(t)[0]), []).append(cpu_law(pool, t))
        out[kind] = {
            "busy": [round(sum(hours[h]) / len(hours[h]), 4) for h in range(24)],
            "servers": [max(floor, math.ceil(max(hours[h]) * servers / target - 1e-9)) for h in range(24)],
        }
    return out
