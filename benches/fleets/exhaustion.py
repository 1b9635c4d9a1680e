#!/usr/bin/env python3
"""When is a volume full: runs Mailtide at each of a fleet's origins, and writes the scorer's predictions.

    exhaustion.py DATA MAILTIDE WORK > predictions.json

DATA has meta.json (vol_start, origins, horizon) and prom/volumes_*.json; MAILTIDE is the program; WORK a directory for
archives and reports. Each run sees nothing after its origin. Days beyond the horizon are null, and so is the early
edge of an interval where there is none; an interval whose early edge lies beyond the horizon begins a day after it.
"""
import datetime, json, pathlib, subprocess, sys

DAY = 86400

PLATFORM = """
[platform]
name = "fleet"
timezone = "UTC"
currency = "EUR"
queries = {queries}

[[source]]
name = "prometheus"
files = [{files}]

# The truth is the day on which a volume is full to the last byte.
[[pool]]
name = "mailstore"
role = "mailstore"
hosts = ["ms*"]
full_mark = 1.0

[report]
horizon_days = {horizon}
charts = 1
"""


def prediction(finding, horizon):
    """Days until full, and the interval's edges, of one finding."""
    verdict = finding["verdict"]
    if verdict == "undecided":
        return None, None, None
    runway = finding.get("runway") or {"p5_days": None, "p50_days": None, "p95_days": None}
    early = horizon + 1 if runway["p5_days"] is None else runway["p5_days"]
    return runway["p50_days"] if verdict == "fills" else None, early, runway["p95_days"]


def main():
    data, mailtide, work = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
    meta = json.loads((data / "meta.json").read_text())
    work.mkdir(parents=True, exist_ok=True)
    platform = work / "exhaustion.toml"
    platform.write_text(PLATFORM.format(
        queries=json.dumps(str(pathlib.Path(__file__).resolve().parent / "queries")),
        files=json.dumps(str(data / "prom" / "volumes_*")), horizon=float(meta["horizon"])))
    told = []
    for origin in meta["origins"]:
        moment = datetime.datetime.fromtimestamp(meta["vol_start"] + origin * DAY, datetime.timezone.utc)
        out = work / f"exhaustion-{origin}"
        ran = subprocess.run(
            [mailtide, "run", "--platform", platform, "--archive", work / f"exhaustion-archive-{origin}", "--out", out,
             "--as-of", moment.strftime("%Y-%m-%dT%H:%M:%SZ")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if ran.returncode != 0:
            sys.exit(f"mailtide ended with {ran.returncode} at day {origin}:\n{ran.stderr}")
        findings = json.loads((out / "latest" / "findings.json").read_text())["findings"]
        for finding in findings:
            if finding["kind"] == "volume_exhaustion":
                days, early, late = prediction(finding, meta["horizon"])
                series = finding["subject"]["labels"]["volume"].rsplit("/", 1)[-1]
                told.append({"series": series, "origin": origin, "days": days, "lo": early, "hi": late})
    json.dump({"exhaustion": told}, sys.stdout)


if __name__ == "__main__":
    main()
