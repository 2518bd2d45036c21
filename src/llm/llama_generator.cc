// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_generator.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/parallel.h"
#include "llm/encode_lane.h"
#include "llm/generate_lane.h"
#include "llm/lane_plan.h"
#include "llm/likelihood_lane.h"
#include "llm/llama_machine.h"

namespace pgts::llm {
namespace {

// Of an evaluation where every token has the whole vocabulary as output: 39 MB for one of 150,000.
constexpr int kMostFullOutputs = 64;

LlamaMachineOptions MachineOptions(const LanePlan& plan, LlamaOutput output) {
  return {.output = output,
          .sequences = plan.lane.sequences,
          .cells = plan.lane_cells,
          .batch_tokens = output == LlamaOutput::kEveryLogits
                              ? std::min(plan.batch_tokens, kMostFullOutputs)
                              : plan.batch_tokens,
          .threads = plan.lane.threads,
          .streams = plan.streams,
          .flash_attention = plan.flash_attention};
}

// The lanes of one model and what they have in common.
template <typename LaneType>
class Lanes {
 public:
  template <typename MakeLane>
  Lanes(std::shared_ptr<const LlamaModel> model, const EngineOptions& options, LaneUse use,
        LlamaOutput output, MakeLane make_lane)
      : model_(std::move(model)),
        plan_(PlanLanes(options, model_->info(), model_->FreeGpuBytes(), use)) {
    constexpr int kUseful = 512;  // tokens
    if (plan_.streams_would_fit >= kUseful) {
      pgts::Info(
          "{}: {} streams of {} tokens need too much memory, so sequences share theirs, which is "
          "slower; a smaller engine.width would do, or engine.context = {} (which grows worlds of "
          "its own)",
          model_->info().path, options.width, plan_.lane.context, plan_.streams_would_fit);
    }
    for (int i = 0; i < plan_.lanes; ++i) {
      machines_.push_back(
          std::make_unique<LlamaMachine>(model_, MachineOptions(plan_, output)));
      lanes_.push_back(make_lane(*machines_.back(), ledger_, plan_.lane));
    }
  }

  // The visits of each lane, as indices. Who comes from another lane gives its place there up.
  std::vector<std::vector<size_t>> Assign(std::span<const llm::Visit> visits) {
    std::vector<const Lane*> views;
    for (const auto& lane : lanes_) views.push_back(lane.get());
    const std::vector<int> chosen = AssignLanes(visits, views);
    std::vector<std::vector<size_t>> indices(lanes_.size());
    for (size_t i = 0; i < chosen.size(); ++i) {
      indices[chosen[i]].push_back(i);
      for (size_t lane = 0; lane < lanes_.size(); ++lane) {
        if (static_cast<int>(lane) != chosen[i]) lanes_[lane]->Leave(visits[i].walker);
      }
    }
    return indices;
  }

  // Calls run(lane) for every lane with work(lane) > 0, the one with most first, so that no thread
  // ends up alone with it.
  template <typename Work, typename Run>
  void RunBusy(Work work, Run run) {
    std::vector<int> busy;
    for (int i = 0; i < static_cast<int>(lanes_.size()); ++i) {
      if (work(i) > 0) busy.push_back(i);
    }
    std::ranges::stable_sort(busy, [&](int a, int b) { return work(a) > work(b); });
    for (const int i : busy) {
      machines_[i]->SetThreads(ThreadsOfEach(busy.size()));
      lanes_[i]->SetThreads(ThreadsOfEach(busy.size()));
    }
    RunParallel(busy, plan_.workers, run);
  }

  // Calls run(lane, indices) for every lane that has visits.
  template <typename Run>
  void Visit(std::span<const llm::Visit> visits, Run run) {
    const std::vector<std::vector<size_t>> indices = Assign(visits);
    RunBusy([&](int lane) { return indices[lane].size(); },
            [&](int lane) { run(*lanes_[lane], indices[lane]); });
  }

  LaneType& lane(int i) { return *lanes_[i]; }
  int count() const { return static_cast<int>(lanes_.size()); }
  int turn() const { return plan_.turn; }

  void Forget() {
    for (const auto& lane : lanes_) lane->Forget();
  }

  const LlamaModel& model() const { return *model_; }
  const LanePlan& plan() const { return plan_; }
  const TokenCounts& counts() const { return ledger_.counts(); }
  int context() const { return plan_.lane.context; }

 private:
  // The last searches of a run may leave lanes without work.
  int ThreadsOfEach(size_t busy) const {
    return std::max(plan_.lane.threads, plan_.threads / static_cast<int>(busy));
  }

  std::shared_ptr<const LlamaModel> model_;
  LanePlan plan_;
  TokenLedger ledger_;
  std::vector<std::unique_ptr<LlamaMachine>> machines_;
  std::vector<std::unique_ptr<LaneType>> lanes_;
};

template <typename Request>
std::vector<Visit> VisitsOf(std::span<const Request> requests) {
  std::vector<Visit> visits;
  for (const Request& request : requests) visits.push_back({request.walker, request.prefix});
  return visits;
}

template <typename T>
std::vector<T*> PointersTo(std::span<T> all, std::span<const size_t> indices) {
  std::vector<T*> chosen;
  for (const size_t i : indices) chosen.push_back(&all[i]);
  return chosen;
}

class LlamaGenerator : public Generator {
 public:
  LlamaGenerator(std::shared_ptr<const LlamaModel> model, const EngineOptions& options)
      : lanes_(model, options, LaneUse::kWrite, LlamaOutput::kLogits,
               [&](Machine& machine, TokenLedger& ledger, const LaneOptions& lane) {
                 return std::make_unique<GenerateLane>(machine, ledger, lane, model->tokenizer());
               }) {}

