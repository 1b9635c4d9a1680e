#!/usr/bin/env bash
# Installs the real servers that the tests pull from, once, below `target/test-servers/`:
#
#     tests/servers/install.sh [prometheus] [victoria] [graphite] [nginx] [moto] [openssl]      (default: all)
#
# What the system has is used. What it lacks is fetched with apt, which keeps its state in that directory, and
# unpacked there; moto and what reads schedules come by pip, pinned in requirements.txt. So neither root nor a change
# of the system is needed. The servers end up in `bin/`, the only place where the tests look for them.
#
# MAILTIDE_TEST_SERVERS names another directory, so that several checkouts can share one.
set -Eeuo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

directory=${MAILTIDE_TEST_SERVERS:-$here/../../target/test-servers}
mkdir -p "$directory"
directory=$(cd "$directory" && pwd)
bin=$directory/bin       # what the tests start
root=$directory/root     # unpacked packages of the distribution
site=$directory/python   # moto and what it needs
apt=$directory/apt       # apt's own state
log=$directory/install.log
updated=false            # whether this run has brought apt's indices up to date
triplet=$(uname -m)-linux-gnu

# fail WHAT: ends with what the log says last, and with the next step.
fail() {
    { tail -n 15 "$log"; printf 'error: %s; see %s\n' "$1" "$log"; } >&2
    cat >&2 <<-'END'
	Next step: see that the network lets apt (and for moto pip) through, and run this again; or install the
	servers yourself, so that they are on the PATH. MAILTIDE_TEST_SERVERS=none ./test.sh tests without them.
	END
    exit 1
}

