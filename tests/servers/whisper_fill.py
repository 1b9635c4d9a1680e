"""Writes Graphite's files: whisper_fill.py DIRECTORY < series

Each line of the input is one series as JSON:
{"path": "mail.mx1.queue", "retentions": ["5m:60d", "1h:2y"], "aggregation": "average", "points": [[time, value], …]}
Points older than an archive's retention go straight into the next coarser one, where the last of a slot stays.
"""

import json
import os
import sys

import whisper


def write(directory, series):
    file = os.path.join(directory, *series["path"].split(".")) + ".wsp"
    os.makedirs(os.path.dirname(file), exist_ok=True)
    if not os.path.exists(file):
        retentions = [whisper.parseRetentionDef(retention) for retention in series["retentions"]]
        whisper.create(file, retentions, xFilesFactor=0.0, aggregationMethod=series["aggregation"])
    whisper.update_many(file, [tuple(point) for point in series["points"]])


for line in sys.stdin:
    write(sys.argv[1], json.loads(line))
