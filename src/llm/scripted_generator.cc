// SPDX-License-Identifier: Apache-2.0
#include "llm/scripted_generator.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "llm/step_end.h"

namespace pgts::llm {
namespace {

ModelInfo ScriptedInfo(int width, int context) {
  return {.path = "scripted",
          .architecture = "scripted",
          .description = "scripted model",
          .width = width,
          .layers = 1,
          .vocabulary = 257,
          .context_train = context,
          .parameters = 1,
          .file_hash = "0000000000000000"};
}

}  // namespace

std::vector<Token> ByteTokenizer::Tokenize(std::string_view text, bool) const {
  std::vector<Token> tokens;
  for (const char byte : text) tokens.push_back(static_cast<unsigned char>(byte));
  return tokens;
}

std::string ByteTokenizer::Piece(Token token) const {
  return token < 256 ? std::string(1, static_cast<char>(token)) : std::string();
}

std::string ByteTokenizer::RenderChat(std::span<const ChatMessage> /*messages*/,
                                      bool /*thinking*/) const {
  throw Error("bytes have no chat template; use --prompt plain");
}

ScriptedGenerator::ScriptedGenerator(Script script, int context)
    : script_(std::move(script)), context_(context), info_(ScriptedInfo(1, context)) {}

void ScriptedGenerator::Write(std::span<Draft* const> joining) {
  for (Draft* draft : joining) {
    draft->result = Answer(draft->request);
    if (draft->request.with_state) {
      draft->result.state = {static_cast<float>(draft->request.prefix->length) +
                             static_cast<float>(draft->result.tokens.size())};
    }
    under_way_.push_back({draft, draft->result.generated});
  }
  ++calls_;
  batches_.push_back(under_way_.size());
  std::erase_if(under_way_, [&](UnderWay& one) {
    one.left -= pace_ > 0 ? pace_ : one.left;
    if (one.left > 0) return false;
    counts_.generated += one.draft->result.generated;
    return one.draft->ended = true;
  });
}

void ScriptedGenerator::Forget() {
  ++forgotten_;
  under_way_.clear();
}

Generation ScriptedGenerator::Answer(const GenerateRequest& request) {
  const int room = context_ - request.prefix->length;
  if (room <= 0) return {.end = StepEnd::kContextFull};
  const std::string before = Text(tokenizer_, PathTokens(*request.prefix));
  const ScriptedStep step = script_(before, request.draw);
  const SamplingOptions& sampling = *request.sampling;
  temperatures_.push_back(request.most_likely ? 0 : sampling.temperature);
  const int most = std::min(room, sampling.max_new_tokens);
  Generation generation{.log_prob = step.log_prob};
  std::string text;
  for (const char byte : step.text) {
    text += byte;
    generation.tokens.push_back(static_cast<unsigned char>(byte));
    generation.generated = static_cast<int>(text.size());
    if (CompletesStep(text, text.size() - 1, sampling)) return generation;
    if (generation.generated == most) {
      generation.end =
          most == sampling.max_new_tokens ? StepEnd::kMaxTokens : StepEnd::kContextFull;
      return generation;
    }
  }
  if (!step.end_of_text) {
    throw Error::Format("the script's step '{}' has no separator and no end of text", step.text);
  }
  ++generation.generated;
  generation.end = StepEnd::kEndOfText;
  return generation;
}

ScriptedEncoder::ScriptedEncoder(int width, Script script, int context)
    : script_(std::move(script)), context_(context), info_(ScriptedInfo(width, context)) {}

void ScriptedEncoder::Encode(std::span<const EncodeRequest> requests, std::span<float> hidden) {
  ++calls_;
  for (size_t i = 0; i < requests.size(); ++i) {
    const std::vector<Token> path = PathTokens(*requests[i].prefix);
    if (static_cast<int>(path.size()) > context_) throw Error("the path exceeds the context");
    counts_.scored += static_cast<int64_t>(path.size());
    const std::vector<float> row = script_(Text(tokenizer_, path));
    if (static_cast<int>(row.size()) != info_.width) {
      throw Error::Format("the script gave {} values, not {}", row.size(), info_.width);
    }
    std::copy(row.begin(), row.end(), hidden.begin() + static_cast<ptrdiff_t>(i * row.size()));
  }
}

}  // namespace pgts::llm