  const ModelInfo& Info() const override { return lanes_.model().info(); }
  const Tokenizer& tokenizer() const override { return lanes_.model().tokenizer(); }
  void Forget() override { lanes_.Forget(); }
  const TokenCounts& counts() const override { return lanes_.counts(); }
  int context() const override { return lanes_.context(); }

  void KeepStates(bool keep) override {
    for (int lane = 0; lane < lanes_.count(); ++lane) lanes_.lane(lane).KeepStates(keep);
  }

  void Write(std::span<Draft* const> joining) override {
    Join(joining);
    lanes_.RunBusy([&](int lane) { return lanes_.lane(lane).jobs(); },
                   [&](int lane) { lanes_.lane(lane).Write(lanes_.turn()); });
  }

 private:
  void Join(std::span<Draft* const> drafts) {
    std::vector<Visit> visits;
    for (const Draft* draft : drafts) {
      visits.push_back({draft->request.walker, draft->request.prefix});
    }
    const std::vector<std::vector<size_t>> indices = lanes_.Assign(visits);
    for (size_t lane = 0; lane < indices.size(); ++lane) {
      std::vector<Draft*> chosen;
      for (const size_t i : indices[lane]) chosen.push_back(drafts[i]);
      lanes_.lane(static_cast<int>(lane)).Join(chosen);
    }
  }

  Lanes<GenerateLane> lanes_;
};

// Its memory is taken when the first path is read: where the states come with the steps
// (Generator::KeepStates), none is.
class LlamaEncoder : public Encoder {
 public:
  LlamaEncoder(std::shared_ptr<const LlamaModel> model, const EngineOptions& options)
      : model_(std::move(model)),
        options_(options),
        context_(PlanLanes(options, model_->info(), model_->FreeGpuBytes(), LaneUse::kRead)
                     .lane.context) {}

  const ModelInfo& Info() const override { return model_->info(); }
  const Tokenizer& tokenizer() const override { return model_->tokenizer(); }
  const TokenCounts& counts() const override { return lanes_ ? lanes_->counts() : nothing_read_; }
  int context() const override { return context_; }

  void Forget() override {
    if (lanes_) lanes_->Forget();
  }

  void Encode(std::span<const EncodeRequest> requests, std::span<float> hidden) override {
    if (!lanes_) {
      lanes_.emplace(model_, options_, LaneUse::kRead, LlamaOutput::kHidden,
                     [](Machine& machine, TokenLedger& ledger, const LaneOptions& lane) {
                       return std::make_unique<EncodeLane>(machine, ledger, lane);
                     });
    }
    const size_t width = Info().width;
    lanes_->Visit(VisitsOf(requests), [&](EncodeLane& lane, std::span<const size_t> indices) {
      std::vector<std::span<float>> rows;
      for (const size_t i : indices) rows.push_back(hidden.subspan(i * width, width));
      lane.Encode(PointersTo(requests, indices), rows);
    });
  }

 private:
  std::shared_ptr<const LlamaModel> model_;
  EngineOptions options_;
  int context_;
  TokenCounts nothing_read_;
  std::optional<Lanes<EncodeLane>> lanes_;
};

class LlamaLikelihood : public Likelihood {
 public:
  LlamaLikelihood(std::shared_ptr<const LlamaModel> model, const EngineOptions& options)
      : lanes_(model, options, LaneUse::kRead, LlamaOutput::kEveryLogits,
               [](Machine& machine, TokenLedger& ledger, const LaneOptions& lane) {
                 return std::make_unique<LikelihoodLane>(machine, ledger, lane);
               }) {}

  void Read(std::span<const LikelihoodRequest> requests,
            std::span<std::vector<double>> log_probs) override {
    std::vector<Visit> visits;
    for (size_t i = 0; i < requests.size(); ++i) visits.push_back({i, requests[i].prefix});
    lanes_.Visit(visits, [&](LikelihoodLane& lane, std::span<const size_t> indices) {
      lane.Read(PointersTo(requests, indices), indices, PointersTo(log_probs, indices));
    });
  }

 private:
  Lanes<LikelihoodLane> lanes_;
};

}  // namespace

std::unique_ptr<Generator> MakeLlamaGenerator(std::shared_ptr<const LlamaModel> model,
                                              const EngineOptions& options) {
  return std::make_unique<LlamaGenerator>(std::move(model), options);
}

std::unique_ptr<Encoder> MakeLlamaEncoder(std::shared_ptr<const LlamaModel> model,
                                          const EngineOptions& options) {
  return std::make_unique<LlamaEncoder>(std::move(model), options);
}

std::unique_ptr<Likelihood> MakeLlamaLikelihood(std::shared_ptr<const LlamaModel> model,
                                                const EngineOptions& options) {
  return std::make_unique<LlamaLikelihood>(std::move(model), options);
}

}  // namespace pgts::llm
