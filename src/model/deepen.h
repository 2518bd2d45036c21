// SPDX-License-Identifier: Apache-2.0
// A decoder with more layers on top. The new ones pass their input on unchanged at first (their two
// output matrices are zero), so that the deeper decoder computes what the given one does until it
// is trained.
//
// Why: a judge must compare each token with what the base expected there, and a small base knows
// what it expects in its last layer only. One layer more can look at that and compare; one after it
// can gather the findings at a step's end. Large models have depth to spare and need none.
#pragma once

#include <cstdint>
#include <memory>

namespace pgts::model {

class Decoder;

// `extra` >= 0 layers; `seed` draws their other weights. Throws Error for a decoder with LoRA.
std::shared_ptr<Decoder> Deepen(const Decoder& decoder, int64_t extra, uint64_t seed);

}  // namespace pgts::model
