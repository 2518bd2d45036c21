// SPDX-License-Identifier: Apache-2.0
#include "base/option_value.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <type_traits>

#include "base/error.h"

namespace pgts {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <typename T>
struct IsVector : std::false_type {};
template <typename T>
struct IsVector<std::vector<T>> : std::true_type {};

template <typename T>
std::string ElementName() {
  if constexpr (std::is_same_v<T, bool>) return "true or false";
  if constexpr (std::is_integral_v<T>) return "whole number";
  if constexpr (std::is_floating_point_v<T>) return "number";
  return "text";
}

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string Lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::optional<bool> ParseBool(std::string_view text) {
  const std::string lower = Lower(std::string(text));
  for (const char* yes : {"true", "yes", "on", "1"}) {
    if (lower == yes) return true;
  }
  for (const char* no : {"false", "no", "off", "0"}) {
    if (lower == no) return false;
  }
  return std::nullopt;
}

[[noreturn]] void ThrowBad(const OptionPlace& place, std::string_view text, std::string_view why,
                           const OptionSpec& spec) {
  const std::string allowed = AllowedText(spec);
  throw Error::Format("{}: {} = {} {}{}{}", place.source, place.key,
                      text.empty() ? "\"\"" : std::string(text), why,
                      allowed.empty() ? "" : "; allowed: ", allowed);
}

bool InRange(double value, const OptionSpec& spec) {
  return value >= spec.min && value <= spec.max && value > spec.above;
}

template <typename T>
T ParseNumber(std::string_view text, const OptionSpec& spec, const OptionPlace& place) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (stop != end || text.empty() || code == std::errc::invalid_argument) {
    ThrowBad(place, text, "is not a " + ElementName<T>(), spec);
  }
  if (code == std::errc::result_out_of_range) ThrowBad(place, text, "is out of range", spec);
  // The text is compared, not the stored value: 0.1 as float is above 0.1.
  double exact = static_cast<double>(value);
  if constexpr (std::is_same_v<T, float>) std::from_chars(text.data(), end, exact);
  if (!std::isfinite(exact) || !InRange(exact, spec)) {
    ThrowBad(place, text, "is out of range", spec);
  }
  return value;
}

template <typename T>
T ParseElement(std::string_view text, const OptionSpec& spec, const OptionPlace& place) {
  if constexpr (std::is_same_v<T, bool>) {
    const std::optional<bool> value = ParseBool(text);
    if (!value) ThrowBad(place, text, "is not true or false", spec);
    return *value;
  } else if constexpr (std::is_same_v<T, std::string>) {
    const std::string value(text);
    const bool listed = std::count(spec.choices.begin(), spec.choices.end(), value) > 0;
    if (!spec.choices.empty() && !listed) ThrowBad(place, text, "is not a choice", spec);
    return value;
  } else {
    return ParseNumber<T>(text, spec, place);
  }
}

std::vector<std::string> SplitList(std::string_view text) {
  text = Trim(text);
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
  }
  std::vector<std::string> items;
  if (Trim(text).empty()) return items;
  for (size_t start = 0; start <= text.size();) {
    const size_t comma = std::min(text.find(',', start), text.size());
    items.emplace_back(Trim(text.substr(start, comma - start)));
    start = comma + 1;
  }
  return items;
}

bool PlainInYaml(const std::string& text) {
  static const std::array kReserved = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
  if (text.empty() || !std::isalpha(static_cast<unsigned char>(text[0]))) return false;
  const bool safe = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '-' || c == '.' || c == '/';
  });
  return safe && std::ranges::count(kReserved, Lower(text)) == 0;
}

std::string QuoteYaml(const std::string& text) {
  if (PlainInYaml(text)) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

template <typename T>
std::string ElementYaml(const T& value) {
  if constexpr (std::is_same_v<T, std::string>)
    return QuoteYaml(value);
  else
    return fmt::format("{}", value);
}

}  // namespace

void AssignText(const OptionField& field, const OptionSpec& spec, std::string_view text,
                const OptionPlace& place) {
  if (IsList(field)) return AssignItems(field, spec, SplitList(text), place);
  std::visit(
      [&](auto* target) {
        using T = std::remove_pointer_t<decltype(target)>;
        if constexpr (!IsVector<T>::value) *target = ParseElement<T>(text, spec, place);
      },
      field);
}

void AssignItems(const OptionField& field, const OptionSpec& spec,
                 const std::vector<std::string>& items, const OptionPlace& place) {
  std::visit(
      [&](auto* target) {
        using T = std::remove_pointer_t<decltype(target)>;
        if constexpr (IsVector<T>::value) {
          T values;
          for (const std::string& item : items) {
            values.push_back(ParseElement<typename T::value_type>(item, spec, place));
          }
          *target = std::move(values);
        } else {
          ThrowBad(place, fmt::format("[{}]", fmt::join(items, ", ")),
                   "is a list; needed: one " + ElementName<T>(), spec);
        }
      },
      field);
}

bool IsList(const OptionField& field) {
  return std::visit(
      [](auto* target) { return IsVector<std::remove_pointer_t<decltype(target)>>::value; }, field);
}

std::string TypeName(const OptionField& field) {
  return std::visit(
      [](auto* target) -> std::string {
        using T = std::remove_pointer_t<decltype(target)>;
        if constexpr (IsVector<T>::value) {
          const std::string element = ElementName<typename T::value_type>();
          return "list of " + element + "s";
        } else {
          return ElementName<T>();
        }
      },
      field);
}

std::string AllowedText(const OptionSpec& spec) {
  if (!spec.choices.empty()) return fmt::format("{}", fmt::join(spec.choices, ", "));
  std::string range;
  if (spec.above != -kInfinity) {
    range = fmt::format("more than {}", spec.above);
    if (spec.max != kInfinity) range += fmt::format(", up to {}", spec.max);
  } else if (spec.min != -kInfinity && spec.max != kInfinity) {
    range = fmt::format("{} to {}", spec.min, spec.max);
  } else if (spec.min != -kInfinity) {
    range = fmt::format("at least {}", spec.min);
  } else if (spec.max != kInfinity) {
    range = fmt::format("at most {}", spec.max);
  }
  if (!range.empty() && !spec.unit.empty()) range += " " + spec.unit;
  return range;
}

std::string FieldYaml(const OptionField& field) {
  return std::visit(
      [](auto* target) -> std::string {
        using T = std::remove_pointer_t<decltype(target)>;
        if constexpr (IsVector<T>::value) {
          std::vector<std::string> items;
          for (const auto& value : *target) items.push_back(ElementYaml(value));
          return fmt::format("[{}]", fmt::join(items, ", "));
        } else {
          return ElementYaml(*target);
        }
      },
      field);
}

}  // namespace pgts
