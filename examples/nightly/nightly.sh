#!/usr/bin/env bash
# Train, gate, mail. Run it from cron or a scheduled CI job; the password is in LOGANALYZER_SMTP_PASSWORD.
#   ./nightly.sh RUNS_FOLDER [further arguments of analyze-logs]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
runs=${1:?give the folder of the runs, for example: nightly.sh runs/tonight}
shift
mkdir -p "$runs" # where every training crashes before it writes, the gate still says so, and mails it
if [ -n "${TRAIN:-}" ]; then
  for seed in 1 2 3; do
    # one folder for each seed; a training that crashes still leaves a log to judge
    $TRAIN --seed "$seed" --out "$runs/seed-$seed" || echo "seed $seed ended with an error" >&2
  done
fi
exec analyze-logs "$runs" --config "$here/loganalyzer.toml" -o "$runs-report" --junit "$runs-report/junit.xml" "$@"
