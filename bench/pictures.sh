#!/bin/sh
# Draws the pictures of docs/detectors from series of the Numenta Anomaly Benchmark (MIT). usage: bench/pictures.sh NAB
#   NAB   a copy of the benchmark: data/ and labels/. The data is not part of this repository; the pictures are.
set -eu
nab=$1
here=$(dirname "$0")
dotnet build "$here/Oddity.Bench" -c Release -v quiet --nologo >&2
draw() { # draw DETECTOR FILE [NAME=VALUE...]
  detector=$1 file=$2
  shift 2
  dotnet "$here/Oddity.Bench/bin/Release/net10.0/Oddity.Bench.dll" picture "$detector" "$nab/data/$file" "$here/../docs/images/detectors/$detector.svg" "$@"
}
cpu=realAWSCloudwatch/ec2_cpu_utilization_5f5533.csv
step=realAWSCloudwatch/rds_cpu_utilization_cc0c53.csv
taxi=realKnownCause/nyc_taxi.csv
latency=realKnownCause/ec2_request_latency_system_failure.csv
draw adaptive "$taxi" rows=5200..10320
draw zscore "$latency" window_seconds=86400
draw mad "$latency" window_seconds=86400
draw percentile "$latency" window_seconds=86400
draw moving_average "$step" threshold=5
draw ewma "$latency"
draw isolation_forest "$step"
draw stl "$taxi"
draw prophet "$taxi"
draw threshold "$step" above=20
draw rate_of_change "$latency"
draw flatline artificialWithAnomaly/art_daily_flatmiddle.csv
draw missing realTraffic/TravelTime_387.csv
draw half_space_trees "$cpu"
draw random_cut_forest "$taxi"
draw matrix_profile artificialWithAnomaly/art_daily_flatmiddle.csv
draw spectral_residual "$latency"
draw ensemble "$step"
draw pca "$latency"
