"""fill_moto.py CLOUDWATCH_JSON ENDPOINT METRIC FROM UNTIL [NAME …]: puts one metric's samples into an emptied moto.

Only the series of the servers NAMEd are put, all of them where none is. moto looks at
every sample for every period that is asked for, so its store is kept to what the next export needs.
"""
import datetime as dt
import json
import sys
import urllib.request

import boto3


def main(source, endpoint, metric, start, end, *wanted):
    start, end = int(start), int(end)
    urllib.request.urlopen(urllib.request.Request(endpoint + "/moto-api/reset", method="POST")).close()
    client = boto3.client("cloudwatch", endpoint_url=endpoint, region_name="eu-central-1",
                          aws_access_key_id="example", aws_secret_access_key="example")
    with open(source, encoding="utf-8") as text:
        for series in json.load(text):
            dimensions = series["dimensions"]
            if series["metric"] != metric or (wanted and series["name"] not in wanted):
                continue
            data = [{"MetricName": metric, "Dimensions": [{"Name": n, "Value": v} for n, v in dimensions.items()],
                     "Timestamp": dt.datetime.fromtimestamp(t, dt.timezone.utc), "Value": v}
                    for t, v in series["points"] if start <= t < end]
            for first in range(0, len(data), 1000):
                client.put_metric_data(Namespace=series["namespace"], MetricData=data[first:first + 1000])


if __name__ == "__main__":
    main(*sys.argv[1:])
