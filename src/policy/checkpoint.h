// SPDX-License-Identifier: Apache-2.0
// Policies on disk, as safetensors.
//
// A policy file (policy_final.safetensors) holds the weights, and as metadata the network's options
// and the return statistics: all that NetworkPolicy needs. A checkpoint adds the optimiser's
// moments, the iteration, and the options, temperature and seed that it was trained with, so that a
// resumed trainer makes the same updates to the byte. The caller's metadata (say, the hash of the
// scorer whose scores the policy reads) travels in both.
//
// Every function throws Error in one line that names the file: missing, damaged, of another kind,
// or of another shape. A file is replaced whole or not at all.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "policy/options.h"

namespace pgts::policy {

class GpsNetwork;
class PpoTrainer;

using Metadata = std::map<std::string, std::string>;

void SavePolicy(const std::string& path, const GpsNetwork& network, const Metadata& metadata = {});
void SaveCheckpoint(const std::string& path, const PpoTrainer& trainer,
                    const Metadata& metadata = {});

struct LoadedPolicy {
  std::shared_ptr<GpsNetwork> network;
  Metadata metadata;      // the caller's
  int64_t iteration = 0;  // of a checkpoint; 0 for a policy file
};

// Reads a policy file or a checkpoint; the network has the file's shape.
LoadedPolicy LoadPolicy(const std::string& path);

// Puts weights, return statistics, optimiser and iteration of a checkpoint into `trainer`, whose
// network must have the file's shape. Its options stay its own. Returns the caller's metadata.
Metadata LoadCheckpoint(const std::string& path, PpoTrainer& trainer);

}  // namespace pgts::policy
