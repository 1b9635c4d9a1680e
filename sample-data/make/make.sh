#!/bin/bash
# make.sh [--no-install]: makes sample-data/exports and sample-data/truth.json anew, from the generator through the
# three real servers to the exported files. Debian 12; installing needs root. Everything else lives in a temporary
# directory (or in $BUILD, which is then kept), and the servers listen on loopback only.
set -euo pipefail
cd "$(dirname "$0")"

if [ -z "${BUILD:-}" ]; then
    BUILD=$(mktemp -d)
    KEEP=
else
    mkdir -p "$BUILD"
    BUILD=$(cd "$BUILD" && pwd) KEEP=1
fi
OUT=$(cd .. && pwd)/exports
AS_OF=$(date -u -d 2026-11-16T06:00:00Z +%s)
START=$((AS_OF - 120 * 86400))
PROMTOOL=${PROMTOOL:-promtool}

. ./servers.sh
. ./export.sh

finish() {
    stop prometheus
    stop graphite
    stop moto
    [ -n "$KEEP" ] || rm -rf "$BUILD"
}
trap finish EXIT

[ "${1:-}" = --no-install ] || install_servers
rm -rf "$OUT" "$BUILD/tsdb" "$BUILD/graphite"
mkdir -p "$OUT"

python3 generate.py "$BUILD"
cp "$BUILD/truth.json" ../truth.json

start_prometheus
export_prometheus
stop prometheus
export_dump

start_graphite "$AS_OF"
export_graphite
stop graphite

start_moto
export_cloudwatch
stop moto

find "$OUT" -type f -printf '%s %P\n' | sort -k2
du -sb "$OUT"
