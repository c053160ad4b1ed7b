#!/bin/sh
# Scores the labelled series and hands them to the judge. usage: bench/Oddity.Bench/quality.sh DATA JUDGE OUT [DETECTOR]
#   DATA   folder with nab/ aiops/ wsd/ cloud/ servers/   JUDGE  folder with nab_score.py and score_events.py (needs numpy)
set -eu
data=$1 judge=$2 out=$3 detector=${4:-adaptive}
bench=$(dirname "$0")
python=${PYTHON:-/usr/bin/python3}
run() { dotnet run -c Release --project "$bench" -- scores "$1" "$2" "$detector"; }
run "$data/nab/data" "$out/nab"
echo "== nab"; "$python" "$judge/nab_score.py" "$data/nab" --scores "$out/nab"
# The same with the shipped decision as the score: the threshold is then no choice of the judge's.
(cd "$out/nab" && find . -name '*.csv') | while read -r file; do
  mkdir -p "$out/nab-shipped/$(dirname "$file")"
  awk -F, -v OFS=, 'NR > 1 { $7 = $8 } { print }' "$out/nab/$file" > "$out/nab-shipped/$file"
done
echo "== nab, shipped"; "$python" "$judge/nab_score.py" "$data/nab" --scores "$out/nab-shipped"
for family in aiops wsd cloud; do
  run "$data/$family" "$out/$family"
  # VUS-PR takes long on long series: only where the figures ask for it.
  vus=; [ $family = wsd ] && vus=--vus
  echo "== $family"; (cd "$judge" && "$python" score_events.py "$data/$family" "$out/$family" $vus)
done
run "$data/servers" "$out/servers"
echo "== servers"; "$python" "$bench/servers.py" "$judge" "$data/servers" "$out/servers"
