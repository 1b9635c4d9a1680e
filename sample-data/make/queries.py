"""queries.py CLOUDWATCH_JSON METRIC STATISTIC PERIOD LABEL [NAME …]: prints --metric-data-queries for the AWS CLI.

LABEL may have the server's {name} and dimensions in braces: "{name} {path} disk_used".
"""
import json
import sys


def main(source, metric, statistic, period, label, *wanted):
    with open(source, encoding="utf-8") as text:
        series = [s for s in json.load(text) if s["metric"] == metric
                  and (not wanted or s["name"] in wanted)]
    queries = [{
        "Id": f"q{i}",
        "Label": label.format(name=s["name"], **s["dimensions"]),
        "MetricStat": {
            "Metric": {"Namespace": s["namespace"], "MetricName": metric,
                       "Dimensions": [{"Name": n, "Value": v} for n, v in s["dimensions"].items()]},
            "Period": int(period), "Stat": statistic,
        },
    } for i, s in enumerate(series)]
    print(json.dumps(queries))


if __name__ == "__main__":
    main(*sys.argv[1:])
