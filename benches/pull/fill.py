#!/usr/bin/env python3
"""Fills a Prometheus data directory with 100 hosts of a mail platform, 90 days at 5 minutes: 21 metrics, of which the
shipped query packs ask 20 questions, since two of memory are one share, and processors' seconds a rate.

    fill.py DATA [DAYS [HOSTS]]

Each metric is written as OpenMetrics text and made into blocks by `promtool tsdb create-blocks-from`; DATA is then
what `prometheus --storage.tsdb.path` takes. The end is the last whole day. Values are drawn with a fixed seed and
look like the real thing: bytes that grow in steps of a file-system block, counters, queues, seconds with three digits.
"""
import array
import os
import random
import subprocess
import sys
import tempfile
import time

STEP = 300
DAY = 86_400


def level(low, high, step):
    """A number that wanders between two bounds."""
    value = random.uniform(low, high)
    def following(_):
        nonlocal value
        value = min(high, max(low, value + random.gauss(0, step)))
        return value
    return following


def volume(kind):
    """Blocks of 4 KiB on a volume of 4 TiB that fills by a few GiB a day."""
    size = 4 << 30
    used = random.randint(size // 5, size // 2)
    daily = random.uniform(2e5, 2e6)
    def following(_):
        nonlocal used
        used += int(max(0, random.gauss(daily, daily) * STEP / DAY))
        blocks = {"size": size, "free": size - used, "avail": size - used - size // 20}[kind]
        return blocks * 4096
    return following


def total(rate, digits):
    """A running total; a day is busier than a night."""
    value = 0.0
    def following(at):
        nonlocal value
        busy = 1.0 if 8 <= at // 3600 % 24 < 22 else 0.3
        value += max(0.0, random.gauss(rate * busy, rate * 0.1)) * STEP
        return round(value, digits)
    return following


def whole(make):
    following = make
    return lambda at: int(following(at))


def constant(value):
    return lambda _: value


FS = 'instance="{host}:9100",device="/dev/sdb1",fstype="xfs",mountpoint="/var/mail"'
HOST = 'instance="{host}:9100"'
MTA = 'instance="{host}:9154"'
STAGE = 'instance="{host}:9154",stage="transmission"'
METRICS = [
    ("node_filesystem_size_bytes", "gauge", FS, lambda: volume("size")),
    ("node_filesystem_free_bytes", "gauge", FS, lambda: volume("free")),
    ("node_filesystem_avail_bytes", "gauge", FS, lambda: volume("avail")),
    ("node_filesystem_files", "gauge", FS, lambda: constant(268_435_456)),
    ("node_filesystem_files_free", "gauge", FS, lambda: whole(level(1e8, 2e8, 2e3))),
    ("node_memory_MemTotal_bytes", "gauge", HOST, lambda: constant(67_430_805_504)),
    ("node_memory_MemAvailable_bytes", "gauge", HOST, lambda: whole(level(1e10, 5e10, 2e8))),
    ("node_cpu_seconds", "counter", HOST + ',cpu="0",mode="idle"', lambda: total(0.6, 2)),
    ("postfix_showq_message_age_seconds_count", "gauge", MTA + ',queue="deferred"', lambda: whole(level(0, 4e3, 20))),
    ("postfix_smtp_delivery_delay_seconds_sum", "gauge", STAGE, lambda: total(9.0, 3)),
    ("postfix_smtp_delivery_delay_seconds_count", "gauge", STAGE, lambda: whole(total(8.0, 3))),
    ("postfix_lmtp_delivery_delay_seconds_sum", "gauge", STAGE, lambda: total(3.0, 3)),
    ("postfix_lmtp_delivery_delay_seconds_count", "gauge", STAGE, lambda: whole(total(8.0, 3))),
    ("postfix_qmgr_messages_removed", "counter", MTA, lambda: whole(total(8.0, 3))),
    ("up", "gauge", HOST + ',job="node"', lambda: constant(1)),
    ("cyrus_imap_active_connections", "gauge", HOST, lambda: whole(level(100, 9e3, 60))),
    ("exim_queue", "gauge", HOST, lambda: whole(level(0, 800, 6))),
    ("exim_messages", "counter", HOST + ',flag="delivered"', lambda: whole(total(2.0, 3))),
    ("rspamd_scanned", "counter", HOST, lambda: whole(total(12.0, 3))),
    ("postfix_pipe_delivery_delay_seconds_sum", "gauge", STAGE, lambda: total(0.5, 3)),
    ("postfix_pipe_delivery_delay_seconds_count", "gauge", STAGE, lambda: whole(total(1.0, 3))),
]


def write(file, metric, kind, labels, make, hosts, times):
    random.seed(metric)
    file.write(f"# TYPE {metric} {kind}\n")
    name = metric + "_total" if kind == "counter" else metric
    for host in range(hosts):
        series = f"{name}{{{labels.format(host=f'host{host:03}')}}}"
        following = make()
        file.writelines(f"{series} {following(at)} {at}\n" for at in times)
    file.write("# EOF\n")


def main():
    data = sys.argv[1]
    days = int(sys.argv[2]) if len(sys.argv) > 2 else 90
    hosts = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    end = int(time.time()) // DAY * DAY
    times = array.array("q", range(end - days * DAY + STEP, end + STEP, STEP))
    os.makedirs(data, exist_ok=True)
    for metric, kind, labels, make in METRICS:
        with tempfile.NamedTemporaryFile("w", suffix=".om", dir=data, buffering=1 << 20) as file:
            write(file, metric, kind, labels, make, hosts, times)
            file.flush()
            # Without the hidden flag, a block is two hours long, and the text is read once for each.
            subprocess.run(
                ["promtool", "tsdb", "create-blocks-from", "--max-block-duration=1080h", "--quiet", "openmetrics",
                 file.name, data], check=True)
        print(metric, flush=True)


main()
