// SPDX-License-Identifier: Apache-2.0
// reward_model.json: the text form of a reward model's contract.
#pragma once

#include <string>

#include "base/jsonl.h"
#include "reward/reward_model.h"

namespace pgts::reward {

struct FileHashes {
  std::string weights;  // of the kind's own (WeightsFile); empty where it has none
  std::string head;     // of head.safetensors
};

// Everything but the head's numbers and the paths.
Json ToJson(const RewardModel& reward_model, const FileHashes& hashes);

// Error (path, field, cure) for a field that is missing or of another kind, for another version and
// for a kind that this program does not know.
RewardModel RewardModelFromJson(const Json& json, const std::string& path, FileHashes& hashes);

}  // namespace pgts::reward
