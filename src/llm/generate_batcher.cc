// SPDX-License-Identifier: Apache-2.0
#include "llm/generate_batcher.h"

#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "llm/excluded_steps.h"
#include "llm/step_end.h"

namespace pgts::llm {

struct GenerateBatcher::Writing : Job {
  Writing(Draft& draft, const Tokenizer& tokenizer)
      : Job(*draft.request.prefix, draft.request.walker),
        draft(draft),
        request(draft.request),
        result(draft.result),
        excluded(draft.request.excluded, tokenizer) {
    wants_state = request.with_state;
  }

  Draft& draft;
  const GenerateRequest& request;
  Generation& result;
  ExcludedSteps excluded;
  std::string text;                  // of the step so far
  TokenDistribution candidates;      // of the next token
  size_t read = 0;                   // length of the path at whose end they are
  std::optional<StepEnd> completed;  // as what, while the last token is still to be read
};

GenerateBatcher::GenerateBatcher(KvBackend& backend, TokenLedger& ledger,
                                 const BatcherOptions& options, const Tokenizer& tokenizer)
    : Batcher(backend, ledger, options, TokenLedger::Purpose::kGenerate), tokenizer_(tokenizer) {}

GenerateBatcher::~GenerateBatcher() = default;

void GenerateBatcher::Join(std::span<Draft* const> drafts) {
  std::vector<Job*> jobs;
  for (Draft* draft : drafts) {
    draft->result = {};
    draft->ended = false;
    writings_.push_back(std::make_unique<Writing>(*draft, tokenizer_));
    jobs.push_back(writings_.back().get());
  }
  Batcher::Join(jobs);
}

void GenerateBatcher::Write(int evaluations) {
  Advance(evaluations);
  std::erase_if(writings_, [](const auto& writing) { return writing->draft.ended; });
}

void GenerateBatcher::OnForget() {
  kept_.Clear();
  writings_.clear();
}

bool GenerateBatcher::EndsUnread(Job& job) {
  auto& writing = static_cast<Writing&>(job);
  if (writing.completed) return false;
  if (static_cast<int>(job.path.size()) >= options().context) {
    return End(writing, StepEnd::kContextFull);
  }
  const TokenDistribution* kept = kept_.Find(job.hash(), *writing.request.sampling);
  return kept && Write(writing, *kept);
}

void GenerateBatcher::ReadOutput(Job& job, int /*position*/, const RowOutput& output) {
  auto& writing = static_cast<Writing&>(job);
  writing.candidates = Truncate(output.logits, *writing.request.sampling);
  writing.result.state.assign(output.state.begin(), output.state.end());
  writing.read = job.path.size();
}

bool GenerateBatcher::TakeOutput(Job& job) {
  auto& writing = static_cast<Writing&>(job);
  TokenDistribution candidates = std::move(writing.candidates);
  // Nothing is kept where no logit is a number.
  if (candidates.tokens.empty() || !std::isfinite(candidates.log_probs.front())) {
    throw Error(
        "the generator (generator.model_name) produced logits that are not numbers: its file is "
        "damaged or its weights do not suit this build; fetch it again or use another");
  }
  // A first child of this path, or another one, finds them.
  const bool keep = writing.result.generated == 0 || writing.completed;
  const uint64_t end_of_path = job.hash();
  const bool ended =
      writing.completed ? End(writing, *writing.completed) : Write(writing, candidates);
  if (keep) kept_.Keep(end_of_path, writing.request.sampling, std::move(candidates));
  return ended;
}

bool GenerateBatcher::Write(Writing& job, const TokenDistribution& candidates) {
  const SamplingOptions& sampling = *job.request.sampling;
  Generation& result = job.result;
  const std::optional<size_t> drawn = Draw(job, candidates);
  if (!drawn) return End(job, StepEnd::kNothingLeft);
  const Token token = candidates.tokens[*drawn];
  result.log_prob += candidates.log_probs[*drawn];
  result.draw_log_probs.push_back(static_cast<float>(DrawLogProb(candidates, *drawn)));
  ++result.generated;
  ledger().Generated();
  if (!sampling.ignore_end_of_text && tokenizer_.IsEndOfText(token)) {
    return Complete(job, StepEnd::kEndOfText);
  }

  const size_t searched = job.text.size();
  job.Append(token);
  ledger().MayRead(job.hash());
  job.text += tokenizer_.Piece(token);
  if (CompletesStep(job.text, searched, sampling)) return Complete(job, StepEnd::kSeparator);
  if (result.generated >= sampling.max_new_tokens) return Complete(job, StepEnd::kMaxTokens);
  if (static_cast<int>(job.path.size()) >= options().context) {
    return End(job, StepEnd::kContextFull);
  }
  return false;
}

// The index of the next token; nothing if all that could follow is excluded.
std::optional<size_t> GenerateBatcher::Draw(Writing& job, const TokenDistribution& candidates) {
  const GenerateRequest& request = job.request;
  if (request.most_likely || request.sampling->temperature <= 0) return 0;
  const double uniform = request.draw.Uniform(job.result.generated);
  if (!job.excluded.Any()) return DrawToken(candidates.cumulative, uniform);
  const std::vector<double> left = job.excluded.LeftOf(candidates);
  if (left.empty()) return std::nullopt;
  const size_t drawn = DrawToken(left, uniform);
  job.excluded.Wrote(candidates.tokens[drawn]);
  return drawn;
}

// Ends the step; where its state is wanted, once its last token has been read. That costs a row
// only where nothing follows: a child's first token needs the same row.
bool GenerateBatcher::Complete(Writing& job, StepEnd end) {
  if (!job.request.with_state || job.read == job.path.size()) return End(job, end);
  job.completed = end;
  return false;
}

bool GenerateBatcher::End(Writing& job, StepEnd end) {
  job.result.tokens.assign(job.path.begin() + job.prefix_length, job.path.end());
  if (job.read != job.path.size()) job.result.state.clear();
  job.result.end = end;
  job.draft.ended = true;
  return true;
}

void GenerateBatcher::GiveUp(Job& job) {
  auto& writing = static_cast<Writing&>(job);
  End(writing, writing.completed.value_or(StepEnd::kContextFull));
}

}  // namespace pgts::llm
