#!/usr/bin/env bash
# Pulls what fill.py has made from a real Prometheus on loopback, once whole and once as a week's increment, and says
# what that costs: CPU seconds of Mailtide and of the server, peak memory, bytes a point.
#
#   benches/pull/run.sh DATA [MAILTIDE]
#
# DATA is the directory that fill.py has filled; MAILTIDE the program, target/release/mailtide where none is named.
# Needs prometheus and GNU time.
set -euo pipefail

data=$(realpath "$1")
program=$(realpath "${2:-target/release/mailtide}")
work=$(mktemp -d)
port=19555
server=
trap 'if [ -n "$server" ]; then kill "$server"; fi; rm -rf "$work"' EXIT
cd "$work"

cat > prometheus.yml <<< 'global: {}'
# Blocks of one time, a metric each, would be joined while the pull is measured.
prometheus --config.file=prometheus.yml --storage.tsdb.path="$data" --storage.tsdb.retention.time=10y \
    --storage.tsdb.max-block-duration=2h --storage.tsdb.min-block-duration=2h \
    --web.listen-address=127.0.0.1:$port > prometheus.log 2>&1 &
server=$!
until curl -sf "http://127.0.0.1:$port/-/ready" > /dev/null; do
    kill -0 "$server"
    sleep 0.5
done

cat > platform.toml <<E2
[platform]
name = "bench"
timezone = "UTC"
currency = "EUR"

[[source]]
name = "prometheus"
kind = "prometheus"
url = "http://127.0.0.1:$port"
step = "5m"
history = "91d"
packs = ["node_exporter", "postfix_exporter_kumina", "up", "cyrus", "exim_exporter", "rspamd"]

[[pool]]
name = "all"
role = "mailstore"
hosts = ["host*"]
E2

# The data end with the last whole day before they were made.
end=$(promtool tsdb list "$data" | awk 'NR > 1 && $3 > last { last = $3 } END { print int(last / 1000) }')
end=$((end / 86400 * 86400))
moment() { date -u -d "@$1" +%FT%TZ; }
# Ticks of CPU that the server has used.
ticks() { awk '{ print $14 + $15 }' "/proc/$server/stat"; }
hundredths=$((100 / $(getconf CLK_TCK)))

# measure NAME ARGUMENTS…: one pull.
measure() {
    local name=$1 before after
    shift
    before=$(ticks)
    /usr/bin/time -f '%U %S %e %M' -o time.txt "$program" pull "$@" 2> words.txt
    after=$(ticks)
    cat words.txt
    awk -v name="$name" -v server=$(((after - before) * hundredths)) \
        '{ printf "%s: %.1f CPU s (%.1f user, %.1f system), %.0f s in all, %.0f MB at most; the server %.1f CPU s\n",
           name, $1 + $2, $1, $2, $3, $4 / 1000, server / 100 }' time.txt
}

measure 'whole' --archive whole --as-of "$(moment "$end")"
"$program" archive info --archive whole --format json > info.json
python3 - info.json <<'PY'
import json
import sys

held = json.load(open(sys.argv[1]))
points = sum(measure["points"] for measure in held["measures"])
print(f"{points} points held, {held['bytes'] / points:.2f} bytes a point")
PY
measure 'all but a week' --archive weekly --as-of "$(moment $((end - 7 * 86400)))"
measure 'the last week' --archive weekly --as-of "$(moment "$end")"
measure 'the same again' --archive weekly --as-of "$(moment "$end")"
