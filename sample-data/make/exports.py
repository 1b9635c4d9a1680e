"""Reads exported files back: (series name, labels, [(time, value)]) from each of the formats in ../exports.

Only what check.py needs, with the standard library and the `zstd` command.
"""
import csv
import datetime as dt
import gzip
import io
import json
import re
import subprocess

SAMPLE = re.compile(r"^(\w+)\{(.*)\} (\S+) (\S+)$")
LABEL = re.compile(r'(\w+)="([^"]*)"')


def text(path):
    if path.suffix == ".zst":
        return subprocess.run(["zstd", "-dcq", "--long=24", path], check=True, capture_output=True, text=True).stdout
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes()).decode()
    return path.read_text()


def epoch(stamp):
    return stamp if isinstance(stamp, int) else int(dt.datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp())


def prometheus(content):
    for series in json.loads(content)["data"]["result"]:
        labels = dict(series["metric"])
        yield labels.pop("__name__", ""), labels, [(int(t), float(v)) for t, v in series["values"]]


def openmetrics(content):
    series = {}
    for line in content.splitlines():
        if match := SAMPLE.match(line):
            name, labels, value, time = match.groups()
            series.setdefault((name, labels), []).append((int(float(time)), float(value)))
    for (name, labels), points in series.items():
        yield name, dict(LABEL.findall(labels)), points


def graphite_json(content):
    for series in json.loads(content):
        yield series["target"], {}, [(t, v) for v, t in series["datapoints"] if v is not None]


def graphite_csv(content):
    series = {}
    for name, stamp, value in csv.reader(io.StringIO(content)):
        if value:
            series.setdefault(name, []).append((epoch(stamp + "+00:00"), float(value)))
    for name, points in series.items():
        yield name, {}, points


def graphite_raw(content):
    for line in content.splitlines():
        head, values = line.split("|")
        name, start, _, step = head.rsplit(",", 3)
        yield name, {}, [(int(start) + i * int(step), float(v)) for i, v in enumerate(values.split(",")) if v != "None"]


def cloudwatch(content):
    answer = json.loads(content)
    for series in answer.get("MetricDataResults", ()):
        yield series["Label"], {}, sorted((epoch(t), v) for t, v in zip(series["Timestamps"], series["Values"]))
    if "Datapoints" in answer:
        yield answer["Label"], {}, sorted((epoch(p["Timestamp"]), p["Average"]) for p in answer["Datapoints"])


def wide_csv(content):
    times, *columns = zip(*csv.reader(io.StringIO(content)))
    for name, *values in columns:
        yield name, {}, [(epoch(t), float(v)) for t, v in zip(times[1:], values) if v]


def read(path):
    """All series of one exported file."""
    content, kind = text(path), path.name.split(".")[1]
    if path.parent.name == "provisioning":
        return list(wide_csv(content))
    if path.parent.name == "cloudwatch":
        return list(cloudwatch(content))
    if path.parent.name == "graphite":
        return list({"json": graphite_json, "csv": graphite_csv, "raw": graphite_raw}[kind](content))
    return list((prometheus if kind == "json" else openmetrics)(content))
