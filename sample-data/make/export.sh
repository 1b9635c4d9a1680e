# The exports, as an operator would make them with curl, promtool and the AWS CLI. Sourced by make.sh after
# servers.sh; writes to $OUT/{prometheus,graphite,cloudwatch}.

pack() { # FILE zst|gz|plain
    case $2 in
    zst) zstd -q -19 --long=24 --rm -f "$1" ;;
    gz) gzip -9 -n -f "$1" ;;
    plain) ;;
    esac
}

# query FILE COMPRESSION EXPRESSION STEP FROM UNTIL
query() {
    curl -sS --fail-with-body --get "$PROMETHEUS/api/v1/query_range" --data-urlencode "query=$3" \
        -d "step=$4" -d "start=$5" -d "end=$6" -o "$OUT/prometheus/$1"
    pack "$OUT/prometheus/$1" "$2"
}

busy() { # MATCHERS WINDOW
    printf 'round(1 - avg by (instance) (rate(node_cpu_seconds_total{%s}[%s])), 0.0001)' "$1" "$2"
}

export_prometheus() {
    mkdir -p "$OUT/prometheus"
    local recent=$((AS_OF - 15 * 86400)) stores='instance=~"ms.*"' rest='instance!~"ms.*"'
    local bytes='__name__=~"node_filesystem_(size|free|avail)_bytes"'
    query filesystems-mailstores.json zst "{$bytes,$stores}" 1h "$START" "$AS_OF"
    query filesystems-others.json zst "{$bytes,$rest}" 1h "$START" "$AS_OF"
    query inodes-mailstores.json gz "{__name__=~\"node_filesystem_files(_free)?\"}" 1h "$START" "$AS_OF"
    query memory.json gz '{__name__=~"node_memory_Mem(Total|Available)_bytes"}' 1h "$START" "$AS_OF"
    query up.json zst 'up' 1h "$START" "$AS_OF"
    query queues-1h.json zst 'postfix_showq_message_age_seconds_count' 1h "$START" "$AS_OF"
    query queues-outbound-5m.json gz 'postfix_showq_message_age_seconds_count{instance=~"out.*"}' 5m $((recent + 300)) "$AS_OF"
    query messages.json gz 'postfix_qmgr_messages_removed_total' 1h "$START" "$AS_OF"
    query disk-io.json zst 'node_disk_io_time_seconds_total' 1h "$START" "$AS_OF"
    query delivery-buckets.json zst 'postfix_smtp_delivery_delay_seconds_bucket' 6h "$START" "$AS_OF"
    query sessions-1h.json gz 'cyrus_imap_active_connections' 1h "$START" "$recent"
    query sessions-5m.json zst 'cyrus_imap_active_connections' 5m $((recent + 300)) "$AS_OF"
    local probes='{__name__=~"mail_probe_duration_seconds|mail_probe_success|probe_duration_seconds|probe_success|mail_last_deliver_duration_seconds|mail_deliver_success"}'
    query probes-1h.json zst "$probes" 1h "$START" "$recent"
    query probes-5m.json zst "$probes" 5m $((recent + 300)) "$AS_OF"
    # Answers to expressions: the series have no name, platform.toml declares what they are.
    local others='mode="idle",instance!~"ip.*"' proxies='mode="idle",instance=~"ip.*"'
    query cpu-1h.json zst "$(busy "$others" 1h)" 1h "$START" "$AS_OF"
    query cpu-imap-proxies-1h.json zst "$(busy "$proxies" 1h)" 1h "$START" "$recent"
    query cpu-imap-proxies-5m.json gz "$(busy "$proxies" 10m)" 5m $((recent + 300)) "$AS_OF"
    # A few days of the fullest mailstore, as someone would look at them by hand: left uncompressed.
    query ms03-last-week.json plain "{$bytes,instance=\"ms03:9100\"}" 6h $((AS_OF - 7 * 86400)) "$AS_OF"
}

# The delay counters straight from the database by $PROMTOOL: as OpenMetrics where it knows `dump-openmetrics`, in its
# older text format where not.
export_dump() {
    local dump=dump-openmetrics file=delivery-delay.om
    [[ $("$PROMTOOL" tsdb --help 2>&1) == *dump-openmetrics* ]] || { dump=dump file=delivery-delay.txt; }
    mkdir -p "$BUILD/data" # promtool keeps its scratch files there
    (cd "$BUILD" && "$PROMTOOL" tsdb "$dump" --match='{__name__=~"postfix_smtp_delivery_delay_seconds_(sum|count)"}' \
        "$BUILD/tsdb") >"$OUT/prometheus/$file"
    pack "$OUT/prometheus/$file" zst
}

# render FILE COMPRESSION FORMAT FROM UNTIL TARGET…: whisper answers from the archive that reaches back to FROM.
render() {
    local file=$1 compression=$2 format=$3 from=$4 until=$5 targets=()
    shift 5
    for target in "$@"; do targets+=(--data-urlencode "target=$target"); done
    curl -sS --fail-with-body --get "$GRAPHITE/render" "${targets[@]}" -d "from=$from" -d "until=$until" \
        -d "now=$AS_OF" -d "format=$format" -d tz=UTC -o "$OUT/graphite/$file"
    pack "$OUT/graphite/$file" "$compression"
}

