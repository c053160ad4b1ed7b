#!/usr/bin/env bash
# How fast the dashboard's questions are answered when much is stored: a Release server with zscore on a fresh data directory takes SAMPLES of remote
# write (the load program of bench/remote-write.sh; its traffic gives some 8,000 anomalies a million), then DASHBOARDS ask their pages' questions.
#
#   LOAD="dotnet /path/to/load.dll" bench/pages.sh
set -euo pipefail
cd "$(dirname "$0")/.."

: "${LOAD:?LOAD is the command of the load program, see the head of bench/remote-write.sh}"
SAMPLES="${SAMPLES:-12000000}" SERIES="${SERIES:-1000}" DASHBOARDS="${DASHBOARDS:-50}" ROUNDS="${ROUNDS:-10}"
readonly server=src/Oddity.Server/bin/Release/net10.0/oddity bench=bench/Oddity.Bench/bin/Release/net10.0/Oddity.Bench
[[ -x "$server" ]] || dotnet build -c Release -v quiet src/Oddity.Server
dotnet build -c Release -v quiet bench/Oddity.Bench >/dev/null

work=$(mktemp -d)
pid=
trap '[[ -z "$pid" ]] || { kill -TERM "$pid" && wait "$pid" || true; }; rm -rf "$work"' EXIT
port=$(shuf -i 20000-60000 -n 1) url="http://127.0.0.1:$port"
ODDITY_SOURCES__HOST__ENABLED=false "$server" serve --data-dir "$work/data" --urls "$url" --auth none --detector zscore >"$work/log" 2>&1 &
pid=$!
for _ in $(seq 300); do
  curl -sf "$url/readyz" >/dev/null && break
  kill -0 "$pid" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  sleep 0.1
done
begin=$((($(date +%s) - SAMPLES / SERIES * 15 - 60) * 1000))
$LOAD --url "$url/api/v1/write" --format rw --series "$SERIES" --scrapes $((SAMPLES / SERIES)) --batch 2000 --conns 2 --start "$begin" --pid "$pid" --settle 15 >"$work/load"
curl -sf "$url/metrics" | grep -E "^oddity_(samples|anomalies)[a-z_]*( |\{)" | head -8
"$bench" pages "$url" "$DASHBOARDS" "$ROUNDS"
