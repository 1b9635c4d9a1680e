#!/usr/bin/env bash
# Runs Mailtide on simulated fleets and scores what it says.
#
#   benches/fleets/run.sh SCORER DATA...
#
# SCORER is the scorer's score.py; each DATA a fleet: meta.json, prom/ and truth/. MAILTIDE names the program
# (target/release/mailtide), PYTHON an interpreter with what the scorer needs (python3), WORK a directory that keeps
# predictions, reports and archives (by default they are gone at the end).
set -euo pipefail

here=$(dirname "$(realpath "$0")")
scorer=$(realpath "$1")
shift
mailtide=$(realpath "${MAILTIDE:-target/release/mailtide}")
python=${PYTHON:-python3}
work=${WORK:-}
if [ -z "$work" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi

for data in "$@"; do
    name=$(realpath "$data" | tr / _)
    mkdir -p "$work/$name"
    # A part a question; each writes its own predictions.
    for part in exhaustion load latency; do
        [ -f "$here/$part.py" ] || continue
        "$python" "$here/$part.py" "$data" "$mailtide" "$work/$name" > "$work/$name/$part.json"
        echo "== $data: $part"
        "$python" "$scorer" --data "$data" --pred "$work/$name/$part.json"
    done
done
