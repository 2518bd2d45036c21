// SPDX-License-Identifier: Apache-2.0
// The memory half of a plan: the phases of a run with what each part of it takes on each device.
#pragma once

#include <string>
#include <vector>

#include "train/plan.h"
#include "train/plan_models.h"

namespace pgts::train {

// The devices of a machine. Error where a run names one that is not there.
class PlanDevices {
 public:
  explicit PlanDevices(const std::vector<int64_t>& device_memory);

  bool here() const { return here_; }                // it is this machine
  DeviceMemory Of(const std::string& device) const;  // with nothing needed yet
  bool Present(const std::string& device) const;     // here, and a GPU

 private:
  bool here_;
  std::vector<DeviceMemory> known_;  // the CPU, then GPUs
};

struct MemoryPlan {
  std::vector<PhasePlan> phases;  // without tokens and seconds
  // Of the generator's contexts; `kv_tokens`: all of their cells.
  int64_t kv_tokens = 0;
  int context = 0;                 // the longest path of the generator, in tokens
  bool scorer_reads_again = true;  // its states do not come with the steps
};

// `config` has files as its models (WithFiles). A layout that cannot be made at all is an Error.
MemoryPlan PlanMemory(const session::RunConfig& config, bool trains_reward_model,
                      const Assumptions& assumed, const PlanDevices& devices, PlanModels& models);

}  // namespace pgts::train
