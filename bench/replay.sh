#!/usr/bin/env bash
# How soon a server is ready that was killed with everything still in its log: SERIES series, SCRAPES samples each (100,000 and 50), ROUNDS starts on copies.
#
#   LOAD="dotnet /path/to/load.dll" bench/replay.sh          the load program of bench/remote-write.sh
set -euo pipefail
cd "$(dirname "$0")/.."

: "${LOAD:?LOAD is the command of the load program, see bench/remote-write.sh}"
SERIES="${SERIES:-100000}" SCRAPES="${SCRAPES:-50}" ROUNDS="${ROUNDS:-3}" DETECTOR="${DETECTOR:-none}"
readonly server=src/Oddity.Server/bin/Release/net10.0/oddity
[[ -x "$server" ]] || dotnet build -c Release -v quiet src/Oddity.Server

work=$(mktemp -d)
pid=
trap '[[ -z "$pid" ]] || kill -9 "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT

# start FOLDER: serves it and waits until it is ready.
start() {
  url="http://127.0.0.1:$(shuf -i 20000-60000 -n 1)"
  ODDITY_SOURCES__HOST__ENABLED=false ODDITY_ENGINE__CHECKPOINT_INTERVAL=1h "$server" serve --data-dir "$1" --urls "$url" --auth none --detector "$DETECTOR" >"$work/log" 2>&1 &
  pid=$!
  until curl -sf "$url/readyz" >/dev/null; do
    kill -0 "$pid" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
    sleep 0.02
  done
}

stop() {
  kill -9 "$pid"
  wait "$pid" 2>/dev/null || true
  pid=
}

start "$work/data"
$LOAD --url "$url/api/v1/write" --format rw --series "$SERIES" --scrapes "$SCRAPES" --batch 2000 --conns 2 --start $((($(date +%s) - 20 * 86400) * 1000)) --pid "$pid" --settle 1 >/dev/null
stop
for _ in $(seq "$ROUNDS"); do
  rm -rf "$work/copy"
  cp -r "$work/data" "$work/copy"
  begun=$(date +%s.%N)
  start "$work/copy"
  awk -v begun="$begun" -v now="$(date +%s.%N)" '{ printf "ready after %.2f s, %.2f s of processor time\n", now - begun, ($14 + $15) / 100 }' "/proc/$pid/stat"
  stop
done
