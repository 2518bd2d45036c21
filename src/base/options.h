// SPDX-License-Identifier: Apache-2.0
// Options, each declared once: name, default, range, unit and help stand beside the field, and
// parsing, --help, the documentation and the resolved file follow from that.
//
//   struct SearchOptions {
//     int max_depth = 15;
//     std::string order = "best";
//     template <class Visitor>
//     void Visit(Visitor& v) {
//       v("max_depth", max_depth,
//         {.min = 1, .max = 1000, .unit = "steps", .help = "Deepest node"});
//       v("order", order, {.choices = {"best", "last"}, .help = "Which node answers"});
//     }
//   };
//
//   OptionSet set;
//   set.Add("search", search);            // search must outlive set
//   set.LoadYaml("config/training.yaml");
//   set.LoadEnvironment();
//   set.Set("search.max_depth=20", "--set");
//
// Precedence is the order of calls: what is loaded later wins. Field types: int, int64_t, double,
// float, bool, std::string, std::vector of int, double or std::string. Every way of giving a value
// checks type, range and choices and throws Error with the place, what is allowed and, for an
// unknown key, the nearest valid one. Keys may be written with `_` or `-`.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/option_value.h"

namespace YAML {
class Node;
}

namespace pgts {

class OptionSet {
 public:
  OptionSet() = default;
  OptionSet(const OptionSet&) = delete;  // inert keys point into it
  OptionSet& operator=(const OptionSet&) = delete;

  // Declares every option of `options` under `group`, with its present value as the default.
  template <typename Options>
  void Add(std::string_view group, Options& options) {
    Binder binder{*this, std::string(group)};
    options.Visit(binder);
  }

  // `alias` is another name for `group` wherever a user writes a key of it. What the set writes
  // itself says `group`; errors say what the user wrote.
  void Alias(std::string_view alias, std::string_view group);

  // Declares "group.key" as accepted without effect, for `reason`. Where there are `choices`, any
  // other value is an Error.
  void Inert(std::string_view key, std::string_view reason, std::vector<std::string> choices = {});
  // The declared option "group.key" has no effect, for `reason`, while `when` holds.
  void InertWhile(std::string_view key, std::string_view reason, std::function<bool()> when);
  // One log line for each key that was given without effect, saying why. What `resolved_file` (a
  // run's config.yaml; empty: none) gave is left out: that run said it when it began.
  void ExplainInert(const std::string& resolved_file = "") const;

  // Reads `group: {key: value}`. A null value leaves the option as it is. `other`: a key beside the
  // groups that is the caller's to read.
  void LoadYaml(const std::string& path, std::string_view other = "");

  // Reads PGTS_<GROUP>_<KEY>; lists are written a,b,c. PGTS_DATA and PGTS_MODELS are not
  // options; any other unknown PGTS_* name is an Error.
  void LoadEnvironment();

  // Sets one "group.key=value". `source` names where it came from, for errors and Source().
  void Set(std::string_view assignment, std::string_view source);
  // The same of a list, whose items may hold commas.
  void SetList(std::string_view key, const std::vector<std::string>& items,
               std::string_view source);

  // The value of "group.key" as YAML text, and where it came from: "default", "FILE:LINE",
  // "PGTS_SEARCH_MAX_DEPTH" or the source given to Set.
  std::string Value(std::string_view key) const;
  const std::string& Source(std::string_view key) const;
  // "group.key" as that source spells it, where the group has an alias.
  const std::string& Spelling(std::string_view key) const;

  std::string Help() const;      // for the terminal, grouped
  std::string Markdown() const;  // docs/OPTIONS.md
  std::string Yaml() const;      // all values; LoadYaml of it gives the same values

 private:
  struct Option {
    std::string group;
    std::string name;
    OptionField field;
    OptionSpec spec;
    std::string default_value;
    std::string source = "default";
    std::string spelling = group + "." + name;        // of the key, in `source`
    std::string no_effect = "";                       // why not; empty: it has one
    std::function<bool()> no_effect_while = nullptr;  // null: never has
    bool AlwaysInert() const { return !no_effect.empty() && !no_effect_while; }
    std::string key() const { return group + "." + name; }
  };
  struct Binder {
    OptionSet& set;
    std::string group;
    template <typename T>
    void operator()(std::string_view name, T& field, OptionSpec spec = {}) {
      set.Declare(group, name, OptionField(&field), std::move(spec));
    }
  };

  void Declare(const std::string& group, std::string_view name, OptionField field, OptionSpec spec);
  // Error, which names `source`, for a key that is not declared.
  const Option& Get(std::string_view key, const std::string& source = "options") const;
  Option& Get(std::string_view key, const std::string& source);
  std::string WithoutAlias(std::string_view key) const;
  std::vector<std::string> Spellings(const Option& option) const;  // its own first
  std::string AliasesOf(const std::string& group) const;           // "a, b"; may be empty
  [[noreturn]] void ThrowUnknown(const std::string& key, const std::string& source) const;
  using GivenKeys = std::map<std::string, std::string>;  // key without alias -> as it was given
  void LoadGroup(const std::string& path, const std::string& group, const YAML::Node& node,
                 GivenKeys& given);
  void AssignNode(const std::string& key, const YAML::Node& node, const std::string& source);
  void LoadVariable(const std::string& name, const std::string& value, GivenKeys& given);
  void AssignValue(Option& option, std::string_view value, const OptionPlace& place);
  void AssignList(Option& option, const std::vector<std::string>& items, const OptionPlace& place);

  std::vector<Option> options_;                 // in declaration order
  std::map<std::string, std::string> aliases_;  // alias -> group
  std::string ignored_;                         // the value of every inert key
};

// The candidate with the least edit distance to `word`; empty if there are none.
std::string Nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace pgts
