// SPDX-License-Identifier: Apache-2.0
// What is written from the declarations: --help, docs/OPTIONS.md and the resolved file.
#include <fmt/format.h>

#include <algorithm>

#include "base/options.h"

namespace pgts {
namespace {

// What would end a cell or begin an HTML tag.
std::string MarkdownCell(std::string text) {
  for (size_t at = 0; (at = text.find_first_of("|<", at)) != std::string::npos; at += 2) {
    text.insert(at, "\\");
  }
  return text;
}

}  // namespace

std::string OptionSet::AliasesOf(const std::string& group) const {
  std::string text;
  for (const auto& [alias, of] : aliases_) {
    if (of == group) text += (text.empty() ? "" : ", ") + alias;
  }
  return text;
}

std::string OptionSet::Help() const {
  size_t width = 0;
  for (const Option& option : options_) {
    if (option.AlwaysInert()) continue;
    width = std::max(width, option.name.size() + option.default_value.size() + 3);
  }
  width = std::min<size_t>(width, 44);
  std::string text;
  std::string group;
  for (const Option& option : options_) {
    if (option.AlwaysInert()) continue;
    if (option.group != group) {
      group = option.group;
      const std::string aliases = AliasesOf(group);
      text += fmt::format("{}{}{}:\n", text.empty() ? "" : "\n", group,
                          aliases.empty() ? "" : " (also: " + aliases + ")");
    }
    const std::string allowed = AllowedText(option.spec);
    text +=
        fmt::format("  {:<{}}  {}{}\n", fmt::format("{} = {}", option.name, option.default_value),
                    width, option.spec.help, allowed.empty() ? "" : " (" + allowed + ")");
  }
  return text;
}

std::string OptionSet::Markdown() const {
  std::string text;
  std::string group;
  for (const Option& option : options_) {
    if (option.AlwaysInert()) continue;
    if (option.group != group) {
      group = option.group;
      const std::string aliases = AliasesOf(group);
      text += fmt::format(
          "{}## {}\n\n{}| key | default | type | allowed | meaning |\n"
          "|---|---|---|---|---|\n",
          text.empty() ? "" : "\n", group,
          aliases.empty() ? "" : fmt::format("Another name of this group: `{}`.\n\n", aliases));
    }
    std::string allowed = AllowedText(option.spec);
    if (allowed.empty()) allowed = option.spec.unit;
    text += fmt::format("| `{}` | `{}` | {} | {} | {} |\n", option.name,
                        MarkdownCell(option.default_value), TypeName(option.field),
                        MarkdownCell(allowed), MarkdownCell(option.spec.help));
  }
  const char* header = "\n## Accepted without effect\n\n| key | why |\n|---|---|\n";
  for (const Option& option : options_) {
    if (!option.AlwaysInert()) continue;
    text += fmt::format("{}| `{}` | {} |\n", header, option.key(), MarkdownCell(option.no_effect));
    header = "";
  }
  return text;
}

std::string OptionSet::Yaml() const {
  // Groups in the order of their first option; a group may have been declared in parts.
  std::vector<std::string> groups;
  for (const Option& option : options_) {
    if (std::count(groups.begin(), groups.end(), option.group) == 0) groups.push_back(option.group);
  }
  std::string text;
  for (const std::string& group : groups) {
    text += group + ":\n";
    for (const Option& option : options_) {
      if (option.group != group || option.AlwaysInert()) continue;
      const std::string source = option.source == "default" ? "" : "  # " + option.source;
      text += fmt::format("  {}: {}{}\n", option.name, FieldYaml(option.field), source);
    }
  }
  return text;
}

}  // namespace pgts
