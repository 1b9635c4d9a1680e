"""Mailboxes: how many each mailstore volume holds, as the provisioning database counts them each night.

A count follows a law of its own, in hundredths of a natural logarithm in 30 days; what a mailbox holds is whatever makes
the used bytes of volumes.py. Since 21 September new mailboxes are put on ms03, which is why it fills.
"""
import csv
import gzip
import io
import math

from clock import AS_OF, DAY, HOUR, MS08_INSTALLED, START, at, iso, rng

FROM, UNTIL = START // DAY * DAY + DAY, AS_OF // DAY * DAY
NIGHTS = [t + 2 * HOUR for t in range(FROM, UNTIL + DAY, DAY)]
NOT_COUNTED = {"2026-10-24", "2026-10-25"}  # the job failed on these two nights
NEW_ON_MS03 = at("2026-09-21")
ORDINARY, CROWDED = 0.6, 11.0  # growth a month of a volume, and of ms03 since it takes all new mailboxes
BYTES_EACH = 420 * 2**20  # what a mailbox holds now, give or take a fifth
SHARED_DAYS = 91  # the truth's span: what the program looks at


def percent_a_month(v, t):
    """The law's growth of a volume's mailboxes at `t`."""
    return CROWDED if v.host == "ms03" and t >= NEW_ON_MS03 else ORDINARY


def counts(v, used):
    """[(time, mailboxes)] of a volume, from its level of now backwards."""
    random = rng(f"mailboxes/{v.name}")
    now = used[(AS_OF - START) // HOUR] / (BYTES_EACH * random.uniform(.8, 1.2))
    out, log = [], math.log(now)
    for t in reversed(NIGHTS):
        moved = sum(math.log1p(s.share) for s in v.steps if s.kind == "migration" and t < s.time)
        out.append((t, round(math.exp(log - moved) + random.gauss(0, 2))))
        log -= percent_a_month(v, t) / 100 * DAY / (30 * DAY)
    young = MS08_INSTALLED if v.host == "ms08" else 0
    return [(t, n) for t, n in reversed(out) if t >= young and iso(t)[:10] not in NOT_COUNTED]


def mailstores(histories):
    return [(v, used) for v, (_, used) in histories if v.pool == "mailstore"]


def export(path, histories):
    """A CSV with a column for each volume, as a query of the provisioning database gives it."""
    columns = [(f'mailboxes{{store="{v.host}",mount="{v.mount}"}}', dict(counts(v, used)))
               for v, used in mailstores(histories)]
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["time"] + [name for name, _ in columns])
    for t in NIGHTS:
        if iso(t)[:10] not in NOT_COUNTED:
            rows.writerow([iso(t)] + [n.get(t, "") for _, n in columns])
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.GzipFile(path, "wb", 9, mtime=0) as packed:
        packed.write(text.getvalue().encode())


def slope(v):
    """The least-squares slope of the law's logarithm over the last quarter, in hundredths in 30 days."""
    nights = [t for t in NIGHTS if t > AS_OF - SHARED_DAYS * DAY]
    logs, days = [0.0], [(t - nights[0]) / DAY for t in nights]
    for t in nights[1:]:
        logs.append(logs[-1] + percent_a_month(v, t) / 30)
    mean_day, mean_log = sum(days) / len(days), sum(logs) / len(logs)
    return 30 * sum((d - mean_day) * (l - mean_log) for d, l in zip(days, logs)) / sum((d - mean_day) ** 2 for d in days)


def truth(histories):
    """What the law says of the growth of mailboxes over the last quarter, one-off moves left out."""
    out = []
    for v, used in mailstores(histories):
        known = counts(v, used)
        out.append({
            "host": v.host, "volume": v.mount, "mailboxes": known[-1][1],
            "percent_per_month": round(slope(v), 3),
            "percent_per_month_now": percent_a_month(v, AS_OF),
            "bytes_per_mailbox": round(used[(AS_OF - START) // HOUR] / known[-1][1]),
        })
    return out
