"""Volumes: how many bytes and inodes each holds, under which law they grow, and what happened to them.

A volume's use is its level at the as-of moment plus an integral of its rate. The rate has a weekly rhythm
(people write in working hours, a nightly job expunges deleted mail) and an intensity that wanders slowly.
The law on which the truth rests is the same without the wandering: what an all-knowing planner would expect.
"""
from dataclasses import dataclass, field

from clock import AS_OF, DAY, HOUR, START, MS08_INSTALLED, Wander, at, iso, local, outage, rng, use

GIB, TIB, BLOCK = 2**30, 2**40, 4096
FUTURE_DAYS = 400
INODE_BYTES = {"xfs": 16384, "ext4": 16384}  # mke2fs' default; XFS shows about as many at imaxpct = 3


@dataclass
class Step:
    """Something that happened: `share` of the use (purge, migration) or of the size (resize)."""
    time: int
    kind: str
    share: float


@dataclass
class Volume:
    host: str
    mount: str
    pool: str
    source: str
    size: int
    used: float              # share of the usable bytes at the as-of moment
    rate: float              # share of the usable bytes a day
    device: str = "/dev/sdb1"
    fstype: str = "xfs"
    reserved: float = 0.0    # share kept for root
    wander: float = 0.18
    weekly: float = 0.0020   # share of the use that a week leaves behind and Sunday's clean-up takes away
    bumps: tuple = (2, .004)  # how many files come and go within the history, and how large: share of the usable bytes
    litter: tuple = (0.0, 0)  # bytes at the end of a week and seconds past SUNDAY at which clean-up begins: see settle
    days_left: float = 0.0   # where set, `used` is chosen so that the law reaches the full mark in so many days
    earlier: tuple = ()      # (time, factor): before this time the rate was so many times today's
    steps: list = field(default_factory=list)
    cleaned: tuple = ()      # (from share, to share): cleaned again and again
    blips: list = field(default_factory=list)  # moments at which the mount read near zero
    inode_used: float = 0.0  # share of the inodes at the as-of moment; 0 is "follows the bytes"
    inode_rate: float = 0.0  # share of the inodes a day
    story: str = "grows"

    @property
    def name(self):
        return f"{self.host}:{self.mount}"

    def size_at(self, t):
        size = self.size
        for s in self.steps:
            if s.kind == "resize" and t < s.time:
                size = size / (1 + s.share)
        return int(size) // BLOCK * BLOCK

    def reserved_at(self, t):
        return int(self.size_at(t) * self.reserved) // BLOCK * BLOCK

    def usable_at(self, t):
        return self.size_at(t) - self.reserved_at(t)

    @property
    def usable(self):
        return self.usable_at(AS_OF)

    def exists(self, t):
        return not outage(self.host, t)


_RHYTHM = {}


def rhythm(t):
    """Growth at `t` in units of its weekly mean: working hours, quiet weekends, a nightly expunge at three."""
    if not _RHYTHM:
        week = range(at("2026-08-03"), at("2026-08-10"), HOUR)
        raw = {}
        for h in week:
            hour, day, free = local(h)
            raw[int(hour), free] = 0.35 + 1.3 * use(h) - (2.6 if int(hour) == 3 else 0)
        mean = sum(raw[int(local(h)[0]), local(h)[2]] for h in week) / len(week)
        _RHYTHM.update({k: v / mean for k, v in raw.items()})
    hour, _, free = local(t)
    return _RHYTHM[int(hour), free]


def law_increment(v, t):
    """Bytes gained in the hour after `t` under the law."""
    return v.rate * v.usable * rhythm(t) / 24


WEEK, CLEAN_UP = 7 * DAY, 5 * HOUR
SUNDAY = at("2026-11-15", 1)  # trash is emptied and logs are rotated in the small hours of Sundays


def litter(v, t):
    """Bytes of trash and logs at `t`: they grow from Sunday to Sunday, then go; no growth in the long run."""
    most, start = v.litter
    past = (t - SUNDAY - start) % WEEK
    return most * max(1 - past / CLEAN_UP, (past - CLEAN_UP) / (WEEK - CLEAN_UP))


def law_gain(v, t, hours):
    """[bytes gained since `t`] after 0, 1, … `hours` hours under the law."""
    gains, total = [0.0], 0.0
    for h in range(hours):
        total += law_increment(v, t + h * HOUR)
        gains.append(total + litter(v, t + (h + 1) * HOUR) - litter(v, t))
    return gains


def days_until(v, mark, horizon=FUTURE_DAYS * 4):
    """Days from the as-of moment until `v` first reaches `mark` of its usable bytes under the law."""
    if v.rate <= 0:
        return None
    for h, gain in enumerate(law_gain(v, AS_OF, horizon * 24)):
        if v.used * v.usable + gain >= mark * v.usable:
            return round(h / 24, 2)
    return None


