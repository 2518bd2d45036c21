// SPDX-License-Identifier: Apache-2.0
// A YAML file that a user writes, read so that every error can name its line.
#pragma once

#include <yaml-cpp/yaml.h>

#include <set>
#include <string>
#include <string_view>

namespace pgts {

// The one document of the file; a null node where it is empty. Error with file and line for what is
// no YAML.
YAML::Node ParseYaml(const std::string& path);

std::string YamlPlace(const std::string& path, const YAML::Node& node);  // "FILE:LINE"

// A key as options are named: with `_` for `-`. Error for a key that is not plain text.
std::string YamlKey(const std::string& path, const YAML::Node& key);
std::string NormalKey(std::string_view key);

// yaml-cpp keeps both of two equal keys.
void RefuseDuplicate(std::set<std::string>& seen, const std::string& key, const std::string& place);

}  // namespace pgts
