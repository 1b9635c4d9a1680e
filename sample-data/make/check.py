"""check.py SAMPLE_DATA: holds the exported files against the truth: what is full at the as-of moment, where each
host's data begin and end, that nothing lies past the as-of moment, and the sizes that the repository allows."""
import json
import pathlib
import sys

from clock import AS_OF, HOUR, START, iso
from exports import epoch, read

MIB = 2**20
ALL_FILES_AT_MOST, ONE_FILE_AT_MOST = 8 * MIB, 2 * MIB


def series_of(directory):
    """{(name, sorted labels): [(time, value)]} over all files, and a line about each file."""
    merged = {}
    for path in sorted(p for p in (directory / "exports").rglob("*") if p.is_file()):
        series = read(path)
        for name, labels, points in series:
            merged.setdefault((name, tuple(sorted(labels.items()))), []).extend(points)
        times = [t for _, _, points in series for t, _ in points]
        print(f"{path.stat().st_size:8} bytes {len(series):4} series {len(times):7} points {iso(min(times, default=0))} {iso(max(times, default=0))}"
              f"  {path.parent.name}/{path.name}")
    return {key: sorted(points) for key, points in merged.items()}


def used(volume, series):
    """[(time, used bytes)] of a volume of the truth file."""
    host, mount = volume["host"], volume["mount"]
    if volume["source"] == "cloudwatch":
        return series[f"{host} {mount} disk_used", ()]
    if volume["source"] == "graphite":
        path = f"servers.{host}.diskspace.root.byte_used" if host.startswith("sm") else f"collectd.{host}.df-root.df_complex-used"
        return series[path, ()]
    def one(name):
        wanted = {("instance", f"{host}:9100"), ("mountpoint", mount)}
        return next(p for (n, labels), p in series.items() if n == name and wanted <= set(labels))
    free = dict(one("node_filesystem_free_bytes"))
    return [(t, size - free[t]) for t, size in one("node_filesystem_size_bytes")]


def problems(directory):
    sizes = [p.stat().st_size for p in (directory / "exports").rglob("*") if p.is_file()]
    if sum(sizes) > ALL_FILES_AT_MOST or max(sizes) > ONE_FILE_AT_MOST:
        yield f"too large: {sum(sizes)} bytes together, {max(sizes)} the largest"
    series = series_of(directory)
    for key, points in series.items():
        late = [t for t, _ in points if t > AS_OF]
        values = dict(points)
        if late or points[0][0] < START:
            yield f"{key}: has points outside of the history, {iso(points[0][0])} to {iso(points[-1][0])}"
        if any(values[t] != v for t, v in points):
            yield f"{key}: two files disagree about a moment"
    truth = json.loads((directory / "truth.json").read_text())
    for count in truth["mailboxes"]:
        name = f'mailboxes{{store="{count["host"]}",mount="{count["volume"]}"}}'
        if series[name, ()][-1][1] != count["mailboxes"]:
            yield f"{name}: ends with {series[name, ()][-1]}, the truth says {count['mailboxes']}"
    for volume in truth["volumes"]:
        points = used(volume, series)
        name = f"{volume['host']}:{volume['volume']}"
        # CloudWatch stamps a period by its start, so its last one starts an hour before.
        end = AS_OF - HOUR if volume["source"] == "cloudwatch" else AS_OF
        if volume["expected_verdict"] != "stale":
            if points[-1][0] != end:
                yield f"{name}: ends at {iso(points[-1][0])}, not at {iso(end)}"
            if abs(points[-1][1] / volume["used_bytes"] - 1) > 0.002:
                yield f"{name}: {points[-1][1]} bytes used, the truth says {volume['used_bytes']}"
        if not -HOUR < points[0][0] - epoch(volume["first_sample"]) < 2 * HOUR:
            yield f"{name}: begins at {iso(points[0][0])}, the truth says {volume['first_sample']}"
        if not -HOUR < points[-1][0] - min(end, epoch(volume["last_sample"])) < 2 * HOUR:
            yield f"{name}: ends at {iso(points[-1][0])}, the truth says {volume['last_sample']}"


def main(directory):
    found = list(problems(directory))
    print("\n".join(found) or "all is as the truth says")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
