#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Both phases on two GPUs in one command, output under outputs/training_2gpu_<time>/. Reads
# config/model_config_2gpu.yaml and config/training_config_2gpu.yaml; options go on to `pgts train`
# (for example --skip-reward-training --reward-model-path DIR), which fetches models that are not on
# this machine. Without the GPUs or the data it says what is missing and offers the tiny run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source scripts/common.sh
if [[ ${1:-} == -h || ${1:-} == --help ]]; then sed -n '3,6s/^# \{0,1\}//p' "$0"; exit 0; fi

readonly kModelConfig=config/model_config_2gpu.yaml
readonly kTrainConfig=config/training_config_2gpu.yaml
readonly kGpus=2 kGpuMiB=22000 # "24 GB" cards report a little less
missing=()

check_gpus() {
  local memory=() large=0 size
  if ! command -v nvidia-smi >/dev/null; then
    missing+=("two NVIDIA GPUs with 24 GB each: there is no nvidia-smi, so no NVIDIA driver")
    return
  fi
  mapfile -t memory < <(nvidia-smi --query-gpu=memory.total --format=csv,noheader,nounits 2>/dev/null)
  for size in "${memory[@]}"; do
    if [[ $size =~ ^\ *[0-9]+$ ]] && ((size >= kGpuMiB)); then large=$((large + 1)); fi
  done
  if ((large < kGpus)); then
    missing+=("two NVIDIA GPUs with 24 GB each: found $large (of ${#memory[@]}) that large")
  fi
}

check_compiler() {
  if command -v nvcc >/dev/null; then return; fi
  missing+=("the CUDA toolkit: there is no nvcc on PATH, so llama.cpp cannot be built for the GPUs")
}

# Prints the value of a key in a section of a configuration: config_value FILE SECTION KEY
config_value() {
  sed -n "/^$2:/,/^[^ #]/s/^ *$3: *[\"']\{0,1\}\([^\"'#]*[^\"' #]\).*/\1/p" "$1"
}

# Fine-tuning runs on a GPU too, which the system's LibTorch knows nothing of.
check_libtorch() {
  if [[ $(config_value "$kTrainConfig" reward_training device) != cuda* ]]; then return; fi
  if [ -z "${Torch_DIR:-}" ]; then
    missing+=("a LibTorch with CUDA, named by Torch_DIR. PyTorch's package has one:
      python3 -m venv ~/torch && ~/torch/bin/pip install torch
      export Torch_DIR=\$(echo ~/torch/lib/python3*/site-packages/torch/share/cmake/Torch)
      Without it the reward model is fine-tuned on the CPU, many times slower:
      reward_training.device: \"cpu\" in $kTrainConfig")
  elif [ ! -f "$Torch_DIR/TorchConfig.cmake" ]; then
    missing+=("a LibTorch: Torch_DIR is $Torch_DIR, where there is no TorchConfig.cmake")
  elif [ ! -f "$Torch_DIR/../../../lib/libtorch_cuda.so" ]; then
    missing+=("a LibTorch with CUDA: the one of Torch_DIR ($Torch_DIR) is for the CPU only")
  fi
}

check_data() {
  local data=${PGTS_DATA:-${XDG_CACHE_HOME:-$HOME/.cache}/pgts/data} # as the program has it
  if [ -f "$data/gsm8k/train.jsonl" ] && [ -f "$data/gsm8k/test.jsonl" ]; then return; fi
  missing+=("the problems: no gsm8k/train.jsonl and gsm8k/test.jsonl in $data.
      \`build/release/pgts pull gsm8k\` fetches them (./quickstart.sh builds it); or set PGTS_DATA to
      the folder that holds gsm8k/")
}

offer_tiny_run() {
  local answer
  echo "The whole job, both phases and the comparison, runs on this machine with the model that the"
  echo "repository carries, in minutes:  ./quickstart.sh"
  if ! on_terminal || ! [ -t 0 ]; then return; fi
  read -r -p "Run it now? [y/N] " answer
  if [[ $answer == [yY]* ]]; then exec ./quickstart.sh; fi
}

check_gpus
check_compiler
check_libtorch
check_data
if ((${#missing[@]} > 0)); then
  say "this machine cannot run the two-GPU training yet. Missing:"
  printf '  - %s\n' "${missing[@]}"
  offer_tiny_run
  exit 2
fi

./setup.sh
build cuda pgts
run=outputs/training_2gpu_$(date +%Y%m%d_%H%M%S)
say "training into $run; follow it with: tail -f $run/training.log"
exec build/cuda/pgts train --model-config "$kModelConfig" --train-config "$kTrainConfig" \
  --output-dir "$run" "$@"
