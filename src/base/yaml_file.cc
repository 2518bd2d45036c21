// SPDX-License-Identifier: Apache-2.0
#include "base/yaml_file.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/files.h"

namespace pgts {

YAML::Node ParseYaml(const std::string& path) {
  const std::string text = ReadFile(path);
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() > 1) {
      throw Error::Format("{}: {} YAML documents; one is allowed", path, documents.size());
    }
    return documents.empty() ? YAML::Node() : documents[0];
  } catch (const YAML::Exception& error) {
    throw Error::Format("{}:{}: not valid YAML: {}", path, error.mark.line + 1, error.msg);
  }
}

std::string YamlPlace(const std::string& path, const YAML::Node& node) {
  return fmt::format("{}:{}", path, node.Mark().line + 1);
}

std::string NormalKey(std::string_view key) {
  std::string normal(key);
  std::replace(normal.begin(), normal.end(), '-', '_');
  return normal;
}

std::string YamlKey(const std::string& path, const YAML::Node& key) {
  if (!key.IsScalar()) throw Error::Format("{}: a key must be plain text", YamlPlace(path, key));
  return NormalKey(key.Scalar());
}

void RefuseDuplicate(std::set<std::string>& seen, const std::string& key,
                     const std::string& place) {
  if (!seen.insert(key).second) {
    throw Error::Format("{}: key {} is given twice; keep one", place, key);
  }
}

}  // namespace pgts
