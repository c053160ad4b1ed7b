#!/usr/bin/env bash
# How soon a dashboard hears of an anomaly, and what telling a thousand dashboards costs. A Release server with zscore on a fresh data directory, WebSockets
# from loopback, one impossible value at a time; beside it the web server alone (`Oddity.Bench -- bare`), which sends texts of the same size.
#
#   bench/live.sh                            idle with one dashboard, then 1,000 dashboards, server and bare
#   LOAD="dotnet /path/to/load.dll" bench/live.sh    also with 50,000 samples a second of remote write beside it (see bench/remote-write.sh)
set -euo pipefail
cd "$(dirname "$0")/.."

DASHBOARDS="${DASHBOARDS:-1000}" ROUNDS="${ROUNDS:-100}"
readonly server=src/Oddity.Server/bin/Release/net10.0/oddity bench=bench/Oddity.Bench/bin/Release/net10.0/Oddity.Bench
[[ -x "$server" ]] || dotnet build -c Release -v quiet src/Oddity.Server
dotnet build -c Release -v quiet bench/Oddity.Bench >/dev/null
ulimit -n 8192

work=$(mktemp -d)
pid=
sender=
stop() {
  if [[ -n "$sender" ]]; then kill "$sender" 2>/dev/null && wait "$sender" 2>/dev/null || true; fi
  if [[ -n "$pid" ]]; then kill -TERM "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; fi
  pid='' sender=''
}
trap 'stop; rm -rf "$work"' EXIT

ready() {
  for _ in $(seq 300); do
    curl -sf "$1/readyz" >/dev/null && return
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  cat "$work/log" >&2
  exit 1
}

serve() {
  port=$(shuf -i 20000-60000 -n 1) url="http://127.0.0.1:$port"
  ODDITY_SOURCES__HOST__ENABLED=false ODDITY_HTTP__MAX_WATCHERS=2000 ODDITY_HTTP__MAX_CONNECTIONS=4000 "$server" serve --data-dir "$work/data" --urls "$url" --auth none --detector zscore >"$work/log" 2>&1 &
  pid=$!
  ready "$url"
}

serve
printf 'oddity, first ones:  ' && "$bench" live "$url" 1 50 "$pid"
printf 'oddity, idle:        ' && "$bench" live "$url" 1 500 "$pid"
printf 'oddity, many:        ' && "$bench" live "$url" "$DASHBOARDS" "$ROUNDS" "$pid"
if [[ -n "${LOAD:-}" ]]; then
  $LOAD --url "$url/api/v1/write" --format rw --series 1000 --scrapes 2000 --batch 2000 --conns 1 --rate 50000 --pid "$pid" >"$work/load" 2>&1 &
  sender=$!
  sleep 5
  printf 'oddity, 50k/s beside:' && "$bench" live "$url" 1 300 0
fi
stop

port=$(shuf -i 20000-60000 -n 1) url="http://127.0.0.1:$port"
"$bench" bare "$url" >"$work/log" 2>&1 &
pid=$!
ready "$url"
printf 'bare, idle:          ' && "$bench" live "$url" 1 500 "$pid"
printf 'bare, many:          ' && "$bench" live "$url" "$DASHBOARDS" "$ROUNDS" "$pid"
