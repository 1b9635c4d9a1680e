#!/usr/bin/env python3
"""When is a volume full: runs Mailtide at each of a fleet's origins, and writes the scorer's predictions.

    exhaustion.py DATA MAILTIDE WORK > predictions.json

DATA has meta.json (vol_start, origins, horizon) and prom/volumes_*.json; MAILTIDE is the program; WORK a directory for
archives and reports. Each run sees nothing after its origin. Days beyond the horizon are null, and so is the early
edge of an interval where there is none; an interval whose early edge lies beyond the horizon begins a day after it.
"""
import json, pathlib, sys

import fleet

DAY = 86400

# The truth is the day on which a volume is full to the last byte.
POOL = """
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
    text = fleet.platform(data / "prom" / "volumes_*") + POOL.format(horizon=float(meta["horizon"]))
    told = []
    for origin in meta["origins"]:
        report = fleet.run(mailtide, work, f"exhaustion-{origin}", text, meta["vol_start"] + origin * DAY)
        for finding in fleet.findings(report / "findings.json", "volume_exhaustion"):
            days, early, late = prediction(finding, meta["horizon"])
            series = finding["subject"]["labels"]["volume"].rsplit("/", 1)[-1]
            told.append({"series": series, "origin": origin, "days": days, "lo": early, "hi": late})
    json.dump({"exhaustion": told}, sys.stdout)


if __name__ == "__main__":
    main()
