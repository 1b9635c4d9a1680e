#!/usr/bin/env python3
"""The loads of a simulated fleet, forecast by Mailtide, in the form that the fleet's scorer reads.

    load.py platform FLEET > platform.toml         a platform in which each server of FLEET/prom is a pool of its own
    load.py predictions OUT FLEET > loads.json     what a run with that platform has written to OUT/latest

The second reads forecasts.parquet: its middle (p50) is `yhat`, its bound `upper`, by five minutes from the end of the
history on. Needs pyarrow. What is true of the fleet is not looked at.
"""
import glob
import json
import os
import re
import sys

STEP = 300


def meta(fleet):
    with open(f"{fleet}/meta.json") as file:
        return json.load(file)


def servers(fleet):
    """The servers named in the exports of processor loads, without reading their samples."""
    names = set()
    for path in sorted(glob.glob(f"{fleet}/prom/load_*.json")):
        with open(path) as file:
            names.update(re.findall(r'"instance":"([^":]+)', file.read()))
    return sorted(names)


def platform(fleet, timezone="Europe/Berlin"):
    files = os.path.abspath(f"{fleet}/prom/load_*.json")
    holidays = ", ".join(meta(fleet).get("holidays", []))
    print(f'[platform]\nname = "fleet"\ntimezone = "{timezone}"\ncurrency = "EUR"\n')
    print(f'[[source]]\nname = "prometheus"\nfiles = ["{files}"]\nmeasure = "load.cpu"\nunit = "percent"')
    print('label_map = { host = "instance" }\n')
    if os.environ.get("HOLIDAYS", "1") != "0":
        print(f"[calendar]\nholidays = [{holidays}]\n")
    print("[report]\ncharts = 0\n")
    for server in servers(fleet):
        print(f'[[pool]]\nname = "{server}"\nrole = "webmail"\nhosts = ["{server}"]\nscales_out = true\n')


def predictions(out, fleet):
    import pyarrow.parquet as parquet

    about = meta(fleet)
    end, slots = about["end"], about["hold_days"] * 86400 // STEP
    table = parquet.read_table(f"{out}/latest/forecasts.parquet").to_pydict()
    loads = {}
    for series, time, middle, bound in zip(table["series"], table["time"], table["p50"], table["bound"]):
        found = re.fullmatch(r'load\.cpu\{pool="([^"]+)"\}', series)
        slot = (time - end) // STEP
        if found and 0 <= slot < slots:
            own = loads.setdefault(found[1], ([None] * slots, [None] * slots))
            own[0][slot], own[1][slot] = 100 * middle, 100 * bound
    holes = [name for name, (yhat, _) in loads.items() if None in yhat]
    if holes or not loads:
        sys.exit(f"no forecast, or one with holes, of: {', '.join(holes) or 'any server'}")
    json.dump({"load": [{"series": n, "yhat": y, "upper": u} for n, (y, u) in sorted(loads.items())]}, sys.stdout)


def main():
    match sys.argv[1:]:
        case ["platform", fleet]:
            platform(fleet)
        case ["predictions", out, fleet]:
            predictions(out, fleet)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
