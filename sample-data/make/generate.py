"""generate.py DIR: writes what the three monitoring systems are filled with, and the truth beside it.

DIR/prometheus.om   OpenMetrics text for `promtool tsdb create-blocks-from openmetrics`
DIR/graphite.json   {path: [[time, value], …]} for fill_whisper.py
DIR/cloudwatch.json {file: {namespace, metric, dimensions, points}} for fill_moto.py
DIR/mailboxes.csv.gz the provisioning database's count of mailboxes, which is an export as it stands
DIR/truth.json      what is true of these values, for the tests

Only the standard library; the same seed gives the same bytes.
"""
import json
import pathlib
import sys

import buckets
import delays
import devices
import loads
import mailboxes
import volumes
from clock import AS_OF, DAY, HOUR, MINUTE, RECENT, START, local, outage, rng, use
from truth import truth

HOURLY = list(range(START, AS_OF + 1, HOUR))
FINE = [t for t in range(START, AS_OF + 1, 300) if t >= RECENT or (t - START) % HOUR == 0]


def number(value):
    return str(value) if isinstance(value, int) else repr(value)


class OpenMetrics:
    """Samples as text; a host's outages are holes."""

    def __init__(self, path):
        self.out = open(path, "w", encoding="utf-8")

    def series(self, name, host, times, values, port=9100, job="node", **labels):
        labels = {"instance": f"{host}:{port}", "job": job} | labels
        text = name + "{" + ",".join(f'{k}="{v}"' for k, v in sorted(labels.items())) + "}"
        self.out.writelines(f"{text} {number(v)} {t}\n" for t, v in zip(times, values) if not outage(host, t))

    def close(self):
        self.out.write("# EOF\n")
        self.out.close()


def filesystem(om, v, used):
    """node_exporter's view of a volume, hourly; a blip reads as a nearly empty file system."""
    sizes, kept = [v.size_at(t) for t in HOURLY], [v.reserved_at(t) for t in HOURLY]
    seen = [32 * 2**20 if t in v.blips else u for t, u in zip(HOURLY, used)]
    mounts = [v.mount] + (["/var/mail-export"] if v.name == "ms01:/var/mail" else [])  # a bind mount of the same device
    for mount in mounts:
        labels = {"device": v.device, "fstype": v.fstype, "mountpoint": mount}
        om.series("node_filesystem_size_bytes", v.host, HOURLY, sizes, **labels)
        om.series("node_filesystem_free_bytes", v.host, HOURLY, [s - u for s, u in zip(sizes, seen)], **labels)
        om.series("node_filesystem_avail_bytes", v.host, HOURLY, [s - u - k for s, u, k in zip(sizes, seen, kept)], **labels)
    if v.pool == "mailstore":
        total, inodes = volumes.inodes_total(v), volumes.inode_history(v, used)
        labels = {"device": v.device, "fstype": v.fstype, "mountpoint": v.mount}
        om.series("node_filesystem_files", v.host, HOURLY, [total] * len(HOURLY), **labels)
        om.series("node_filesystem_files_free", v.host, HOURLY,
                  [total - (9 if t in v.blips else i) for t, i in zip(HOURLY, inodes)], **labels)


def tmpfs(om):
    """A pseudo file system, which nobody should forecast."""
    size, random = 3 * volumes.GIB, rng("tmpfs")
    labels = {"device": "tmpfs", "fstype": "tmpfs", "mountpoint": "/run"}
    free = [size - random.randrange(900, 1500) * volumes.BLOCK for _ in HOURLY]
    om.series("node_filesystem_size_bytes", "ms01", HOURLY, [size] * len(HOURLY), **labels)
    for name in ("node_filesystem_free_bytes", "node_filesystem_avail_bytes"):
        om.series(name, "ms01", HOURLY, free, **labels)


def idle_counters(om, host):
    """node_cpu_seconds_total{mode="idle"} of two processors, half-hourly, the IMAP proxies finer of late."""
    fine = loads.POOL_OF[host] == "imap_proxy"
    times = [t for t in range(START - HOUR, AS_OF + 1, 300)
             if (t - START) % (30 * MINUTE) == 0 or (fine and t >= RECENT - HOUR)]
    busy, tilt = loads.cpu_series(host, times), rng(f"tilt/{host}").uniform(.97, 1.03)
    for cpu, share in enumerate((tilt, 2 - tilt)):
        total, rows = 1_284_331.5, []
        for i, t in enumerate(times):
            if i:
                if any(times[i - 1] < r <= t for r in delays.RESTARTS.get(host, ())):
                    total = 0.0
                total += (t - times[i - 1]) * max(0.0, 1 - min(1.0, busy[i] * share))
            rows.append(round(total, 2))
        om.series("node_cpu_seconds_total", host, times, rows, cpu=str(cpu), mode="idle")


