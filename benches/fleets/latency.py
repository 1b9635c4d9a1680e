#!/usr/bin/env python3
"""Is it getting slower: runs Mailtide at the end of a fleet's latencies, and writes the scorer's predictions.

    latency.py DATA MAILTIDE WORK > predictions.json
    latency.py findings.json > predictions.json

DATA has meta.json (end) and prom/latency_*.json; MAILTIDE is the program; WORK a directory for archive and report. The
second form turns the findings of a run that was made already. Whether a series was told to rise or fall, and by how many
percent over its span, is what the scorer reads; `kind` (slow, late, step, steps, down, none), `lo` and `hi` (the 90 %
interval of `pct`) and `belief` stand beside it. An undecided series counts as flat.
"""
import datetime, json, pathlib, subprocess, sys

KINDS = {"ramp": "slow", "late": "late", "step": "step", "steps": "steps"}

PLATFORM = """
[platform]
name = "fleet"
timezone = "UTC"
currency = "EUR"
queries = {queries}

[[source]]
name = "prometheus"
files = [{files}]

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
    meta = json.loads((data / "meta.json").read_text())
    work.mkdir(parents=True, exist_ok=True)
    platform = work / "latency.toml"
    platform.write_text(PLATFORM.format(
        queries=json.dumps(str(pathlib.Path(__file__).resolve().parent / "queries")),
        files=json.dumps(str(data / "prom" / "latency_*"))))
    end = datetime.datetime.fromtimestamp(meta["end"], datetime.timezone.utc)
    out = work / "latency"
    ran = subprocess.run(
        [mailtide, "run", "--platform", platform, "--as-of", end.strftime("%Y-%m-%dT%H:%M:%SZ"), "--out", out,
         "--archive", work / "latency-archive", "--format", "json"],
        stdout=subprocess.DEVNULL, cwd=work)
    if ran.returncode not in (0, 3, 4, 5):
        sys.exit(f"{mailtide} ended with {ran.returncode} on {data}")
    return out / "latest" / "findings.json"


def main():
    paths = [pathlib.Path(argument).resolve() for argument in sys.argv[1:]]
    findings = run(*paths) if len(paths) == 3 else paths[0]
    drifts = [f for f in json.loads(findings.read_text())["findings"] if f["kind"] == "drift"]
    json.dump({"latency": [prediction(f) for f in drifts]}, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
