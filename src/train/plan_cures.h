// SPDX-License-Identifier: Apache-2.0
// What a user can change where a run does not fit, mildest first.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "session/run_config.h"
#include "train/plan.h"
#include "train/plan_models.h"

namespace pgts::train {

// A run and the models that it is planned with.
struct PlanSetting {
  session::RunConfig config;  // with files as its models
  ModelSource generator, reward_model;
};

// Each alone makes it fit, as `fits` says; else what does together, none of it idle, as one line;
// empty if nothing does.
std::vector<std::string> FindCures(const PlanSetting& setting, const Assumptions& assumed,
                                   PlanModels& models,
                                   const std::function<bool(const PlanSetting&)>& fits);

}  // namespace pgts::train
