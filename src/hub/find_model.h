// SPDX-License-Identifier: Apache-2.0
// From a model's name to its file: among those on this machine first, else from the hub.
#pragma once

#include <optional>
#include <string>

#include "hub/hub.h"
#include "hub/local_models.h"
#include "hub/model_name.h"
#include "hub/weights.h"

namespace pgts::hub {

// The best file of that model on this machine, by hub/weights.h, with the weights that the name
// asks for before those of the wish; of two equally good ones that in the user's own folder. A
// repository of GGUF files (-GGUF) is itself alone, in the cache.
std::optional<LocalModel> FindHere(const ModelName& name, const WeightsWish& given);

// FindHere, else a download into the hub's cache, of a repository that one log line names, with its
// licence. Error, one line, where no repository has such a file or the hub cannot be asked; offline
// it names `pgts pull`.
LocalModel FindModel(const ModelName& name, const WeightsWish& given, const Hub& hub);

// Error unless the file is the first shard of a split one, or no shard at all, and all others lie
// beside it.
void CheckShards(const std::string& path);

}  // namespace pgts::hub
