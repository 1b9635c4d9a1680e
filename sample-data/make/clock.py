"""The sample's calendar and its seeded randomness.

Times are seconds since 1970-01-01 UTC. People live in Europe/Berlin, so every daily or weekly shape is
taken at local time; the change from summer time (2026-10-25) lies inside the history.
"""
import datetime as dt
import functools
import math
import random
from zoneinfo import ZoneInfo

SEED = 20261116
MINUTE, HOUR, DAY = 60, 3600, 86400
ZONE = ZoneInfo("Europe/Berlin")

AS_OF = int(dt.datetime(2026, 11, 16, 6, tzinfo=dt.timezone.utc).timestamp())
HISTORY_DAYS = 120
START = AS_OF - HISTORY_DAYS * DAY
RECENT = AS_OF - 15 * DAY  # from here on Prometheus is asked every five minutes

HOLIDAYS = {dt.date(2026, 10, 3), dt.date(2026, 12, 25), dt.date(2026, 12, 26), dt.date(2027, 1, 1)}
CAMPAIGN = (dt.date(2026, 9, 22), dt.date(2026, 9, 23))  # a customer's mailing, declared as an event
PROXY_RELEASE = dt.date(2026, 8, 25)  # IMAP proxies need a fifth less processor from here on, declared


def at(day, hour=0, minute=0):
    """Epoch seconds of a local wall-clock time; `day` is an ISO date."""
    d = dt.date.fromisoformat(day)
    return int(dt.datetime(d.year, d.month, d.day, hour, minute, tzinfo=ZONE).timestamp())


def iso(t):
    """UTC time in RFC 3339."""
    return dt.datetime.fromtimestamp(t, dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@functools.lru_cache(maxsize=None)
def _local_hour(hour):
    local = dt.datetime.fromtimestamp(hour * HOUR, ZONE)
    day = local.date()
    return local.hour, day, day.weekday() >= 5 or day in HOLIDAYS


def local(t):
    """(hour of the day as a fraction, date, whether it is a weekend or a holiday) at local time."""
    hour, day, free = _local_hour(t // HOUR)
    return hour + (t % HOUR) / HOUR, day, free


def rng(name):
    """A generator of its own for each series, so that adding one does not change the others."""
    return random.Random(f"{SEED}/{name}")


class Wander:
    """A slowly wandering factor around one: the exponential of an Ornstein-Uhlenbeck process.

    `days` is its correlation time, `sd` its stationary standard deviation (log scale); its mean is one.
    """

    def __init__(self, name, days, sd):
        self.random, self.tau, self.sd = rng(f"wander/{name}"), days * DAY, sd
        self.level, self.time = self.random.gauss(0, sd), None

    def __call__(self, t):
        """The factor at `t`; times must not go back."""
        if self.time is not None and t > self.time:
            keep = math.exp((self.time - t) / self.tau)
            self.level = self.level * keep + self.random.gauss(0, self.sd * math.sqrt(1 - keep * keep))
        self.time = t
        return math.exp(self.level - self.sd * self.sd / 2)


def _hump(hour, centre, width):
    distance = (hour - centre + 12) % 24 - 12
    return math.exp(-0.5 * (distance / width) ** 2)


def use(t):
    """How busy people are at `t`: 0 in the deep night, about 1 on a workday at half past ten."""
    hour, _, free = local(t)
    if free:
        return 0.34 * _hump(hour, 11.5, 2.6) + 0.30 * _hump(hour, 19.5, 2.4)
    return 0.96 * _hump(hour, 10.3, 1.9) + 0.86 * _hump(hour, 14.9, 2.1) + 0.34 * _hump(hour, 20.0, 1.8)


def in_campaign(t):
    """Whether the declared mailing runs at `t`."""
    return CAMPAIGN[0] <= local(t)[1] <= CAMPAIGN[1]


def growth(t, percent):
    """A factor that is 1 at the as-of moment and has grown by `percent` over the history."""
    return (1 + percent / 100) ** ((t - AS_OF) / (HISTORY_DAYS * DAY))


def outage(host, t):
    """Whether monitoring had nothing of `host` at `t`."""
    return any(h == host and a <= t < b for h, a, b in OUTAGES)


# What monitoring missed: (host, from, to). mx02 has a hole of 30 hours, ns02 one of five hours, ms08 was
# installed six days before the as-of moment, ca02 stopped nine days before it and has not come back.
CA02_STOPPED = at("2026-11-07", 7, 1)
MS08_INSTALLED = at("2026-11-10", 9)
OUTAGES = [
    ("mx02", at("2026-10-08", 3), at("2026-10-09", 9)),
    ("ns02", at("2026-09-15", 10), at("2026-09-15", 15)),
    ("ms08", 0, MS08_INSTALLED),
    ("ca02", CA02_STOPPED, 1 << 40),
]
