// SPDX-License-Identifier: Apache-2.0
#include "base/options.h"

#include <fmt/format.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "base/error.h"
#include "base/log.h"
#include "base/yaml_file.h"

namespace pgts {
namespace {

// search.max_nodes -> PGTS_SEARCH_MAX_NODES
std::string VariableName(const std::string& key) {
  std::string name = "PGTS_" + key;
  for (char& c : name) c = c == '.' ? '_' : static_cast<char>(std::toupper(c));
  return name;
}

int EditDistance(std::string_view a, std::string_view b) {
  std::vector<int> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row.back();
}

// One source gives an option once, under whichever of its names.
void RefuseTwice(std::map<std::string, std::string>& given, const std::string& option,
                 const std::string& as_given, const std::string& place) {
  const auto [earlier, is_new] = given.emplace(option, as_given);
  if (is_new) return;
  if (earlier->second == as_given) {
    throw Error::Format("{}: key {} is given twice; keep one", place, as_given);
  }
  throw Error::Format("{}: {} and {} are one option, given twice; keep one", place, earlier->second,
                      as_given);
}

}  // namespace

std::string Nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  int best_distance = std::numeric_limits<int>::max();
  for (const std::string& candidate : candidates) {
    const int distance = EditDistance(word, candidate);
    if (distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

void OptionSet::Declare(const std::string& group, std::string_view name, OptionField field,
                        OptionSpec spec) {
  Option option{.group = group,
                .name = std::string(name),
                .field = field,
                .spec = std::move(spec),
                .default_value = FieldYaml(field)};
  for (const Option& other : options_) {
    if (VariableName(other.key()) == VariableName(option.key())) {
      throw std::logic_error("option declared twice: " + option.key());
    }
  }
  options_.push_back(std::move(option));
}

void OptionSet::Alias(std::string_view alias, std::string_view group) {
  aliases_[NormalKey(alias)] = group;
}

std::string OptionSet::WithoutAlias(std::string_view key) const {
  const std::string normal = NormalKey(key);
  const size_t dot = std::min(normal.find('.'), normal.size());
  const auto alias = aliases_.find(normal.substr(0, dot));
  return alias == aliases_.end() ? normal : alias->second + normal.substr(dot);
}

std::vector<std::string> OptionSet::Spellings(const Option& option) const {
  std::vector<std::string> keys = {option.key()};
  for (const auto& [alias, group] : aliases_) {
    if (group == option.group) keys.push_back(alias + "." + option.name);
  }
  return keys;
}

void OptionSet::Inert(std::string_view key, std::string_view reason,
                      std::vector<std::string> choices) {
  const size_t dot = key.find('.');
  Declare(std::string(key.substr(0, dot)), key.substr(dot + 1), &ignored_,
          {.choices = std::move(choices)});
  options_.back().no_effect = reason;
}

void OptionSet::InertWhile(std::string_view key, std::string_view reason,
                           std::function<bool()> when) {
  Option& option = Get(key, "options");
  option.no_effect = reason;
  option.no_effect_while = std::move(when);
}

void OptionSet::ExplainInert(const std::string& resolved_file) const {
  for (const Option& option : options_) {
    if (option.no_effect.empty() || option.source == "default") continue;
    if (!resolved_file.empty() && option.source.starts_with(resolved_file + ":")) continue;
    if (option.no_effect_while && !option.no_effect_while()) continue;
    Info("{} ({}) has no effect: {}", option.spelling, option.source, option.no_effect);
  }
}

const OptionSet::Option& OptionSet::Get(std::string_view key, const std::string& source) const {
  const std::string wanted = WithoutAlias(key);
  for (const Option& option : options_) {
    if (option.key() == wanted) return option;
  }
  ThrowUnknown(NormalKey(key), source);
}

OptionSet::Option& OptionSet::Get(std::string_view key, const std::string& source) {
  return const_cast<Option&>(std::as_const(*this).Get(key, source));
}

void OptionSet::ThrowUnknown(const std::string& key, const std::string& source) const {
  std::vector<std::string> keys;
  for (const Option& option : options_) {
    for (const std::string& spelling : Spellings(option)) keys.push_back(spelling);
  }
  std::string nearest = Nearest(key, keys);
  // A key written without its group is compared with names alone.
  for (const Option& option : options_) {
    if (option.name == key) nearest = option.key();
  }
  throw Error::Format("{}: unknown key {}; nearest valid key: {}", source, key, nearest);
}

void OptionSet::LoadYaml(const std::string& path, std::string_view other) {
  const YAML::Node root = ParseYaml(path);
  if (root.IsNull()) return;
  if (!root.IsMap()) {
    throw Error::Format("{}: expected groups of keys, as in \"search:\" and \"  max_nodes: 40\"",
                        YamlPlace(path, root));
  }
  std::set<std::string> seen;
  GivenKeys given;
  for (const auto& entry : root) {
    const std::string group = YamlKey(path, entry.first);
    RefuseDuplicate(seen, group, YamlPlace(path, entry.first));
    if (group == other) continue;
    LoadGroup(path, group,
              entry.second.IsMap() || entry.second.IsNull() ? entry.second : entry.first, given);
  }
}

void OptionSet::LoadGroup(const std::string& path, const std::string& group, const YAML::Node& node,
                          GivenKeys& given) {
  if (node.IsNull()) return;
  if (!node.IsMap()) ThrowUnknown(group, YamlPlace(path, node));
  for (const auto& entry : node) {
    const std::string key = group + "." + YamlKey(path, entry.first);
    const std::string place = YamlPlace(path, entry.first);
    RefuseTwice(given, WithoutAlias(key), key, place);
    AssignNode(key, entry.second, place);
  }
}

void OptionSet::AssignNode(const std::string& key, const YAML::Node& node,
                           const std::string& source) {
  Option& option = Get(key, source);
  if (node.IsNull()) return;
  const OptionPlace place{.source = source, .key = key};
  if (node.IsSequence()) {
    std::vector<std::string> items;
    for (const YAML::Node& item : node) {
      if (!item.IsScalar()) throw Error::Format("{}: {} holds a nested list", source, key);
      items.push_back(item.Scalar());
    }
    AssignList(option, items, place);
  } else if (node.IsScalar()) {
    AssignValue(option, node.Scalar(), place);
  } else {
    throw Error::Format("{}: {} is a group of keys; needed: {}", source, key,
                        TypeName(option.field));
  }
}

void OptionSet::AssignValue(Option& option, std::string_view value, const OptionPlace& place) {
  AssignText(option.field, option.spec, value, place);
  option.source = place.source;
  option.spelling = place.key;
}

void OptionSet::AssignList(Option& option, const std::vector<std::string>& items,
                           const OptionPlace& place) {
  AssignItems(option.field, option.spec, items, place);
  option.source = place.source;
  option.spelling = place.key;
}

void OptionSet::LoadEnvironment() {
  std::map<std::string, std::string> variables;  // sorted: the environment has no useful order
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (!text.starts_with("PGTS_") || equals == std::string_view::npos) continue;
    variables[std::string(text.substr(0, equals))] = text.substr(equals + 1);
  }
  GivenKeys given;
  for (const auto& [name, value] : variables) LoadVariable(name, value, given);
}

void OptionSet::LoadVariable(const std::string& name, const std::string& value, GivenKeys& given) {
  std::vector<std::string> names = {"PGTS_DATA", "PGTS_MODELS",
                                    "PGTS_RPC_DEVICES"};  // these are no options
  if (std::count(names.begin(), names.end(), name) > 0) return;
  for (Option& option : options_) {
    for (const std::string& spelling : Spellings(option)) {
      names.push_back(VariableName(spelling));
      if (names.back() != name) continue;
      RefuseTwice(given, option.key(), name, "environment");
      AssignValue(option, value, {.source = name, .key = spelling});
      return;
    }
  }
  throw Error::Format("environment: unknown variable {}; nearest valid name: {}", name,
                      Nearest(name, names));
}

void OptionSet::Set(std::string_view assignment, std::string_view source) {
  const size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    throw Error::Format("{} {}: expected group.key=value, e.g. search.max_nodes=40", source,
                        assignment);
  }
  const std::string key = NormalKey(assignment.substr(0, equals));
  Option& option = Get(key, std::string(source));
  AssignValue(option, assignment.substr(equals + 1), {.source = std::string(source), .key = key});
}

void OptionSet::SetList(std::string_view key, const std::vector<std::string>& items,
                        std::string_view source) {
  const OptionPlace place{.source = std::string(source), .key = NormalKey(key)};
  AssignList(Get(place.key, place.source), items, place);
}

std::string OptionSet::Value(std::string_view key) const { return FieldYaml(Get(key).field); }

const std::string& OptionSet::Source(std::string_view key) const { return Get(key).source; }

const std::string& OptionSet::Spelling(std::string_view key) const { return Get(key).spelling; }

}  // namespace pgts
