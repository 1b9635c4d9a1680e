#!/usr/bin/env python3
"""What will each server's load be next week: runs Mailtide at the end of a fleet's history, and writes the scorer's predictions.

    load.py DATA MAILTIDE WORK > predictions.json

DATA has meta.json (end, hold_days, holidays) and prom/load_*.json; MAILTIDE is the program; WORK a directory for the archive and
the report. Each server is a pool of its own. From forecasts.parquet, which needs pyarrow to be read, the middle (p50) becomes
`yhat` and the bound `upper`, by five minutes. TIMEZONE is the one that the platform declares (Europe/Berlin); HOLIDAYS=0 leaves
the fleet's holidays undeclared.
"""
import json, os, pathlib, re, sys

import fleet

DAY, STEP = 86400, 300

# Follows the source that the platform file begins with.
MEASURE = """measure = "load.cpu"
unit = "percent"
label_map = {{ host = "instance" }}

[calendar]
holidays = [{holidays}]

[report]
charts = 0
"""

POOL = """
[[pool]]
name = "{server}"
role = "webmail"
hosts = ["{server}"]
scales_out = true
"""


def main():
    data, mailtide, work = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
    meta = json.loads((data / "meta.json").read_text())
    texts = (path.read_text() for path in sorted(data.glob("prom/load_*.json")))
    servers = sorted({name for text in texts for name in re.findall(r'"instance": ?"([^":]+)', text)})
    holidays = meta.get("holidays", []) if os.environ.get("HOLIDAYS", "1") != "0" else []
    text = fleet.platform(data / "prom" / "load_*.json", os.environ.get("TIMEZONE", "Europe/Berlin"))
    text += MEASURE.format(holidays=", ".join(holidays)) + "".join(POOL.format(server=server) for server in servers)
    report = fleet.run(mailtide, work, "load", text, meta["end"])
    json.dump({"load": predictions(report / "forecasts.parquet", meta)}, sys.stdout)


def predictions(path, meta):
    import pyarrow.parquet as parquet

    slots = meta["hold_days"] * DAY // STEP
    table = parquet.read_table(path).to_pydict()
    loads = {}
    for series, time, middle, bound in zip(table["series"], table["time"], table["p50"], table["bound"]):
        found = re.fullmatch(r'load\.cpu\{pool="([^"]+)"\}', series)
        slot = (time - meta["end"]) // STEP
        if found and 0 <= slot < slots:
            own = loads.setdefault(found[1], ([None] * slots, [None] * slots))
            own[0][slot], own[1][slot] = 100 * middle, 100 * bound
    holed = [name for name, (middle, _) in loads.items() if None in middle]
    if holed or not loads:
        sys.exit(f"no forecast, or one with holes, of: {', '.join(holed) or 'any server'}")
    return [{"series": name, "yhat": yhat, "upper": upper} for name, (yhat, upper) in sorted(loads.items())]


if __name__ == "__main__":
    main()
