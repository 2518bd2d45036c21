// SPDX-License-Identifier: Apache-2.0
#include "hub/weights.h"

#include <algorithm>
#include <vector>

namespace pgts::hub {
namespace {

using Order = std::vector<std::string_view>;

constexpr std::string_view kQuantised[] = {"Q8_0",   "Q6_K", "Q6_K_L", "Q5_K_M", "Q5_K_L",
                                           "Q5_K_S", "Q5_1", "Q5_0",   "Q4_K_M", "Q4_K_L",
                                           "Q4_K_S", "Q4_1", "IQ4_NL", "IQ4_XS", "Q4_0"};

Order OrderOf(const WeightsWish& wish) {
  if (!wish.exactly.empty()) return {wish.exactly};
  if (wish.eight_bits) return {"Q8_0", "BF16", "F16", "F32"};
  Order order = {"BF16", "F16"};
  if (wish.dtype == "float16") order = {"F16", "BF16"};
  if (wish.dtype == "float32") order = {"F32", "BF16", "F16"};
  order.insert(order.end(), std::begin(kQuantised), std::end(kQuantised));
  return order;
}

}  // namespace

std::optional<int> Rank(std::string_view weights, const WeightsWish& wish) {
  const Order order = OrderOf(wish);
  const auto found = std::find(order.begin(), order.end(), weights);
  if (found != order.end()) return static_cast<int>(found - order.begin());
  if (!wish.exactly.empty() || wish.eight_bits) return std::nullopt;
  return static_cast<int>(order.size()) + (weights == "F32" ? 1 : 0);
}

std::string FirstChoice(const WeightsWish& wish) { return std::string(OrderOf(wish).front()); }

}  // namespace pgts::hub
