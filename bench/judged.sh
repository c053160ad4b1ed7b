#!/bin/sh
# `oddity evaluate` beside the judge on what `oddity score` wrote, for every folder of labelled data. usage: bench/judged.sh DATA JUDGE OUT [DETECTOR]
#   DATA   folder with nab/ aiops/ wsd/ cloud/    JUDGE  folder with nab_score.py and score_events.py (needs numpy)
# All paths absolute. The figures must agree to 0.001; build first: dotnet build -c Release
set -eu
data=$1 judge=$2 out=$3 detector=${4:-adaptive}
python=${PYTHON:-/usr/bin/python3}
oddity=${ODDITY:-$(dirname "$0")/../src/Oddity.Server/bin/Release/net10.0/oddity}
for family in nab cloud wsd aiops; do
  echo "== $family"
  "$oddity" evaluate "$data/$family" --detector "$detector"
  if [ $family = nab ]; then
    "$oddity" score "$data/nab/data" --out "$out/nab" --detector "$detector"
    "$python" "$judge/nab_score.py" "$data/nab" --scores "$out/nab"
  else
    "$oddity" score "$data/$family" --out "$out/$family" --detector "$detector"
    (cd "$judge" && "$python" score_events.py "$data/$family" "$out/$family" --vus)
  fi
done
