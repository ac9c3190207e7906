#!/bin/bash
# Last lines of a batch script: train, judge whatever was logged, and end with the worse of both exit codes.
# usage: slurm_epilog.sh LOGS COMMAND...      (sbatch --wrap "slurm_epilog.sh runs/$SLURM_JOB_ID python train.py ...")
set -uo pipefail
logs=$1
shift
mkdir -p "$logs"
"$@" 2>&1 | tee "$logs/train.log"
trained=${PIPESTATUS[0]}
analyze-logs "$logs" -o "$logs/report" --fail-on "${FAIL_ON:-diverging}" || judged=$?
exit $((trained != 0 ? trained : ${judged:-0}))