def prometheus(path, histories):
    om = OpenMetrics(path)
    for v, (_, used) in histories:
        if v.source == "prometheus":
            filesystem(om, v, used[:len(HOURLY)])
    tmpfs(om)
    for pool in loads.PROMETHEUS_POOLS:
        for host in loads.POOLS[pool]:
            idle_counters(om, host)
            up = [0 if outage(host, t) else 1 for t in HOURLY]
            first = next(i for i, t in enumerate(HOURLY) if not (host == "ms08" and outage(host, t)))
            om.out.writelines(f'up{{instance="{host}:9100",job="node"}} {u} {t}\n'
                              for t, u in list(zip(HOURLY, up))[first:])
            if pool in ("imap_proxy", "database", "cache"):
                om.series("node_memory_MemTotal_bytes", host, HOURLY, [loads.memory_total(host)] * len(HOURLY))
                om.series("node_memory_MemAvailable_bytes", host, HOURLY, loads.memory_available(host, HOURLY))
            if pool == "mailstore":
                om.series("node_disk_io_time_seconds_total", host, HOURLY, devices.busy_counter(host, HOURLY), device=devices.DEVICE)
            if pool == "imap_proxy":
                sessions = loads.level_series(f"sessions/{host}", FINE, loads.sessions_law, scatter=.025, minutes=40)
                om.series("cyrus_imap_active_connections", host, FINE, sessions, port=9901, job="cyrus")
            if pool in ("mx", "routing", "outbound"):
                postfix(om, host, pool)
    probes(om)
    om.close()


def postfix(om, host, pool):
    """kumina's postfix_exporter: queues by the count of its age histogram, removals, and delays by stage."""
    exporter = {"port": 9154, "job": "postfix"}
    times = FINE if pool == "outbound" else HOURLY
    for queue in ("active", "deferred"):
        om.series("postfix_showq_message_age_seconds_count", host, times,
                  delays.queue_series(host, pool, queue, times), queue=queue, **exporter)
    om.series("postfix_qmgr_messages_removed_total", host, HOURLY, delays.removed_counter(host, pool, HOURLY), **exporter)
    if pool == "outbound":
        rows = delays.delivery_counters(host, HOURLY)
        for stage in delays.STAGES:
            om.series("postfix_smtp_delivery_delay_seconds_sum", host, HOURLY, [s[stage] for _, s in rows], stage=stage, **exporter)
            om.series("postfix_smtp_delivery_delay_seconds_count", host, HOURLY, [c for c, _ in rows], stage=stage, **exporter)
            for edge, totals in buckets.of_stage(rows, stage).items():
                om.series("postfix_smtp_delivery_delay_seconds_bucket", host, HOURLY, totals, stage=stage, le=edge, **exporter)


def probes(om):
    """Scripted probes, one by the blackbox exporter, and mailexporter's round trips."""
    for probe in delays.PROBES:
        seconds, success = zip(*delays.probe_series(probe, FINE))
        if probe in ("inbound", "outbound"):
            om.series("mail_last_deliver_duration_seconds", "probe01", FINE, seconds, 8080, "mailexporter", configname=probe)
            om.series("mail_deliver_success", "probe01", FINE, success, 8080, "mailexporter", configname=probe)
        elif probe == "webmail_login":
            labels = {"job": "blackbox", "module": probe, "target": "https://webmail.mail.example/login"}
            om.series("probe_duration_seconds", "probe01", FINE, seconds, 9115, **labels)
            om.series("probe_success", "probe01", FINE, success, 9115, **labels)
        else:
            om.series("mail_probe_duration_seconds", "probe01", FINE, seconds, 9469, "mail_probes", probe=probe)
            om.series("mail_probe_success", "probe01", FINE, success, 9469, "mail_probes", probe=probe)


def tier(*spans):
    """Times at several steps: (days before the as-of moment at which it starts, step), coarse to fine."""
    starts = [AS_OF - int(days * DAY) for days, _ in spans] + [AS_OF + 1]
    return [t for (_, step), a, b in zip(spans, starts, starts[1:]) for t in range(a, b, step)]


def between(at_hour, t, random):
    """Use at `t`: on the way from one full hour to the next, give or take a few blocks."""
    hour, part = t // HOUR * HOUR, t % HOUR / HOUR
    if part == 0:
        return at_hour[hour]
    level = at_hour[hour] * (1 - part) + at_hour[hour + HOUR] * part
    return int(level) // volumes.BLOCK * volumes.BLOCK + random.randrange(-40, 40) * volumes.BLOCK


