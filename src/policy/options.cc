// SPDX-License-Identifier: Apache-2.0
#include "policy/options.h"

#include "base/error.h"

namespace pgts::policy {

void CheckOptions(const NetworkOptions& options, const char* where) {
  if (options.hidden_dim < 1 || options.num_layers < 1 || options.num_heads < 1) {
    throw Error::Format(
        "{}: policy_network needs hidden_dim, num_layers and num_heads of at least 1, "
        "not {}, {}, {}",
        where, options.hidden_dim, options.num_layers, options.num_heads);
  }
  if (options.hidden_dim % options.num_heads != 0) {
    throw Error::Format("{}: policy_network.num_heads = {} does not divide hidden_dim = {}", where,
                        options.num_heads, options.hidden_dim);
  }
  if (options.dropout < 0 || options.dropout >= 1) {
    throw Error::Format("{}: policy_network.dropout = {} is not in [0, 1)", where, options.dropout);
  }
  if (options.activation != "gelu" && options.activation != "relu") {
    throw Error::Format("{}: policy_network.activation = \"{}\" is neither gelu nor relu", where,
                        options.activation);
  }
}

}  // namespace pgts::policy
