// SPDX-License-Identifier: Apache-2.0
// From what a user calls a model to the file that is loaded. Every command that takes a model goes
// through here.
#pragma once

#include <string>

#include "hub/weights.h"
#include "session/run_config.h"

namespace pgts::session {

enum class Fetch { kYes, kNo };  // from the hub, where the model is not on this machine

// `name` is a path (also one of the program's own files), the first shard of a split file, a name
// of the hub (hub/model_name.h). With eight bits, a file in BF16, F16 or F32 is quantised to Q8_0
// once, and what is returned is that (EightBitFile). What is neither a file nor a name of the hub
// comes back as it is, as does, where nothing is to be fetched, what is not here.
std::string FindModelFile(const std::string& name, const hub::WeightsWish& wish, Fetch fetch);

// `path` where its weights take no more than about eight bits each, which a log line says if they
// are not Q8_0. Else a Q8_0 file made of it: beside it, or in the user's cache (OwnCache) where
// that folder cannot be written to or is the hub's. It is made once, until the file changes.
std::string EightBitFile(const std::string& path);

// What a run's configuration wants of its two models.
hub::WeightsWish WishOf(const GeneratorSettings& generator);
hub::WeightsWish WishOf(const RewardBaseSettings& base);

}  // namespace pgts::session
