// SPDX-License-Identifier: Apache-2.0
// What a search may do at its current node v (docs/ARCHITECTURE.md, "The search as a decision
// process"):
//   Expand     ask for the next child of v; it becomes current
//   Branch     ask for the next child of parent(v), an alternative to v; it becomes current
//   Backtrack  parent(v) becomes current, or the ancestor with most to find (tree/tree.h)
//   Terminate  the search ends and answers
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace pgts::tree {

enum class Action : uint8_t { kExpand, kBranch, kBacktrack, kTerminate };

inline constexpr int kActionCount = 4;
inline constexpr std::array<Action, kActionCount> kActions = {
    Action::kExpand, Action::kBranch, Action::kBacktrack, Action::kTerminate};
inline constexpr std::array<std::string_view, kActionCount> kActionNames = {
    "expand", "branch", "backtrack", "terminate"};

inline std::string_view Name(Action action) { return kActionNames[static_cast<int>(action)]; }

inline bool AsksForChild(Action action) {
  return action == Action::kExpand || action == Action::kBranch;
}

// The set of legal actions.
class ActionMask {
 public:
  void Allow(Action action) { bits_ |= Bit(action); }
  void Forbid(Action action) { bits_ &= static_cast<uint8_t>(~Bit(action)); }
  bool Has(Action action) const { return (bits_ & Bit(action)) != 0; }
  bool Empty() const { return bits_ == 0; }
  int Count() const { return __builtin_popcount(bits_); }
  uint8_t bits() const { return bits_; }
  bool operator==(const ActionMask&) const = default;

 private:
  static uint8_t Bit(Action action) { return static_cast<uint8_t>(1U << static_cast<int>(action)); }
  uint8_t bits_ = 0;
};

}  // namespace pgts::tree
