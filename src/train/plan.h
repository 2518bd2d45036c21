// SPDX-License-Identifier: Apache-2.0
// What a training run will take, before anything is loaded: memory of every phase on every device,
// tokens and hours, how many walks side by side there is room for, and, where it does not fit,
// which of the user's own settings makes it fit.
//
// Memory of what llama.cpp runs is its own accounting without allocation (llm/llama_memory.h), on
// contexts that the engine's own plan lays out (llm/context_plan.h), in the order in which a run
// makes them: what a GPU has free when a context is planned decides its KV memory. What LibTorch
// trains is by formulas (reward/training_memory.h, policy/training_memory.h). A model without a
// file goes by its shape (model/known_shapes.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "session/run_config.h"

namespace pgts::train {

struct PlanOptions {
  // The GPUs of another machine, cuda:0 first, in bytes; empty: this machine, as it is now.
  std::vector<int64_t> device_memory;
  // In place of files: SHAPE or SHAPE:TYPE (model::ParseShape, model::ParseWeightType).
  std::string generator_shape, reward_shape;
  bool trains_reward_model = true;  // phase 1 is part of the run
  bool measure = false;             // the rate: loads the generator and writes some tokens
  // Also the widest concurrency, cures where it does not fit, and FaultsBeforeTraining
  // (preflight.h).
  bool advise = true;
};

// What one part of a run takes on one device, in bytes.
struct PartMemory {
  std::string device;  // as options name it; "cpu": host memory
  std::string what;    // "generator", "reward model", "policy", "program"
  int64_t weights = 0, kv = 0, scratch = 0, optimiser = 0;
  int64_t Total() const { return weights + kv + scratch + optimiser; }
};

struct DeviceMemory {
  std::string device;
  int64_t capacity = 0;   // what may be taken; 0: not known
  int64_t kept_back = 0;  // of it, for the driver and what nobody counts
  int64_t needed = 0;
  int64_t HeadRoom() const { return capacity - kept_back - needed; }
  bool Fits() const { return capacity == 0 || HeadRoom() >= 0; }
};

struct PhasePlan {
  std::string name;
  std::vector<PartMemory> parts;
  std::vector<DeviceMemory> devices;
  int64_t tokens = 0;  // written by the generator
  double seconds = 0;
};

struct PlannedModel {
  std::string role, name;  // "generator" or "reward model"; as the user names it
  std::string source;      // "file", or the shape that stands in for it
  std::string weights;     // their type, for people
  int64_t parameters = 0;
};

// What tokens and hours rest on beside the configuration.
struct Assumptions {
  int prompt_tokens = 0;  // of a problem
  int step_tokens = 0;    // of a step
  int steps = 0;          // of a solution
  int cpu_threads = 1;    // that the policy learns on
  int LongPath() const { return prompt_tokens + 2 * steps * step_tokens; }
};

struct Rate {
  double tokens_per_second = 0;  // of the generator, at the run's concurrency
  bool measured = false;
  std::string basis;  // for people
};

struct Plan {
  std::vector<PlannedModel> models;
  std::vector<PhasePlan> phases;
  int width = 0;         // engine.width
  int kv_sequences = 0;  // walks of a long path that the KV memory holds at a time
  int widest = 0;        // the widest that fits, each walk in KV memory; 0: not even one
  bool trains = true;    // phase 1 is part of it
  std::string reward_kind;
  Assumptions assumed;
  Rate rate;
  std::vector<std::string> faults;  // what else keeps the run from starting here
  std::vector<std::string> cures;   // each alone makes it fit; empty where it does

  bool Fits() const;
  int64_t HostMemory() const;  // the most of all phases
  double Seconds() const;
  int64_t Tokens() const;
};

// Error for a model that is neither a file nor of a known shape, and for a device that is not
// there.
Plan MakePlan(const session::RunConfig& config, const PlanOptions& options);

// One line of what does not fit, with the cure; empty where all fits.
std::string WhyItDoesNotFit(const Plan& plan);

}  // namespace pgts::train
