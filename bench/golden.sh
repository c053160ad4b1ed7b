#!/usr/bin/env bash
# Makes the data directory of a release that later ones must open: made-up samples, killed in mid-flight, a zip of some kilobytes.
#
#   bench/golden.sh 0.1.0        writes tests/Oddity.Engine.Tests/Golden/0.1.0.zip
set -euo pipefail
cd "$(dirname "$0")/.."
[[ $# -eq 1 && "$1" =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "usage: bench/golden.sh RELEASE" >&2; exit 64; }
mkdir -p tests/Oddity.Engine.Tests/Golden
ODDITY_GOLDEN_FILE="$PWD/tests/Oddity.Engine.Tests/Golden/$1.zip" dotnet test tests/Oddity.Engine.Tests -c Release --filter "FullyQualifiedName~GoldenDirectoryTests.Makes"
ls -l "tests/Oddity.Engine.Tests/Golden/$1.zip"
