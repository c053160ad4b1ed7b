#!/usr/bin/env bash
# Measures ingest: a Release server on a fresh data directory, an hour of simulated time of many series sent as JSON events from loopback, every
# request acknowledged only when on disk, every sample past its detector. Prints rates, processor time, memory and open files.
#
#   bench/ingest.sh                       1,000 series, a sample every 15 s, 4 clients
#   SERIES=10000 CLIENTS=8 bench/ingest.sh
#   DETECTOR=none bench/ingest.sh         without detection
set -euo pipefail
cd "$(dirname "$0")/.."

SERIES="${SERIES:-1000}" STEP_SECONDS="${STEP_SECONDS:-15}" CLIENTS="${CLIENTS:-4}" BODY="${BODY:-1000}" DETECTOR="${DETECTOR:-adaptive}"
readonly steps=$((3600 / STEP_SECONDS))
readonly server=src/Oddity.Server/bin/Release/net10.0/oddity
[[ -x "$server" ]] || dotnet build -c Release -v quiet src/Oddity.Server

work=$(mktemp -d)
pid=
cleanup() {
  if [[ -n "$pid" ]]; then kill -TERM "$pid" 2>/dev/null && wait "$pid" || true; fi
  rm -rf "$work"
}
trap cleanup EXIT

figure() { curl -sf "$url/api/v1/status" | grep -oE "\"$1\":[0-9]+" | cut -d: -f2; }
resident() { awk '/^VmRSS/ { printf "%d", $2 / 1024 }' "/proc/$pid/status"; }
peak() { awk '/^VmHWM/ { printf "%d", $2 / 1024 }' "/proc/$pid/status"; }
open_files() { find "/proc/$pid/fd" -mindepth 1 2>/dev/null | wc -l; }
cpu_seconds() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); printf "%.2f", ($12 + $13) / hz }' "/proc/$pid/stat"; }
now() { date +%s.%N; }

# Each client has its own series and sends them in the order of time, one body after another over one connection.
write_bodies() { # write_bodies CLIENT FOLDER
  awk -v client="$1" -v clients="$CLIENTS" -v series="$SERIES" -v steps="$steps" -v step="$STEP_SECONDS" -v body="$BODY" -v begin="$begin" -v folder="$2" '
    function flush() { if (count) { print "]" > file; close(file); files++; count = 0 } }
    BEGIN {
      srand(client + 1)
      for (t = 0; t < steps; t++) {
        for (s = client; s < series; s += clients) {
          if (!count) { file = sprintf("%s/%05d.json", folder, files); printf "[" > file } else printf ",\n" > file
          printf "{\"timestamp\":%d,\"metric\":\"bench_load\",\"value\":%.4f,\"labels\":{\"host\":\"host-%d\"}}", begin + t * step, 50 + 20 * sin(t / 40 + s) + rand() * 5, s > file
          if (++count == body) flush()
        }
      }
      flush()
    }'
  for file in "$2"/*.json; do
    printf 'next\nurl = "%s/events/raw"\ndata-binary = "@%s"\noutput = /dev/null\nsilent\nwrite-out = "%%{http_code}\\n"\n' "$url" "$file"
  done | tail -n +2 >"$2/curl"
}

port=$(shuf -i 20000-60000 -n 1)
url="http://127.0.0.1:$port"
ODDITY_SOURCES__HOST__ENABLED=false "$server" serve --data-dir "$work/data" --urls "$url" --auth none --detector "$DETECTOR" >"$work/log" 2>&1 &
pid=$!
for _ in $(seq 200); do
  curl -sf "$url/readyz" >/dev/null && break
  kill -0 "$pid" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  sleep 0.1
done

begin=$(($(date +%s) - 3600))
for ((c = 0; c < CLIENTS; c++)); do
  mkdir "$work/$c"
  write_bodies "$c" "$work/$c" &
  writers[c]=$!
done
wait "${writers[@]}"

total=$((SERIES * steps))
printf '%s series x %s s = %s samples, bodies of %s events, %s clients, detector %s, %s processors\n' \
  "$SERIES" "$((steps * STEP_SECONDS))" "$total" "$BODY" "$CLIENTS" "$DETECTOR" "$(nproc)"
memory_before=$(resident) files_before=$(open_files) cpu_before=$(cpu_seconds) started=$(now)
for ((c = 0; c < CLIENTS; c++)); do
  curl -K "$work/$c/curl" >"$work/$c/answers" &
  senders[c]=$!
done
half=
while kill -0 "${senders[@]}" 2>/dev/null; do
  if [[ -z "$half" && "$(figure samples_total)" -ge $((total / 2)) ]]; then half=$(resident); fi
  sleep 0.05
done
wait "${senders[@]}"
acknowledged=$(now)
while [[ "$(figure queue_depth)" -ne 0 || "$(figure samples_total)" -lt "$total" ]]; do sleep 0.05; done
applied=$(now)
cpu_after=$(cpu_seconds)
refused=$(cat "$work"/*/answers | grep -vc '^200$' || true)
sleep 12 # a checkpoint
awk -v n="$total" -v a="$started" -v b="$acknowledged" -v c="$applied" -v p="$cpu_before" -v q="$cpu_after" 'BEGIN {
  printf "acknowledged, on disk:   %7d samples/s\n", n / (b - a)
  printf "past the detectors:      %7d samples/s\n", n / (c - a)
  printf "processor time:          %7.1f s per million samples\n", (q - p) / n * 1e6 }'
printf 'resident memory:         %7s MB before, %s half way, %s after, %s at most\n' "$memory_before" "${half:-?}" "$(resident)" "$(peak)"
printf 'open files:              %7s before, %s after\n' "$files_before" "$(open_files)"
printf 'data directory:          %7s MB\n' "$(du -sm "$work/data" | cut -f1)"
printf 'requests not answered 200:     %s\n' "$refused"
[[ "$refused" -eq 0 ]]
