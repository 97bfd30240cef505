#!/bin/bash
# A sweep as a Slurm array: slurm.sh heights.toml S 8
#
# Submits eight shards and, when all of them are done, the merge. A shard that is submitted again
# goes on from the units that are done.
#SBATCH --cpus-per-task=2
#SBATCH --mem=600M
#SBATCH --time=01:00:00
set -euo pipefail

file=$1 out=$2 shards=${3:-1}
if [[ -n ${SLURM_ARRAY_TASK_ID:-} ]]; then
    exec afterwave sweep run "$file" --out "$out" --threads "$SLURM_CPUS_PER_TASK" \
        --shard "$SLURM_ARRAY_TASK_ID/$shards"
fi
array=$(sbatch --parsable --array="1-$shards" "$0" "$file" "$out" "$shards")
sbatch --dependency="afterok:$array" --wrap "afterwave sweep merge '$out'"
