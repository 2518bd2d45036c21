// SPDX-License-Identifier: Apache-2.0
// Policies on disk, as safetensors.
//
// A policy file (policy_final.safetensors) holds the weights, and as metadata all that deciding
// with them takes: the network's options, the return statistics, the names of its inputs, and under
// which conditions it searched. A checkpoint adds the optimiser's moments, and the options,
// temperature and seed that it was trained with, so that a resumed trainer makes the same updates
// to the byte.
//
// Every function throws Error in one line that names the file: missing, damaged, of another kind,
// version or shape. A file is replaced whole or not at all.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tree/tree.h"

namespace pgts::policy {

class GpsNetwork;
class PpoTrainer;

// What a policy reads of a search beside the tree. It has learnt what the scores of one reward
// model mean, and its features are shares of the limits.
struct SearchConditions {
  uint64_t scorer_hash = 0;  // world::StepScorer::hash()
  tree::Limits limits;
};

// `iteration`: PPO's, after which the policy stood so.
void SavePolicy(const std::string& path, const GpsNetwork& network,
                const SearchConditions& conditions, int64_t iteration);
void SaveCheckpoint(const std::string& path, const PpoTrainer& trainer,
                    const SearchConditions& conditions);

// Reads a policy file or a checkpoint for searches under `conditions`; the network has the file's
// shape. Error where the policy learnt on the scores of another reward model or reads other
// features than tree/features.h has; one log line where the limits are others.
std::shared_ptr<GpsNetwork> ReadPolicy(const std::string& path, const SearchConditions& conditions);

// Puts weights, return statistics, optimiser and iteration of a checkpoint into `trainer`, whose
// network must have the file's shape and whose options stay its own. Conditions as above.
void LoadCheckpoint(const std::string& path, PpoTrainer& trainer,
                    const SearchConditions& conditions);

}  // namespace pgts::policy
