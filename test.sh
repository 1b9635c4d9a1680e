#!/usr/bin/env bash
# Installs what the tests need and passes them all: format, lints, servers, tests, licences.
#
# Rust is all that must be there (https://rustup.rs); a C compiler, which some crates need, is installed where it is
# missing. What is optional and absent is said at the end, with how to get it. The first run builds everything.
# The servers that the tests pull from are installed below target/ (tests/servers/install.sh says how);
# MAILTIDE_TEST_SERVERS=none ./test.sh leaves out what needs them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

skipped=()

# section NAME COMMAND…: says what begins, runs it, and says how long it took. A failure ends the script.
section() {
    local name=$1 began=$SECONDS
    shift
    printf '\n==> %s\n' "$name"
    "$@"
    printf '==> %s: passed in %d s\n' "$name" $((SECONDS - began))
}

# skip NAME REASON: what was not checked.
skip() {
    printf '\n==> %s: NOT CHECKED, %s\n' "$1" "$2"
    skipped+=("$1: $2")
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

install_compiler() {
    if ! command -v apt-get >/dev/null || { [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; }; then
        echo "error: there is no C compiler \`cc\`; install gcc and the C library's headers, and run this again" >&2
        exit 1
    fi
    as_root apt-get update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends gcc libc6-dev
}

check_dependencies() {
    # A crate that may not be shipped or an unknown source needs no network to be found.
    section 'licences, bans, sources' cargo deny --locked check bans licenses sources
    # The advisories are a database of their own, which not every network lets through.
    if timeout 120 cargo deny --locked fetch db; then
        section 'advisories' cargo deny --locked check --disable-fetch advisories
    else
        skip 'advisories' 'the RustSec database could not be fetched'
    fi
}

if ! command -v cargo >/dev/null && [ -f "$HOME/.cargo/env" ]; then
    # rustup was here, and this shell does not know it yet.
    . "$HOME/.cargo/env"
fi
if ! command -v cargo >/dev/null; then
    echo 'error: there is no cargo; install Rust from https://rustup.rs, and run this again' >&2
    exit 1
fi
command -v cc >/dev/null || section 'C compiler' install_compiler

if cargo fmt --version >/dev/null 2>&1; then
    section 'format' cargo fmt --check
else
    skip 'format' 'rustfmt is not installed: rustup component add rustfmt'
fi
if cargo clippy --version >/dev/null 2>&1; then
    section 'lints' cargo clippy --locked --all-targets -- -D warnings
else
    skip 'lints' 'clippy is not installed: rustup component add clippy'
fi
if [ "${MAILTIDE_TEST_SERVERS:-}" = none ]; then
    skip 'live servers' 'MAILTIDE_TEST_SERVERS=none: nothing is pulled from a real Prometheus, VictoriaMetrics, Graphite, CloudWatch (moto) or S3'
else
    section 'servers' tests/servers/install.sh
fi
section 'tests' cargo test --locked
if cargo deny --version >/dev/null 2>&1; then
    check_dependencies
else
    skip 'licences, bans, sources, advisories' 'cargo-deny is not installed: cargo install --locked cargo-deny'
fi

printf '\nAll tests passed in %d s.\n' "$SECONDS"
for what in "${skipped[@]}"; do
    printf 'Not checked: %s\n' "$what"
done
