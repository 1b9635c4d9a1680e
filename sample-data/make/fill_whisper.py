"""fill_whisper.py GRAPHITE_JSON STORAGE_DIR AS_OF: writes whisper files as carbon would have, as seen at AS_OF.

Runs with the Python that has the `whisper` package (on Debian /usr/bin/python3).
"""
import json
import os
import sys

import whisper

RETENTIONS = [whisper.parseRetentionDef(text) for text in ("1m:2d", "5m:60d", "1h:2y")]


def main(source, storage, as_of):
    with open(source, encoding="utf-8") as text:
        series = json.load(text)
    for path, points in series.items():
        file = os.path.join(storage, *path.split(".")) + ".wsp"
        os.makedirs(os.path.dirname(file), exist_ok=True)
        # A roll-up of a single sample is that sample: collectors once sent hourly only (x-files factor 0).
        whisper.create(file, RETENTIONS, xFilesFactor=0.0, aggregationMethod="average")
        # Seen a minute later, the sample of two days ago is no longer in the finest archive, whose slot the newest takes.
        whisper.update_many(file, points, now=as_of + 60)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
