// SPDX-License-Identifier: Apache-2.0
#include "session/session.h"

#include <fmt/ranges.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "llm/engine_report.h"
#include "llm/llama_generator.h"
#include "world/stored_worlds.h"

namespace pgts::session {
namespace {

constexpr int kDefaultContext = 4096;

llm::SamplingOptions Sampling(const GeneratorSettings& settings, const task::Task& task) {
  return {.temperature = settings.temperature,
          .top_p = settings.top_p,
          .top_k = settings.top_k,
          .min_p = settings.min_p,
          .max_new_tokens = settings.max_new_tokens,
          .separator = task.separator()};
}

void LogBusy(const char* phase, std::string_view device, double busy, double seconds) {
  if (device.empty() || seconds <= 0) return;
  Info("{} on {}: busy for {:.0f} % of the {:.0f} s of searching", phase, device,
       100 * busy / seconds, seconds);
}

}  // namespace

llm::EngineOptions ToEngineOptions(const GeneratorSettings& generator,
                                   const EngineSettings& engine) {
  llm::EngineOptions options{.device = generator.device,
                             .threads = engine.threads,
                             .width = engine.width,
                             .pool_size = engine.lanes,
                             .context = engine.context > 0 ? engine.context : kDefaultContext,
                             .cells = engine.cells,
                             .layout = llm::ParseKvLayout(engine.layout)};
  if (generator.use_flash_attention == "true") options.flash_attention = 1;
  if (generator.use_flash_attention == "false") options.flash_attention = 0;
  return options;
}

tree::Limits ToLimits(const SearchSettings& search) {
  return {.max_depth = search.max_depth,
          .max_nodes = search.max_nodes,
          .max_width = search.max_width,
          .max_actions = search.max_actions,
          .max_tokens = search.max_tokens,
          .token_price = search.token_price,
          .backtrack_to = search.backtrack_to == "parent" ? tree::BacktrackTo::kParent
                                                          : tree::BacktrackTo::kUnexplored};
}

llm::PromptOptions ToPromptOptions(const GeneratorSettings& generator) {
  return {.kind = llm::ParsePromptKind(generator.prompt), .thinking = generator.thinking};
}

Session::Session(const SessionOptions& options)
    : options_(options),
      replayed_folder_(world::StoredFolder(options.store_folder)),
      task_(task::MakeTask(options.task.name, {.data_dir = options.task.data_dir})) {
  replayed_folder_.empty() ? LoadGenerator() : FindGenerator();
  OpenWorlds();
}

void Session::LoadGenerator() {
  const GeneratorSettings& settings = options_.generator;
  model_ = llm::LlamaModel::Load(settings.model_name, settings.device);
  llm::CheckPrompt(model_->tokenizer(), ToPromptOptions(settings), settings.model_name);
  generator_ = llm::MakeLlamaGenerator(model_, ToEngineOptions(settings, options_.engine));
  generator_client_ = std::make_unique<llm::GeneratorClient>(rounds_, *generator_,
                                                             llm::Accelerator(settings.device));
  generator_record_ = {.file = FileName(settings.model_name),
                       .identity = {generator_->Info().file_hash, generator_->context()},
                       .parameters = generator_->Info().parameters};
  if (options_.store_folder.empty()) return;
  store_ = std::make_unique<world::Store>(options_.store_folder, options_.keep);
  world::Record(options_.store_folder, generator_record_);
}

void Session::FindGenerator() {
  store_ = world::Store::OpenForReading(replayed_folder_);
  const std::string wanted = FileName(options_.generator.model_name);
  std::vector<std::string> files;
  for (const world::GeneratorRecord& known : world::ReadProvenance(replayed_folder_).generators) {
    if (known.file == wanted) generator_record_ = known;  // the latest of that name
    files.push_back(known.file);
  }
  if (!generator_record_.file.empty()) return;
  throw Error::Format(
      "{}: no worlds of {} are stored here, but of: {}; name that with --model", replayed_folder_,
      wanted, files.empty() ? "no model that is known" : fmt::format("{}", fmt::join(files, ", ")));
}

void Session::LogEngine() const {
  if (!generator_) return;  // replayed
  const std::string report = llm::EngineReport(generator_->counts());
  if (!report.empty()) Info("generator: {}", report);
  LogBusy("generator", generator_client_->device(), generator_client_->phase().seconds,
          rounds_.seconds());
  if (scorer_client_) {
    LogBusy("scorer", scorer_client_->device(), scorer_client_->phase().seconds, rounds_.seconds());
  }
}

world::LiveWorldsOptions Session::SampledWorlds() const {
  return {.seed = static_cast<uint64_t>(options_.world.seed),
          .greedy_first = options_.world.GreedyFirst(),
          .sampling = Sampling(options_.generator, *task_),
          .prompt = ToPromptOptions(options_.generator)};
}

uint64_t Session::SampledWorldKey(int epoch) const {
  return world::WorldKey(world::SettingsKey(generator_record_.identity, SampledWorlds()), epoch);
}

void Session::OpenWorlds() {
  const auto open =
      [&](const world::LiveWorldsOptions& options) -> std::unique_ptr<world::WorldSource> {
    if (replays()) {
      return std::make_unique<world::StoredWorlds>(world::StoredWorlds::Parts{
          .rounds = &rounds_,
          .task = task_.get(),
          .store = store_.get(),
          .settings = world::SettingsKey(generator_record_.identity, options),
          .prompt = options.prompt,
          .scorer_hash = scorer_hash_,
          .greedy_first = options.greedy_first,
          .distinct_siblings = options.distinct_siblings});
    }
    return std::make_unique<world::LiveWorlds>(
        world::LiveWorlds::Parts{.rounds = &rounds_,
                                 .task = task_.get(),
                                 .generator = generator_client_.get(),
                                 .scorer = scorer_client_.get(),
                                 .store = store_.get(),
                                 .with_states = ScorerReadsStates()},
        options);
  };
  const world::LiveWorldsOptions sampled = SampledWorlds();
  world::LiveWorldsOptions trees = sampled, greedy = sampled;
  trees.distinct_siblings = true;
  greedy.sampling.temperature = 0;
  sampled_ = open(sampled);
  trees_ = options_.world.DistinctSiblings() ? open(trees) : nullptr;
  greedy_ = options_.world.GreedyFirst() ? nullptr : open(greedy);
}

bool Session::ScorerReadsStates() const {
  return generator_ && scorer_ && !scorer_->state_model().empty() &&
         scorer_->state_model() == generator_->Info().file_hash;
}

void Session::SetScorer(std::unique_ptr<world::StepScorer> scorer, std::string_view device) {
  if (scorer_) throw std::logic_error("the session has a scorer already");
  scorer_ = std::move(scorer);
  scorer_client_ = std::make_unique<world::ScorerClient>(rounds_, *scorer_,
                                                         llm::Accelerator(std::string(device)));
  scorer_hash_ = scorer_->hash();
  // A scorer that reads the generator's states makes no pass of its own.
  scorer_parameters_ = ScorerReadsStates() ? 0 : scorer_->parameters();
  if (store_) {
    world::Record(store_->folder(), world::ScorerRecord{scorer_hash_, scorer_parameters_});
  }
  OpenWorlds();
}

void Session::ReadScoresOf(uint64_t scorer_hash) {
  scorer_hash_ = scorer_parameters_ = 0;
  for (const world::ScorerRecord& known : world::ReadProvenance(replayed_folder_).scorers) {
    if (known.hash != scorer_hash) continue;
    scorer_hash_ = known.hash;
    scorer_parameters_ = known.parameters;
  }
  if (!has_scorer()) {
    throw Error::Format(
        "{}: no scores of this reward model are stored here; give the one that "
        "scored these worlds with --reward-model-path",
        replayed_folder_);
  }
  OpenWorlds();
}

eval::Environment Session::environment() {
  return {.rounds = rounds_,
          .task = *task_,
          .sampled = sampled_.get(),
          .trees = trees_.get(),
          .greedy = greedy_ ? greedy_.get() : sampled_.get(),
          .store = store_.get(),
          .has_scorer = has_scorer(),
          .scores = score_quantiles_,
          .width = options_.engine.width,
          .generator_parameters = generator_record_.parameters,
          .scorer_parameters = scorer_parameters_,
          .forget = [this] { Forget(); }};
}

void Session::Forget() {
  if (generator_) generator_->Forget();
  if (scorer_) scorer_->Forget();
}

}  // namespace pgts::session
