#!/usr/bin/env python3
"""Is it getting slower: runs Mailtide at the end of a fleet's latencies, and writes the scorer's predictions.

    latency.py DATA MAILTIDE WORK > predictions.json
    latency.py findings.json > predictions.json

DATA has meta.json (end) and prom/latency_*.json; MAILTIDE is the program; WORK a directory for archive and report. The
second form turns the findings of a run that was made already. Whether a series was told to rise or fall, and by how many
percent over its span, is what the scorer reads; `kind` (slow, late, step, steps, down, none), `lo` and `hi` (the 90 %
interval of `pct`) and `belief` stand beside it. An undecided series counts as flat.
"""
import json, pathlib, sys

import fleet

KINDS = {"ramp": "slow", "late": "late", "step": "step", "steps": "steps"}

# Latencies are judged whether or not a pool claims their host, and a platform file has a pool.
POOL = """
[[pool]]
name = "rest"
role = "admin"
hosts = ["no-such-host"]

[report]
charts = 1
"""


def prediction(finding):
    told = finding["verdict"] in ("rises", "falls")
    kind = "down" if finding["verdict"] == "falls" else KINDS.get(finding.get("course"), "slow")
    return {
        "series": finding["subject"]["labels"]["host"].split(":")[0],
        "drift": told,
        "pct": finding.get("percent_over_span", 0.0),
        "kind": kind if told else "none",
        "lo": finding.get("low_over_span"),
        "hi": finding.get("high_over_span"),
        "belief": finding.get("belief"),
    }


def run(data, mailtide, work):
    """The findings.json of a run that sees the fleet's latencies to their end."""
    end = json.loads((data / "meta.json").read_text())["end"]
    return fleet.run(mailtide, work, "latency", fleet.platform(data / "prom" / "latency_*") + POOL, end) / "findings.json"


def main():
    paths = [pathlib.Path(argument).resolve() for argument in sys.argv[1:]]
    told = run(*paths) if len(paths) == 3 else paths[0]
    json.dump({"latency": [prediction(finding) for finding in fleet.findings(told, "drift")]}, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
