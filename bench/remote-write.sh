#!/usr/bin/env bash
# Measures what remote write costs the server: processor seconds per million samples, every request on disk before its answer. Bodies of 2,000 samples
# with 5 labels come from a load program that is not part of this repository:
#
#   LOAD="dotnet /path/to/load.dll" bench/remote-write.sh                  none, zscore and adaptive at 1,000 and 100,000 series
#   LOAD=… DETECTORS=none SERIES="1000 1000000" bench/remote-write.sh
#
# The program is called with --url URL --format rw --series N --scrapes N --batch 2000 --conns N --start MS --pid PID --settle S, and prints a line that
# holds server_cpu_s_per_M=, settled_cpu_s_per_M=, rss_MB=, req_p50_ms= and req_p99_ms=. Where victoria-metrics is installed it is measured in the same run.
# A first load of WARM samples (default 2,000,000) lets the server compile what it uses; both figures are printed.
set -euo pipefail
cd "$(dirname "$0")/.."

: "${LOAD:?LOAD is the command of the load program, see the head of this file}"
DETECTORS="${DETECTORS:-none zscore adaptive}" SERIES="${SERIES:-1000 100000}" SAMPLES="${SAMPLES:-4000000}" WARM="${WARM:-2000000}" CONNS="${CONNS:-2}" SETTLE="${SETTLE:-8}"
readonly server=src/Oddity.Server/bin/Release/net10.0/oddity
[[ -x "$server" ]] || dotnet build -c Release -v quiet src/Oddity.Server

work=$(mktemp -d)
pid=
stop() {
  if [[ -n "$pid" ]]; then kill -TERM "$pid" 2>/dev/null && wait "$pid" || true; fi
  pid=
}
trap 'stop; rm -rf "$work"' EXIT

# load LABEL SERIES SAMPLES BEGIN_MS
load() {
  local scrapes=$((($3 + $2 - 1) / $2))
  $LOAD --url "$url" --format rw --series "$2" --scrapes "$scrapes" --batch 2000 --conns "$CONNS" --start "$4" --pid "$pid" --settle "$SETTLE" |
    tr ',' '\n' | grep -E '^(server_cpu_s_per_M|settled_cpu_s_per_M|rss_MB|req_p50_ms|req_p99_ms|errors)=' | tr '\n' ' '
  printf ' <- %s, %s series\n' "$1" "$2"
}

# measure NAME SERIES READY_URL: both loads, one after the other in time.
measure() {
  for _ in $(seq 300); do
    curl -sf "$3" >/dev/null && break
    kill -0 "$pid" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
    sleep 0.1
  done
  local now_ms
  now_ms=$(($(date +%s) * 1000))
  load "$1, cold" "$2" "$WARM" $((now_ms - 25 * 86400000))
  load "$1, warm" "$2" "$SAMPLES" $((now_ms - 10 * 86400000))
  stop
  rm -rf "$work/data"
}

for series in $SERIES; do
  for detector in $DETECTORS; do
    port=$(shuf -i 20000-60000 -n 1) url="http://127.0.0.1:$port/api/v1/write"
    ODDITY_SOURCES__HOST__ENABLED=false "$server" serve --data-dir "$work/data" --urls "http://127.0.0.1:$port" --auth none --detector "$detector" >"$work/log" 2>&1 &
    pid=$!
    measure "oddity, $detector" "$series" "http://127.0.0.1:$port/readyz"
  done
  if command -v victoria-metrics >/dev/null; then
    port=$(shuf -i 20000-60000 -n 1) url="http://127.0.0.1:$port/api/v1/write"
    victoria-metrics -storageDataPath="$work/data" -httpListenAddr="127.0.0.1:$port" -retentionPeriod=100y >"$work/log" 2>&1 &
    pid=$!
    measure "victoria-metrics" "$series" "http://127.0.0.1:$port/health"
  fi
done