def settle(v, mark):
    """Draws a volume's litter, and chooses its level now where the story fixes the days left instead."""
    random = rng(f"litter/{v.name}")
    v.litter = v.weekly * (v.used or 0.8) * v.usable * random.uniform(.5, 1.5), random.randrange(6) * HOUR
    if v.days_left:
        v.used = mark - max(law_gain(v, AS_OF, int(v.days_left * 24))) / v.usable
    return v


def bump(v, random):
    """Files that come and go, as {hour: bytes}: a restore, a dump, an index built anew."""
    count, share = v.bumps
    out = {}
    for _ in range(count):
        first = START + random.randrange(5 * 24, 114 * 24) * HOUR
        size = random.uniform(.4, 1) * share * v.usable
        for h in range(random.randrange(5, 44)):
            out[first + h * HOUR] = out.get(first + h * HOUR, 0) + min(1.0, (h + 1) / 4) * size
    return out


def _cleaned_path(v, times, wander):
    """A volume that is purged each time it reaches a mark, at two in the night."""
    high, low = v.cleaned
    jitter, used, path = rng(f"cleaned/{v.name}"), (low + 0.02) * v.usable, []
    for t in times:
        path.append(used)
        used += law_increment(v, t) * wander(t)
        if used >= high * v.usable and int(local(t)[0]) == 2:
            used = (low + jitter.uniform(-0.01, 0.01)) * v.usable
            v.steps.append(Step(t + HOUR, "purge", used / path[-1] - 1))
    return path


