"""Disks at work: the share of the time in which a mailstore's disk of mailboxes has requests under way."""
from clock import AS_OF, at, use
from delays import RESTARTS
from loads import Noisy, backup

DEVICE = "sdb"
BUSY = (.07, .21)  # in the dead of night, and what working hours add to it
# ms03 takes all new mailboxes from here on: in a straight line, up to so many percent more at the as-of moment.
RISE_FROM, RISE = at("2026-09-21"), {"ms03": 25.0}


def busy_law(host, t):
    """Expected share of the time; the backup reads all night."""
    night, day = BUSY
    rise = RISE.get(host, 0.0) / 100 * max(0, t - RISE_FROM) / (AS_OF - RISE_FROM)
    return (night + day * use(t) + backup(t)) * (1 + rise)


def busy_counter(host, times):
    """Seconds in which the disk was busy, a running total that restarts with the host."""
    noisy, total, rows = Noisy(f"disk/{host}", scatter=.06, minutes=40), 402_118.7, []
    for before, t in zip([times[0]] + times[:-1], times):
        if any(before < r <= t for r in RESTARTS.get(host, ())):
            total = 0.0
        total += (t - before) * min(0.98, noisy(t, busy_law(host, (before + t) // 2)))
        rows.append(round(total, 2))
    return rows
