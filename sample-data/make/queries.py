"""queries.py CLOUDWATCH_JSON METRIC STATISTIC PERIOD LABEL [VALUE …]: prints --metric-data-queries for the AWS CLI.

LABEL may name dimensions in braces: "{InstanceId} CPUUtilization".
"""
import json
import sys


def main(source, metric, statistic, period, label, *wanted):
    with open(source, encoding="utf-8") as text:
        series = [s for s in json.load(text) if s["metric"] == metric
                  and (not wanted or set(wanted) & set(s["dimensions"].values()))]
    queries = [{
        "Id": f"q{i}",
        "Label": label.format_map(s["dimensions"]),
        "MetricStat": {
            "Metric": {"Namespace": s["namespace"], "MetricName": metric,
                       "Dimensions": [{"Name": n, "Value": v} for n, v in s["dimensions"].items()]},
            "Period": int(period), "Stat": statistic,
        },
    } for i, s in enumerate(series)]
    print(json.dumps(queries))


if __name__ == "__main__":
    main(*sys.argv[1:])