export_graphite() {
    mkdir -p "$OUT/graphite"
    local day=86400
    local disks=('servers.sm*.diskspace.root.byte_{used,free,avail}' 'collectd.*.df-root.df_*')
    local cpus=('servers.sm*.cpu.total.idle' 'collectd.*.cpu-average.cpu-idle') queue='servers.sm*.postqueue.count'
    # Tier by tier: asking past the finest archive would coarsen the whole range. `from` itself is left out.
    local long=$((START - 1)) fortnight=$((AS_OF - 14 * day)) three=$((AS_OF - 3 * day)) two=$((AS_OF - 2 * day))
    render disks-1h.json zst json $long $((three - 3600)) "${disks[@]}"
    render disks-5m.csv gz csv $((three - 1)) "$AS_OF" 'servers.sm*.diskspace.root.byte_{used,free,avail}'
    render disks-5m.json gz json $((three - 1)) "$AS_OF" 'collectd.*.df-root.df_*'
    render cpu-1h.json gz json $long $((fortnight - 3600)) "${cpus[@]}"
    render cpu-5m.json zst json $((fortnight - 1)) "$AS_OF" "${cpus[@]}"
    render queue-1h.raw gz raw $long $((fortnight - 3600)) "$queue"
    render queue-5m.raw gz raw $((fortnight - 1)) $two "$queue"
    render queue-1m.raw zst raw $two "$AS_OF" "$queue"
}

# metric_data FILE COMPRESSION METRIC STATISTIC PERIOD LABEL FROM UNTIL [NAME…]
metric_data() {
    local file=$1 compression=$2 metric=$3 statistic=$4 period=$5 label=$6 from=$7 until=$8
    shift 8
    "$BUILD/venv/bin/python" fill_moto.py "$BUILD/cloudwatch.json" "$MOTO" "$metric" "$from" "$until" "$@"
    "$BUILD/venv/bin/python" queries.py "$BUILD/cloudwatch.json" "$metric" "$statistic" "$period" "$label" "$@" >"$BUILD/queries.json"
    aws_cli cloudwatch get-metric-data --metric-data-queries "file://$BUILD/queries.json" \
        --start-time "$from" --end-time "$until" >"$OUT/cloudwatch/$file"
    pack "$OUT/cloudwatch/$file" "$compression"
}

aws_cli() {
    AWS_CONFIG_FILE="$BUILD/aws.config" AWS_ACCESS_KEY_ID=example AWS_SECRET_ACCESS_KEY=example AWS_DEFAULT_REGION=eu-central-1 \
        "$BUILD/venv/bin/aws" --endpoint-url "$MOTO" --cli-read-timeout 0 --output json "$@"
}

# Half of the files have ISO times (the default of version 2 of the CLI), half have epoch seconds (of version 1).
times() { printf '[default]\ncli_timestamp_format = %s\n' "$1" >"$BUILD/aws.config"; }

export_cloudwatch() {
    mkdir -p "$OUT/cloudwatch"
    local recent=$((AS_OF - 14 * 86400)) first=(web01 web02 web03 web04) second=(web05 web06 web07 web08)
    times iso8601
    metric_data cpu-1h-a.json zst CPUUtilization Average 3600 '{name} CPUUtilization' "$START" $recent "${first[@]}"
    metric_data cpu-1h-b.json zst CPUUtilization Average 3600 '{name} CPUUtilization' "$START" $recent "${second[@]}"
    metric_data cpu-5m-a.json gz CPUUtilization Average 300 '{name} CPUUtilization' $recent "$AS_OF" "${first[@]}"
    metric_data cpu-5m-b.json gz CPUUtilization Average 300 '{name} CPUUtilization' $recent "$AS_OF" "${second[@]}"
    metric_data alb-connections-1h.json gz ActiveConnectionCount Average 3600 'webmail ActiveConnectionCount' "$START" $recent
    metric_data alb-connections-5m.json gz ActiveConnectionCount Average 300 'webmail ActiveConnectionCount' $recent "$AS_OF"
    times none
    metric_data alb-response-1h.json gz TargetResponseTime Average 3600 'webmail TargetResponseTime' "$START" $recent
    metric_data alb-response-5m.json gz TargetResponseTime Average 300 'webmail TargetResponseTime' $recent "$AS_OF"
    metric_data disk-used-a.json zst disk_used Average 3600 '{name} {path} disk_used' "$START" "$AS_OF" "${first[@]}"
    metric_data disk-used-b.json zst disk_used Average 3600 '{name} {path} disk_used' "$START" "$AS_OF" "${second[@]}"
    metric_data disk-total-a.json zst disk_total Average 3600 '{name} {path} disk_total' "$START" "$AS_OF" "${first[@]}"
    metric_data disk-total-b.json zst disk_total Average 3600 '{name} {path} disk_total' "$START" "$AS_OF" "${second[@]}"
    metric_data memory-a.json gz mem_used_percent Average 3600 '{name} mem_used_percent' "$START" "$AS_OF" "${first[@]}"
    metric_data memory-b.json gz mem_used_percent Average 3600 '{name} mem_used_percent' "$START" "$AS_OF" "${second[@]}"
    # 1,440 points are the most that one answer may hold: sixty days of hours, twice.
    local middle=$((START + 60 * 86400)) dimension='Name=AutoScalingGroupName,Value=webmail'
    "$BUILD/venv/bin/python" fill_moto.py "$BUILD/cloudwatch.json" "$MOTO" GroupInServiceInstances "$START" "$AS_OF"
    times iso8601
    aws_cli cloudwatch get-metric-statistics --namespace AWS/AutoScaling --metric-name GroupInServiceInstances \
        --dimensions "$dimension" --statistics Average --period 3600 --start-time "$START" --end-time $middle \
        >"$OUT/cloudwatch/servers-running-1.json"
    times none
    aws_cli cloudwatch get-metric-statistics --namespace AWS/AutoScaling --metric-name GroupInServiceInstances \
        --dimensions "$dimension" --statistics Average --period 3600 --start-time $middle --end-time "$AS_OF" \
        >"$OUT/cloudwatch/servers-running-2.json"
    pack "$OUT/cloudwatch/servers-running-1.json" gz
    pack "$OUT/cloudwatch/servers-running-2.json" gz
}
