// SPDX-License-Identifier: Apache-2.0
#include "llm/prefix.h"

#include <algorithm>
#include <utility>

namespace pgts::llm {

Prefix::~Prefix() {
  PrefixPtr next = std::move(parent);
  while (next && next.use_count() == 1) {
    // The sole owner may take the link: nobody else can look at this node any more.
    PrefixPtr after = std::move(const_cast<Prefix&>(*next).parent);
    next = std::move(after);
  }
}

PrefixPtr Extend(PrefixPtr parent, std::vector<Token> tokens) {
  auto prefix = std::make_shared<Prefix>();
  prefix->length = (parent ? parent->length : 0) + static_cast<int>(tokens.size());
  prefix->parent = std::move(parent);
  prefix->tokens = std::move(tokens);
  return prefix;
}

std::vector<Token> PathTokens(const Prefix& prefix) {
  std::vector<Token> path(prefix.length);
  auto end = path.end();
  for (const Prefix* node = &prefix; node; node = node->parent.get()) {
    end = std::copy_backward(node->tokens.begin(), node->tokens.end(), end);
  }
  return path;
}

int RootLength(const Prefix& prefix) {
  const Prefix* node = &prefix;
  while (node->parent) node = node->parent.get();
  return node->length;
}

}  // namespace pgts::llm
