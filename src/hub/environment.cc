// SPDX-License-Identifier: Apache-2.0
#include "hub/environment.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include "hub/model_name.h"

namespace pgts::hub {
namespace {

std::string UserCache() {
  if (const std::string cache = Variable("XDG_CACHE_HOME"); !cache.empty()) return cache;
  std::string home = Variable("HOME");
  if (home.empty()) {
    const passwd* user = getpwuid(getuid());
    home = user != nullptr && user->pw_dir != nullptr ? user->pw_dir : ".";
  }
  return home + "/.cache";
}

}  // namespace

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool IsSet(const char* name) {
  const std::string value = Variable(name);
  return value == "1" || EqualNames(value, "true") || EqualNames(value, "yes") ||
         EqualNames(value, "on");
}

std::string HubHome() {
  const std::string home = Variable("HF_HOME");
  return home.empty() ? UserCache() + "/huggingface" : home;
}

std::string HubCache() {
  for (const char* name : {"LLAMA_CACHE", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"}) {
    if (const std::string cache = Variable(name); !cache.empty()) return cache;
  }
  return HubHome() + "/hub";
}

std::string OwnCache() { return UserCache() + "/pgts"; }

std::string ModelsFolder() {
  const std::string models = Variable("PGTS_MODELS");
  return models.empty() ? OwnCache() + "/models" : models;
}

}  // namespace pgts::hub