def _grown_path(v, times, wander):
    """The level at the as-of moment, less what was gained since, less the steps since."""
    gained, total = [], 0.0
    for t in times:
        gained.append(total)
        rate = next((factor for until, factor in v.earlier if t < until), 1.0)
        total += law_increment(v, t) * wander(t) * rate
    now = gained[(AS_OF - times[0]) // HOUR]
    level = [v.used * v.usable + g - now for g in gained]
    for s in v.steps:
        if s.kind == "resize":
            continue
        after = level[(s.time - times[0]) // HOUR]
        jump = after - after / (1 + s.share)
        level = [u if t >= s.time else u - jump for t, u in zip(times, level)]
    return level


def history(v):
    """(times, used bytes) hourly from the start of the history to 400 days past the as-of moment.

    What lies past the as-of moment is never exported: it is only the realised truth, and knows no full disk.
    """
    times = list(range(START, AS_OF + FUTURE_DAYS * DAY + HOUR, HOUR))
    wander = Wander(v.name, 16, v.wander)
    path = (_cleaned_path if v.cleaned else _grown_path)(v, times, wander)
    noise, random = 0.0, rng(f"noise/{v.name}")
    extra, base, used = bump(v, random), litter(v, AS_OF), []
    for t, u in zip(times, path):
        noise = 0.85 * noise + random.gauss(0, 0.00012)  # journals, indexes and spools come and go
        u = max(u + litter(v, t) - base, 0.002 * v.usable) * (1 + noise) + extra.get(t, 0)
        used.append(int(u) // BLOCK * BLOCK)
    if v.cleaned:
        v.used = used[(AS_OF - START) // HOUR] / v.usable
    return times, used


def inodes_total(v):
    """Inodes that the volume was made with."""
    return v.size // INODE_BYTES[v.fstype]


def inode_history(v, used):
    """Used inodes beside `used` bytes: they follow the bytes, or a law of their own where one is given."""
    total, random, out, noise = inodes_total(v), rng(f"inodes/{v.name}"), [], 0.0
    if not v.inode_rate:
        return [int(u / 92_000 * (1 + random.gauss(0, 0.0003))) for u in used]  # 92 kB a message
    times = range(START, START + len(used) * HOUR, HOUR)
    wander, gained, sums = Wander(f"inodes/{v.name}", 16, 0.12), 0.0, []
    for t in times:
        sums.append(gained)
        gained += v.inode_rate * total * rhythm(t) * wander(t) / 24
    now = sums[(AS_OF - START) // HOUR]
    for s in sums:
        noise = 0.85 * noise + random.gauss(0, 0.00008)
        out.append(min(total, int((v.inode_used * total + s - now) * (1 + noise))))
    return out


def inode_days(v, mark):
    """Days until `mark` of the inodes is used under the law; None where inodes only follow the bytes."""
    if not v.inode_rate:
        return None
    share = v.inode_used
    for h in range(FUTURE_DAYS * 24):
        share += v.inode_rate * rhythm(AS_OF + h * HOUR) / 24
        if share >= mark:
            return round((h + 1) / 24, 2)
    return None


def realised_days(v, times, used, mark):
    """Days until the generator's own future reaches `mark` for the first time, None if not in 400 days."""
    for t, u in zip(times, used):
        if t > AS_OF and u >= mark * v.usable:
            return round((t - AS_OF) / DAY, 2)
    return None


def fleet(mark):
    """Every volume of the platform. The numbers of the story are here."""
    prom, web = "prometheus", "cloudwatch"
    mail = [
        Volume("ms01", "/var/mail", "mailstore", prom, 8 * TIB, .62, .0011, blips=[at("2026-09-14", 5)]),
        Volume("ms01", "/var/mail2", "mailstore", prom, 8 * TIB, .31, .0008, device="/dev/sdc1"),
        Volume("ms02", "/var/mail", "mailstore", prom, 6 * TIB, 0, .0058, cleaned=(.85, .75), wander=.12,
               story="cleaned"),
        Volume("ms03", "/var/mail", "mailstore", prom, 6 * TIB, 0, .0041, days_left=19, wander=.10,
               earlier=((at("2026-09-21"), .45),), story="headline"),
        Volume("ms04", "/var/mail", "mailstore", prom, 8 * TIB, .61, .0010,
               steps=[Step(at("2026-10-27", 23), "migration", .08)], story="migration"),
        Volume("ms05", "/var/mail", "mailstore", prom, 8 * TIB, .60, .0019,
               steps=[Step(at("2026-10-12", 2), "purge", -.12)], story="purge"),
        Volume("ms05", "/var/mail2", "mailstore", prom, 8 * TIB, .27, .0009, device="/dev/sdc1"),
        Volume("ms06", "/var/mail", "mailstore", prom, 9 * TIB, .52, .0013,
               steps=[Step(at("2026-09-27", 4), "resize", .50)], story="resize"),
        Volume("ms07", "/var/mail", "mailstore", prom, 6 * TIB, .44, .0006, fstype="ext4", reserved=.01,
               inode_used=.765, inode_rate=.0030, story="inodes"),
        Volume("ms08", "/var/mail", "mailstore", prom, 10 * TIB, .028, .0042, wander=.10, story="too short"),
    ]
    ext4 = dict(fstype="ext4", reserved=.05, device="/dev/sda2", wander=.25, weekly=.008, bumps=(4, .008))
    rest = []
    for i in (1, 2, 3, 4):
        rest += [
            Volume(f"ip0{i}", "/", "imap_proxy", prom, 80 * GIB, .22 + .02 * i, .00012, **ext4),
            Volume(f"mx0{i}", "/var/spool/postfix", "mx", prom, 160 * GIB, .12 + .01 * i, .00010,
                   blips=[at("2026-11-03", 11)] if i == 3 else [], **ext4),
            Volume(f"out0{i}", "/var/spool/postfix", "outbound", prom, 160 * GIB, .17 + .015 * i, .00014, **ext4),
        ]
    for i in (1, 2):
        rest += [
            Volume(f"rt0{i}", "/var/spool/postfix", "routing", prom, 80 * GIB, .11 + .01 * i, .00008, **ext4),
            Volume(f"ca0{i}", "/", "cache", prom, 80 * GIB, .25, .00009, **ext4),
            Volume(f"sm0{i}", "/", "submission", "graphite", 80 * GIB, .33 + .02 * i, .00022, **ext4),
            Volume(f"ad0{i}", "/", "admin", "graphite", 60 * GIB, .42 + .03 * i, .00030, **ext4),
            Volume(f"ns0{i}", "/", "dns", "graphite", 40 * GIB, .19 + .01 * i, .00006, **ext4),
        ]
    rest += [
        Volume("db01", "/var/lib/mysql", "database", prom, 2 * TIB, .47, 0.0, weekly=.0012, story="flat"),
        Volume("db02", "/var/lib/mysql", "database", prom, 2 * TIB, .38, -.0009, story="shrinks"),
    ]
    rest += [Volume(f"web0{i}", "/", "webmail", web, 50 * GIB, .36 + .012 * i, .00018, wander=.25, fstype="xfs",
                    device="nvme0n1p1", weekly=.010, bumps=(3, .010)) for i in range(1, 9)]
    return [settle(v, mark) for v in mail + rest]


def events(v):
    """What happened to a volume within the history, as the truth file tells it."""
    return [{"kind": s.kind, "time": iso(s.time), "percent": round(100 * s.share, 2)}
            for s in v.steps if START <= s.time <= AS_OF]


def first_sample(v):
    return iso(MS08_INSTALLED if v.host == "ms08" else START)
