// SPDX-License-Identifier: Apache-2.0
// One search as a page replays it: columns of small whole numbers, about 100 bytes a node.
//
//   question, gold, end, answer: null or {"node", "text"}
//   nodes  columns, node 1 first: parent, attempt, score and log_prob (in thousandths), tokens,
//          flags (1 terminal, 2 dead, 4 truncated, 8 duplicate), text; and by the node's number,
//          only where there is one: "answer" and "correct" (0 or 1)
//   moves  columns, one entry a decision: action (one string: e, b, k, t for expand, branch,
//          backtrack, terminate), to (the current node after it), value (in hundredths), odds (four
//          probabilities in thousandths, -1 where the action was not legal)
#pragma once

#include <cstdint>

#include "base/jsonl.h"
#include "search/trace.h"

namespace pgts::report {

// `text_bytes`: longer texts are cut to it. Error for a search whose nodes or moves make no tree.
Json PackSearch(const search::TracedSearch& search, int64_t text_bytes);

// At most `bytes` of UTF-8 text, cut between characters, with "…" where something was cut.
std::string CutText(const std::string& text, int64_t bytes);

}  // namespace pgts::report