def graphite(histories):
    """Diamond on the submission servers, collectd on administration and name servers."""
    out = {}

    def put(path, host, times, values):
        out[path] = [[t, v] for t, v in zip(times, values) if not outage(host, t)]

    disk_times = tier((120, HOUR), (3, 300))
    load_times = tier((120, HOUR), (14, 300))
    for v, (times, used) in histories:
        if v.source != "graphite":
            continue
        random = rng(f"fine/{v.name}")
        at_hour = dict(zip(times, used))
        seen = [between(at_hour, t, random) for t in disk_times]
        diamond = v.host.startswith("sm")
        base = f"servers.{v.host}.diskspace.root.byte_" if diamond else f"collectd.{v.host}.df-root.df_complex-"
        free = [v.size - u for u in seen]
        avail = [f - v.reserved_at(AS_OF) for f in free]
        put(base + "used", v.host, disk_times, seen)
        put(base + "free", v.host, disk_times, free if diamond else avail)  # collectd's `free` leaves the reserve out
        put(base + ("avail" if diamond else "reserved"), v.host, disk_times,
            avail if diamond else [v.reserved_at(AS_OF)] * len(disk_times))
        if not diamond:
            total, inodes = volumes.inodes_total(v), [u // 61_000 for u in seen]
            base = f"collectd.{v.host}.df-root.df_inodes-"
            put(base + "used", v.host, disk_times, inodes)
            put(base + "free", v.host, disk_times, [total - i for i in inodes])
            put(base + "reserved", v.host, disk_times, [0] * len(disk_times))
        idle = [round(100 * (1 - b), 2) for b in loads.cpu_series(v.host, load_times)]
        put(f"servers.{v.host}.cpu.total.idle" if diamond else f"collectd.{v.host}.cpu-average.cpu-idle", v.host, load_times, idle)
        if diamond:
            queue_times = tier((120, HOUR), (14, 300), (2, MINUTE))
            put(f"servers.{v.host}.postqueue.count", v.host, queue_times,
                delays.queue_series(v.host, "submission", "active", queue_times))
    return out


def cloudwatch(histories):
    """EC2, CloudWatch agent, load balancer and Auto Scaling of the webmail pool; a period is stamped by its start."""
    hourly = [t for t in HOURLY if t < AS_OF]
    load_times = [t for t in tier((120, HOUR), (14, 300)) if t < AS_OF]
    out = []

    def put(name, namespace, metric, dimensions, times, values):
        out.append({"name": name, "namespace": namespace, "metric": metric, "dimensions": dimensions,
                    "points": [[t, v] for t, v in zip(times, values)]})

    for v, (times, used) in histories:
        if v.source != "cloudwatch":
            continue
        put(v.host, "AWS/EC2", "CPUUtilization", {"InstanceId": f"i-{rng(v.host).getrandbits(68):017x}"}, load_times,
            [round(100 * c, 2) for c in loads.cpu_series(v.host, load_times)])
        disk = {"host": v.host, "path": v.mount, "fstype": v.fstype, "device": v.device}
        put(v.host, "CWAgent", "disk_used", disk, hourly, used[:len(hourly)])
        put(v.host, "CWAgent", "disk_total", disk, hourly, [v.size] * len(hourly))
        memory = loads.Noisy(f"memory/{v.host}", scatter=.02, minutes=120)
        put(v.host, "CWAgent", "mem_used_percent", {"host": v.host}, hourly, [round(memory(t, 41 + 17 * use(t)), 2) for t in hourly])
    put("webmail", "AWS/ApplicationELB", "ActiveConnectionCount", {"LoadBalancer": "app/webmail/0f1e2d3c4b5a6978"}, load_times,
        loads.level_series("connections", load_times, loads.connections_law, scatter=.03, minutes=30))
    response, (base, day) = loads.Noisy("response", own=0, scatter=.07, minutes=20), delays.TARGET_RESPONSE
    put("webmail", "AWS/ApplicationELB", "TargetResponseTime", {"LoadBalancer": "app/webmail/0f1e2d3c4b5a6978"}, load_times,
        [round(response(t, base * (1 + day * use(t))), 4) for t in load_times])
    # One server was replaced in a night of September and missed for an hour.
    put("webmail", "AWS/AutoScaling", "GroupInServiceInstances", {"AutoScalingGroupName": "webmail"}, hourly,
        [7 if local(t)[1].isoformat() == "2026-09-09" and int(local(t)[0]) == 2 else 8 for t in hourly])
    return out


def main(directory):
    directory.mkdir(parents=True, exist_ok=True)
    fleet = volumes.fleet(0.90)
    histories = [(v, volumes.history(v)) for v in fleet]
    prometheus(directory / "prometheus.om", histories)
    (directory / "graphite.json").write_text(json.dumps(graphite(histories)))
    (directory / "cloudwatch.json").write_text(json.dumps(cloudwatch(histories)))
    mailboxes.export(directory / "mailboxes.csv.gz", histories)
    (directory / "truth.json").write_text(json.dumps(truth(histories), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
