// SPDX-License-Identifier: Apache-2.0
// Where models and downloads lie, as llama.cpp and huggingface_hub have it, so that files are
// shared with them.
#pragma once

#include <string>

namespace pgts::hub {

std::string Variable(const char* name);  // of the environment; empty where it is unset
bool IsSet(const char* name);            // to 1, true, yes or on

// HF_HOME, else huggingface/ in the user's cache.
std::string HubHome();
// The cache of repositories: LLAMA_CACHE, HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, else hub/ in
// HubHome.
std::string HubCache();
// What this program keeps for itself: pgts/ in the user's cache (XDG_CACHE_HOME, ~/.cache).
std::string OwnCache();
// The folder of the user's own GGUF files: PGTS_MODELS, else models/ in OwnCache.
std::string ModelsFolder();

}  // namespace pgts::hub
