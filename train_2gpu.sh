#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Both phases on two GPUs in one command, output under outputs/training_2gpu_<time>/. Reads
# config/model_config_2gpu.yaml and config/training_config_2gpu.yaml; options go on to `pgts train`
# (for example --resume RUN, --data DIR, --set policy_training.num_iterations=50), which fetches
# models that are not on this machine. Without the GPUs or the data it says what is missing and
# offers the tiny run. PGTS_RPC_DEVICES=HOST:PORT,HOST:PORT names two `pgts rpc-server`s that stand
# where the GPUs would be.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source scripts/common.sh
if [[ ${1:-} == -h || ${1:-} == --help ]]; then sed -n '3,8s/^# \{0,1\}//p' "$0"; exit 0; fi

readonly kModelConfig=config/model_config_2gpu.yaml
readonly kTrainConfig=config/training_config_2gpu.yaml
readonly kGpus=2 kGpuMiB=22000 # "24 GB" cards report a little less
missing=()
preset=cuda

# What the options say that this script must know.
resume='' run='' model_config='' train_config='' task='' training_device=''
data=${PGTS_DATA:-${XDG_CACHE_HOME:-$HOME/.cache}/pgts/data} # as the program has it
read_options() {
  local name value
  while (($# > 0)); do
    name=${1%%=*} value=${2:-}
    if [[ $1 == *=* ]]; then value=${1#*=}; fi
    case ${name//_/-} in
      --resume) resume=$value ;;
      --output-dir) run=$value ;;
      --model-config) model_config=$value ;;
      --train-config) train_config=$value ;;
      --data) data=$value ;;
      --task) task=$value ;;
      --set)
        case $value in
          task.name=*) task=${value#*=} ;;
          task.data_dir=*) data=${value#*=} ;;
          reward_training.device=*) training_device=${value#*=} ;;
        esac
        ;;
    esac
    shift
  done
}

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

# Where the options are silent, the configuration has the word: of a run that goes on its own.
find_training_device() {
  local config=${train_config:-$kTrainConfig}
  if [ -n "$resume" ]; then config=$(compgen -G "$resume/config.yaml" | tail -n 1) || true; fi
  if [ -z "$training_device" ] && [ -f "$config" ]; then
    training_device=$(config_value "$config" reward_training device)
  fi
}

# Fine-tuning runs on a GPU too, which the system's LibTorch knows nothing of.
check_libtorch() {
  if [[ $training_device != cuda* ]]; then return; fi
  if [ -z "${Torch_DIR:-}" ]; then
    missing+=("a LibTorch with CUDA, named by Torch_DIR. PyTorch's package has one:
      python3 -m venv ~/torch && ~/torch/bin/pip install torch
      export Torch_DIR=\$(echo ~/torch/lib/python3*/site-packages/torch/share/cmake/Torch)
      Without it the reward model is fine-tuned on the CPU, many times slower:
      --set reward_training.device=cpu")
  elif [ ! -f "$Torch_DIR/TorchConfig.cmake" ]; then
    missing+=("a LibTorch: Torch_DIR is $Torch_DIR, where there is no TorchConfig.cmake")
  elif [ ! -f "$Torch_DIR/../../../lib/libtorch_cuda.so" ]; then
    missing+=("a LibTorch with CUDA: the one of Torch_DIR ($Torch_DIR) is for the CPU only")
  fi
}

# A run that goes on knows where its problems are; another task brings its own.
check_data() {
  if [ -n "$resume" ] || [ "${task:-gsm8k}" != gsm8k ]; then return; fi
  if [ -f "$data/gsm8k/train.jsonl" ] && [ -f "$data/gsm8k/test.jsonl" ]; then return; fi
  missing+=("the problems: no gsm8k/train.jsonl and gsm8k/test.jsonl in $data.
      \`build/release/pgts pull gsm8k\` fetches them (./quickstart.sh builds it); or give the folder
      that holds gsm8k/ with --data DIR or PGTS_DATA")
}

# Servers in place of the GPUs need neither driver nor toolkit here. LibTorch reaches none of them.
use_rpc_devices() {
  local devices
  IFS=, read -ra devices <<<"$PGTS_RPC_DEVICES"
  if ((${#devices[@]} < kGpus)); then
    missing+=("two devices in PGTS_RPC_DEVICES=HOST:PORT,HOST:PORT: it names ${#devices[@]}")
  fi
  preset=release
  if [[ $training_device == cuda* ]]; then
    say "LibTorch reaches no RPC device: the reward model is fine-tuned on the CPU"
    options+=(--set reward_training.device=cpu)
  fi
}

offer_tiny_run() {
  local answer
  echo "The whole job, both phases and the comparison, runs on this machine with the model that the"
  echo "repository carries, in minutes:  ./quickstart.sh"
  if ! on_terminal || ! [ -t 0 ]; then return; fi
  read -r -p "Run it now? [y/N] " answer
  if [[ $answer == [yY]* ]]; then exec ./quickstart.sh; fi
}

options=() # before the user's own
read_options "$@"
find_training_device
if [ -n "${PGTS_RPC_DEVICES:-}" ]; then
  use_rpc_devices
else
  check_gpus
  check_compiler
  check_libtorch
fi
check_data
if ((${#missing[@]} > 0)); then
  say "this machine cannot run the two-GPU training yet. Missing:"
  printf '  - %s\n' "${missing[@]}"
  offer_tiny_run
  exit 2
fi

./setup.sh
build "$preset" pgts
if [ -n "$resume" ]; then # in its own folder, by its own configuration
  say "going on with $resume"
else
  if [ -z "$model_config" ]; then options+=(--model-config "$kModelConfig"); fi
  if [ -z "$train_config" ]; then options+=(--train-config "$kTrainConfig"); fi
  if [ -z "$run" ]; then
    run=outputs/training_2gpu_$(date +%Y%m%d_%H%M%S)
    options+=(--output-dir "$run")
  fi
  say "training into $run; follow it with: tail -f $run/training.log"
fi
exec "build/$preset/pgts" train "${options[@]}" "$@"
