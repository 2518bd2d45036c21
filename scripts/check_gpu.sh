#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Ten minutes on a machine with GPUs, one file of results to send back:
#   scripts/check_gpu.sh [GENERATOR_DEVICE [REWARD_DEVICE]]      (cuda:0 and cuda:1, where there are two)
# Devices and memory; decoding beside raw llama.cpp by layout and width, with random weights of
# Qwen3-8B; optimiser steps of a LoRA on Qwen3-4B's shape; the tiny job, both phases and the
# evaluation, on those devices. PGTS, GENERATOR_SHAPE and REWARD_SHAPE name another program and
# smaller shapes. A step that fails is part of the result: the others still run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh
if [[ ${1:-} == -h || ${1:-} == --help ]]; then sed -n '3,9s/^# \{0,1\}//p' scripts/check_gpu.sh; exit 0; fi
if (($# > 2)); then fail 2 "unknown argument '$3' (it takes two devices at most)"; fi

readonly kPgts=${PGTS:-build/cuda/pgts}
if [ ! -x "$kPgts" ]; then
  fail 2 "there is no $kPgts: ./train_2gpu.sh builds it, or PGTS names another program"
fi
second=cuda:0
if "$kPgts" devices 2>/dev/null | grep -q '^cuda:1'; then second=cuda:1; fi
readonly kGenerator=${1:-cuda:0}
readonly kReward=${2:-$second}
results=outputs/check_gpu_$(date +%Y%m%d_%H%M%S)
mkdir -p "$results"
failed=()

step() { # TITLE COMMAND...
  local title=$1
  shift
  if ! logged "$title" "$results/${title// /_}.txt" "$@"; then failed+=("$title"); fi
}

step "devices" "$kPgts" devices
step "driver" nvidia-smi
step "decoding" "$kPgts" bench decode --shape "${GENERATOR_SHAPE:-qwen3-8b}" --weights q8_0 \
  --device "$kGenerator" --width 16,32,64 --context 640 --layouts
step "reward model" "$kPgts" bench reward-step --shape "${REWARD_SHAPE:-qwen3-4b}" --weights bf16 \
  --kind lora --device "$kReward" --tokens 512,1024
# LibTorch names no RPC device and needs CUDA of its own: the tiny judge is fine-tuned on the CPU.
step "training" "$kPgts" train --model-config config/model_config_tiny.yaml \
  --train-config config/training_config_tiny.yaml --output-dir "$results/run" \
  --set "generator.device=$kGenerator" --set "reward_model.device=$kReward" \
  --set policy_training.num_iterations=10
step "evaluation" "$kPgts" eval --policy-checkpoint "$results/run" --output-dir "$results/run"

{
  echo "$(git describe --always --dirty 2>/dev/null || echo unknown), generator on $kGenerator, reward model on $kReward"
  for log in "$results"/*.txt; do
    printf '\n== %s\n' "$(basename "$log" .txt)"
    grep -v '[0-9]/s, .* left' "$log" || true # progress
  done
} >"$results.txt"
if ((${#failed[@]} > 0)); then say "failed: ${failed[*]}"; fi
say "the results are in $results.txt"
exit $((${#failed[@]} > 0))