# unpack PACKAGE…: fetches packages of the distribution, and those they need that the system lacks, into $root.
unpack() {
    command -v apt-get >/dev/null || fail "$* cannot be fetched: there is no apt-get here"
    mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$root"
    # The hooks are for the system's own packages, and some of them need root.
    printf '#clear %s;\n' APT::Update::Post-Invoke APT::Update::Post-Invoke-Success DPkg::Pre-Install-Pkgs \
        DPkg::Post-Invoke >"$apt/apt.conf"
    local get=(apt-get --config-file "$apt/apt.conf" --yes
        -o "Dir::State=$apt/state" -o "Dir::Cache=$apt/cache" -o Debug::NoLocking=true -o APT::Sandbox::User=root
        -o Acquire::Languages=none -o Acquire::Retries=3 -o Acquire::http::Timeout=60)
    # An index that does not answer is no failure, as long as the packages are found in another.
    $updated || "${get[@]}" update >>"$log" 2>&1 || true
    updated=true
    "${get[@]}" install --download-only --no-install-recommends --no-upgrade "$@" >>"$log" 2>&1 ||
        fail "apt could not fetch $*"
    for package in "$apt"/cache/archives/*.deb; do
        dpkg-deb --extract "$package" "$root" >>"$log" 2>&1 || fail "$package could not be unpacked"
        rm "$package"
    done
}

# wrap NAME ENVIRONMENT… PROGRAM: makes bin/NAME run a program that lies in $root or needs what does.
wrap() {
    local name=$1 libraries=$root/usr/lib/$triplet
    shift
    cat >"$bin/$name.new" <<END
#!/bin/sh
export LD_LIBRARY_PATH='$libraries:$root/lib/$triplet'
[ ! -d '$libraries/ossl-modules' ] || export OPENSSL_MODULES='$libraries/ossl-modules'
exec env ${*@Q} "\$@"
END
    chmod +x "$bin/$name.new"
    mv "$bin/$name.new" "$bin/$name"
}

# program NAME: puts the program into bin/, from the system or from $root.
program() {
    local found
    if found=$(command -v "$1"); then
        ln -sfn "$found" "$bin/$1"
    elif found=$(PATH=$root/usr/bin:$root/usr/sbin command -v "$1"); then
        wrap "$1" "$found"
    else
        return 1
    fi
}

# programs PACKAGE NAME…: the same, from this package where the system has them not.
programs() {
    local package=$1 name
    shift
    for name in "$@"; do
        program "$name" || { unpack "$package" && program "$name"; } || fail "$package has no $name"
    done
}

# python NAME MODULES [SCRIPT]: bin/NAME is a Python of the distribution that sees $root and this directory, or a
# script that it runs.
python() {
    local name=$1 modules=$2 interpreter=/usr/bin/python3
    shift 2
    [ -x "$root/usr/bin/python3" ] && interpreter=$root/usr/bin/python3
    wrap "$name" PYTHONNOUSERSITE=1 "PYTHONPATH=$modules:$root/usr/lib/python3/dist-packages" "$interpreter" "$@"
}

install_prometheus() { programs prometheus prometheus promtool; }
install_victoria() { programs victoria-metrics victoria-metrics; }
install_nginx() { programs nginx nginx; }
install_openssl() { programs openssl openssl; }

# graphite-web with its database, whisper, carbon and gunicorn, as the distribution has them.
install_graphite() {
    local check='import cairocffi, carbon.util, django, graphite, gunicorn, tagging, twisted, whisper'
    local settings=$directory/graphite
    python graphite-python "$settings"
    if ! "$bin/graphite-python" -c "$check" >>"$log" 2>&1; then
        unpack graphite-web graphite-carbon gunicorn python3
        # Its binding looks for this name where the system's cache of libraries does not know the library. A system that
        # has the library knows it, and nothing of it was unpacked.
        [ ! -e "$root/usr/lib/$triplet/libxcb.so.1" ] || ln -sfn libxcb.so.1 "$root/usr/lib/$triplet/libxcb.so"
        python graphite-python "$settings"
        "$bin/graphite-python" -c "$check" >>"$log" 2>&1 || fail "graphite's packages do not work"
    fi
    local carbon=/usr/bin/carbon-cache
    [ -e "$root$carbon" ] && carbon=$root$carbon
    python carbon-cache "$settings" "$carbon"
    # Making the tables takes seconds, so each test copies these.
    rm -rf "$settings"
    mkdir "$settings"
    cp "$here/graphite_settings.py" "$settings"
    GRAPHITE_DIRECTORY=$settings GRAPHITE_SETTINGS_MODULE=graphite_settings \
        DJANGO_SETTINGS_MODULE=graphite.settings \
        "$bin/graphite-python" -m django migrate --run-syncdb --verbosity 0 >>"$log" 2>&1 ||
        fail "graphite's database could not be made"
}

# pip_wheel: where the distribution's pip is.
pip_wheel() {
    local wheel
    for wheel in "$root"/usr/share/python-wheels/pip-*.whl /usr/share/python-wheels/pip-*.whl; do
        if [ -e "$wheel" ]; then
            printf '%s\n' "$wheel"
            return
        fi
    done
    return 1
}

# moto, by the pip that the distribution keeps as a wheel.
install_moto() {
    local pip
    pip=$(pip_wheel) || { unpack python3 python3-pip-whl && pip=$(pip_wheel); } || fail 'there is no pip'
    rm -rf "$site"
    python moto-python "$site"
    "$bin/moto-python" "$pip/pip" install --quiet --disable-pip-version-check --no-deps \
        --target "$site" --requirement "$here/requirements.txt" >>"$log" 2>&1 || fail 'pip could not install moto'
    "$bin/moto-python" -c 'import cbor2, croniter, kubernetes_validate, moto.server, recurring_ical_events' >>"$log" 2>&1 || fail 'moto does not work'
}

trap 'fail "line $LINENO of ${BASH_SOURCE[0]} failed"' ERR

# Another run, perhaps of another checkout, is waited for.
exec 9>"$directory/lock"
flock 9
mkdir -p "$bin" "$directory/installed"
: >"$log"
version=$(cat "${BASH_SOURCE[0]}" "$here/requirements.txt" "$here/graphite_settings.py" | cksum)

# A program of the system that is gone is looked for again.
[ -z "$(find "$bin" -xtype l)" ] || rm -f "$directory"/installed/*

[ $# -gt 0 ] || set -- openssl prometheus victoria nginx graphite moto
for server in "$@"; do
    done=$directory/installed/$server
    if [ "$(cat "$done" 2>/dev/null)" = "$version" ]; then
        continue
    fi
    declare -F "install_$server" >/dev/null || fail "there is no server \`$server\`"
    began=$SECONDS
    "install_$server"
    printf '%s\n' "$version" >"$done"
    printf '%s: installed in %d s\n' "$server" $((SECONDS - began))
done
printf 'The servers for the tests are in %s\n' "$bin"
