# Installs, starts and stops the three monitoring systems, all on loopback. Sourced by make.sh with $BUILD set to
# an absolute directory of its own; each server's process id is kept there, and only these are ever stopped.
# Debian 12, as root for `install_servers` only.

PROMETHEUS_PORT=${PROMETHEUS_PORT:-29090} GRAPHITE_PORT=${GRAPHITE_PORT:-28080} MOTO_PORT=${MOTO_PORT:-25000}
PROMETHEUS=http://127.0.0.1:$PROMETHEUS_PORT GRAPHITE=http://127.0.0.1:$GRAPHITE_PORT MOTO=http://127.0.0.1:$MOTO_PORT
DEBIAN_PYTHON=/usr/bin/python3 # the one that python3-whisper and graphite-web belong to

install_servers() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=120 update -qq
    nice apt-get -o DPkg::Lock::Timeout=120 install -qq -y --no-install-recommends \
        prometheus graphite-web gunicorn python3-whisper python3-venv tzdata curl zstd gzip
    "$DEBIAN_PYTHON" -m venv "$BUILD/venv"
    nice "$BUILD/venv/bin/pip" install --quiet 'moto[server,cloudwatch]==5.2.5' awscli==1.46.2
}

# Debian 12's promtool cannot dump OpenMetrics, Debian 13's can: it is fetched from the machine's own mirror with lists
# apart, unpacked into $BUILD and not installed.
fetch_promtool() {
    local apt="$BUILD/trixie" file
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/sources"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
        [ ! -s "$file" ] || sed 's/bookworm/trixie/g' "$file" >"$apt/sources/$(basename "${file%.*}").${file##*.}"
    done
    (
        cd "$apt"
        options=(-qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$apt/sources"
            -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
        apt-get "${options[@]}" update
        apt-get "${options[@]}" download promtool
        dpkg-deb -x promtool_*.deb unpacked
    )
}

# wait_for URL PIDFILE LOG
wait_for() {
    for _ in $(seq 300); do
        curl -sf -o "$BUILD/answer" "$1" && return
        kill -0 "$(cat "$2")" || break
        sleep 0.2
    done
    tail -n 20 "$3" >&2
    return 1
}

stop() {
    [ -f "$BUILD/$1.pid" ] || return 0
    kill "$(cat "$BUILD/$1.pid")" || true # it may have ended by itself
    rm "$BUILD/$1.pid"
}

# The back-filled blocks are older than the default retention; without --max-block-duration there would be
# a block for every two hours.
start_prometheus() {
    promtool tsdb create-blocks-from --quiet --max-block-duration=1080h openmetrics "$BUILD/prometheus.om" "$BUILD/tsdb"
    printf 'global: {scrape_interval: 1m}\n' >"$BUILD/prometheus.yml"
    prometheus --config.file="$BUILD/prometheus.yml" --storage.tsdb.path="$BUILD/tsdb" --storage.tsdb.retention.time=10y \
        --web.listen-address="127.0.0.1:$PROMETHEUS_PORT" >"$BUILD/prometheus.log" 2>&1 </dev/null &
    echo $! >"$BUILD/prometheus.pid"
    wait_for "$PROMETHEUS/-/ready" "$BUILD/prometheus.pid" "$BUILD/prometheus.log"
}

start_graphite() { # AS_OF
    mkdir -p "$BUILD/graphite/whisper" "$BUILD/graphite/conf" "$BUILD/graphite/log"
    cat >"$BUILD/graphite/conf/sample_settings.py" <<EOF
SECRET_KEY = 'sample'
ALLOWED_HOSTS = ['127.0.0.1']
TIME_ZONE = 'UTC'
STORAGE_DIR = '$BUILD/graphite'
WHISPER_DIR = '$BUILD/graphite/whisper'
STANDARD_DIRS = [WHISPER_DIR]
INDEX_FILE = '$BUILD/graphite/index'
LOG_DIR = '$BUILD/graphite/log'
CARBONLINK_HOSTS = []
MEMCACHE_HOSTS = []
DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': '$BUILD/graphite/graphite.db'}}
EOF
    "$DEBIAN_PYTHON" fill_whisper.py "$BUILD/graphite.json" "$BUILD/graphite/whisper" "$1"
    export GRAPHITE_SETTINGS_MODULE=sample_settings DJANGO_SETTINGS_MODULE=graphite.settings PYTHONPATH="$BUILD/graphite/conf"
    "$DEBIAN_PYTHON" /usr/bin/graphite-manage migrate --run-syncdb -v 0 >"$BUILD/graphite/log/migrate" 2>&1
    "$DEBIAN_PYTHON" -m gunicorn --bind "127.0.0.1:$GRAPHITE_PORT" --workers 1 --timeout 300 graphite.wsgi:application \
        >"$BUILD/graphite.log" 2>&1 </dev/null &
    echo $! >"$BUILD/graphite.pid"
    unset PYTHONPATH DJANGO_SETTINGS_MODULE GRAPHITE_SETTINGS_MODULE
    wait_for "$GRAPHITE/metrics/find?query=*" "$BUILD/graphite.pid" "$BUILD/graphite.log"
}

start_moto() {
    "$BUILD/venv/bin/moto_server" -H 127.0.0.1 -p "$MOTO_PORT" >"$BUILD/moto.log" 2>&1 </dev/null &
    echo $! >"$BUILD/moto.pid"
    wait_for "$MOTO/moto-api/data.json" "$BUILD/moto.pid" "$BUILD/moto.log"
}
