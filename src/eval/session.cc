// SPDX-License-Identifier: Apache-2.0
#include "eval/session.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "llm/engine_report.h"
#include "llm/llama_generator.h"

namespace pgts::eval {
namespace {

constexpr int kDefaultContext = 4096;

llm::SamplingOptions Sampling(const GeneratorSettings& settings, const task::Task& task,
                              bool greedy) {
  return {.temperature = greedy ? 0.0 : settings.temperature,
          .top_p = settings.top_p,
          .top_k = settings.top_k,
          .min_p = settings.min_p,
          .max_new_tokens = settings.max_new_tokens,
          .separator = task.separator()};
}

}  // namespace

llm::EngineOptions ToEngineOptions(const GeneratorSettings& generator,
                                   const EngineSettings& engine) {
  llm::EngineOptions options{.device = generator.device,
                             .threads = engine.threads,
                             .width = engine.width,
                             .lanes = engine.lanes,
                             .context = engine.context > 0 ? engine.context : kDefaultContext,
                             .cells = engine.cells};
  if (generator.use_flash_attention == "true") options.flash_attention = 1;
  if (generator.use_flash_attention == "false") options.flash_attention = 0;
  return options;
}

tree::Limits ToLimits(const SearchSettings& search) {
  return {.max_depth = search.max_depth,
          .max_nodes = search.max_nodes,
          .max_width = search.max_width,
          .max_actions = search.max_actions};
}

Session::Session(const SessionOptions& options)
    : options_(options),
      task_(task::MakeTask(options.task.name, {.data_dir = options.task.data_dir})),
      model_(llm::LlamaModel::Load(options.generator.model_name, options.generator.device)),
      generator_(
          llm::MakeLlamaGenerator(model_, ToEngineOptions(options.generator, options.engine))),
      generator_client_(std::make_unique<llm::GeneratorClient>(rounds_, *generator_)) {
  if (!options.store_folder.empty()) {
    store_ = std::make_unique<world::Store>(options.store_folder, options.keep);
  }
  if (const auto advice = llm::SlowWeightsAdvice(model_->info()); advice && !model_->on_gpu()) {
    Info("{}", *advice);
  }
  OpenWorlds();
}

void Session::LogEngine() const {
  const std::string report = llm::EngineReport(generator_->counts());
  if (!report.empty()) Info("generator: {}", report);
}

void Session::OpenWorlds() {
  const world::LiveWorlds::Parts parts{.rounds = &rounds_,
                                       .task = task_.get(),
                                       .generator = generator_client_.get(),
                                       .scorer = scorer_client_.get(),
                                       .store = store_.get()};
  const auto open = [&](bool greedy) {
    return std::make_unique<world::LiveWorlds>(
        parts, world::LiveWorldsOptions{.seed = static_cast<uint64_t>(options_.world.seed),
                                        .sampling = Sampling(options_.generator, *task_, greedy),
                                        .prompt = llm::ParsePromptKind(options_.generator.prompt)});
  };
  sampled_ = open(/*greedy=*/false);
  greedy_ = open(/*greedy=*/true);
}

void Session::SetScorer(std::unique_ptr<world::StepScorer> scorer) {
  scorer_client_.reset();
  scorer_ = std::move(scorer);
  scorer_client_ = std::make_unique<world::ScorerClient>(rounds_, *scorer_);
  OpenWorlds();
}

void Session::Forget() {
  generator_->Forget();
  if (scorer_) scorer_->Forget();
}

}  // namespace pgts::eval
