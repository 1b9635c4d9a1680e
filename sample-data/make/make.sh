#!/bin/bash
# make.sh [--no-install] [prometheus] [graphite] [cloudwatch]: makes sample-data/exports (all of them, or those named)
# and sample-data/truth.json anew, from the generator through the real servers to the exported files. Debian 12;
# installing needs root. Everything else lives in a temporary directory (or in $BUILD, which is then kept), and the
# servers listen on loopback only.
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

if [ "${1:-}" = --no-install ]; then
    shift
else
    install_servers
    fetch_promtool
fi
[ ! -x "$BUILD/trixie/unpacked/usr/bin/promtool" ] || PROMTOOL=$BUILD/trixie/unpacked/usr/bin/promtool
[ $# -gt 0 ] || set -- prometheus graphite cloudwatch

python3 generate.py "$BUILD"
cp "$BUILD/truth.json" ../truth.json
mkdir -p "$OUT/provisioning"
cp "$BUILD/mailboxes.csv.gz" "$OUT/provisioning/mailboxes.csv.gz"

for part in "$@"; do
    rm -rf "${OUT:?}/$part"
    case $part in
    prometheus)
        rm -rf "$BUILD/tsdb"
        start_prometheus
        export_prometheus
        stop prometheus
        export_dump
        ;;
    graphite)
        rm -rf "$BUILD/graphite"
        start_graphite "$AS_OF"
        export_graphite
        stop graphite
        ;;
    cloudwatch)
        start_moto
        export_cloudwatch
        stop moto
        ;;
    *)
        echo "make.sh: $part is none of prometheus, graphite, cloudwatch" >&2
        exit 2
        ;;
    esac
done

python3 check.py ..
