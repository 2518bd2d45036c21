// SPDX-License-Identifier: Apache-2.0
// A prefix is an immutable token sequence, stored as a chain of segments: the prompt, then one
// segment per step. It is a value: it names tokens, not memory. What of it is resident in a
// backend, and where, is the backend's business (llm/residency.h).
#pragma once

#include <memory>
#include <vector>

#include "llm/token.h"

namespace pgts::llm {

struct Prefix;
using PrefixPtr = std::shared_ptr<const Prefix>;

struct Prefix {
  PrefixPtr parent;           // null at the root (the prompt)
  std::vector<Token> tokens;  // this segment; a root must not be empty
  int length = 0;             // tokens from the root's first to this segment's last

  ~Prefix();  // unlinks a long chain without recursion
};

// `parent` null makes a root.
PrefixPtr Extend(PrefixPtr parent, std::vector<Token> tokens);

// All tokens, root first; size() == prefix.length.
std::vector<Token> PathTokens(const Prefix& prefix);

// Tokens of the root segment (the prompt).
int RootLength(const Prefix& prefix);

}  // namespace pgts::llm
