// SPDX-License-Identifier: Apache-2.0
#include "world/world_source.h"

#include <bit>
#include <utility>

#include "base/error.h"
#include "base/random.h"
#include "world/store.h"

namespace pgts::world {
namespace {

Key WithNumber(Key key, double value) { return key.With(std::bit_cast<uint64_t>(value)); }

Key SamplingKey(Key key, const llm::SamplingOptions& sampling) {
  key = WithNumber(WithNumber(key, sampling.temperature), sampling.top_p);
  key = WithNumber(key.With(static_cast<uint64_t>(sampling.top_k)), sampling.min_p);
  key = key.With(static_cast<uint64_t>(sampling.max_new_tokens)).With(sampling.separator);
  for (const std::string& separator : sampling.further_separators) key = key.With(separator);
  return key;
}

std::vector<llm::ChatMessage> Messages(const task::ProblemPrompt& prompt) {
  std::vector<llm::ChatMessage> messages;
  if (!prompt.system.empty()) messages.push_back({"system", prompt.system});
  for (const auto& [user, assistant] : prompt.examples) {
    messages.push_back({"user", user});
    messages.push_back({"assistant", assistant});
  }
  messages.push_back({"user", prompt.user});
  return messages;
}

void CheckLength(const llm::Prefix& prompt, const task::Problem& problem,
                 const llm::Generator& generator) {
  if (prompt.length < generator.context()) return;
  const bool models_own = generator.context() == generator.Info().context_train;
  throw Error::Format(
      "{}: the prompt takes {} tokens and the context holds {}: shorten the question "
      "or {}",
      problem.shown.empty() ? problem.id : problem.shown, prompt.length, generator.context(),
      models_own ? "use a model with a longer context" : "raise engine.context");
}

// Writes steps with the generator and judges them with the scorer.
class LiveGrower : public Grower {
 public:
  struct How {
    std::shared_ptr<const llm::SamplingOptions> sampling;
    bool greedy_first = false;
    bool distinct_siblings = false;
  };
  LiveGrower(LiveWorlds::Parts parts, How how, Key draws)
      : parts_(parts), how_(std::move(how)), draws_(draws) {}

  Co<std::optional<RawStep>> Grow(Request request) override {
    llm::GenerateRequest generate{.prefix = request.prefix,
                                  .walker = request.walker,
                                  .draw = draws_.With(std::span<const int>(request.path)),
                                  .sampling = how_.sampling,
                                  .with_state = parts_.with_states,
                                  .most_likely = how_.greedy_first && request.path.back() == 1};
    for (const RawStep* elder : request.excluded) {
      generate.excluded.push_back({elder->tokens, elder->draw_log_probs});
    }
    Dispatched<llm::Generation> done = co_await parts_.generator->Generate(std::move(generate));
    llm::Generation& reply = done.reply;
    RawStep raw{.log_prob = reply.log_prob,
                .end = reply.end,
                .generated = reply.generated,
                .seconds = done.seconds};
    raw.text = llm::Text(parts_.generator->generator().tokenizer(), reply.tokens);
    raw.tokens = std::move(reply.tokens);
    raw.state = std::move(reply.state);
    if (how_.distinct_siblings) raw.draw_log_probs = std::move(reply.draw_log_probs);
    co_return raw;
  }

  Co<std::optional<Score>> Judge(std::vector<int> /*path*/, ScoreRequest request) override {
    if (parts_.scorer == nullptr) {
      throw Error(
          "this method needs step scores and no reward model is loaded: give one with "
          "--reward-model-path");
    }
    const Dispatched<float> done = co_await parts_.scorer->Score(std::move(request));
    co_return Score{.value = done.reply, .seconds = done.seconds};
  }

 private:
  LiveWorlds::Parts parts_;
  How how_;
  Key draws_;
};

}  // namespace

std::shared_ptr<World> OpenWorlds::Find(WorldId id) const {
  const auto found = worlds_.find(id);
  return found == worlds_.end() ? nullptr : found->second.lock();
}

std::shared_ptr<World> OpenWorlds::Add(WorldParts parts) {
  auto world = std::make_shared<World>(std::move(parts));
  std::erase_if(worlds_, [](const auto& entry) { return entry.second.expired(); });
  worlds_[world->id()] = world;
  return world;
}

LiveWorlds::LiveWorlds(Parts parts, LiveWorldsOptions options)
    : parts_(parts),
      options_(std::move(options)),
      settings_(world::SettingsKey({.file_hash = parts_.generator->generator().Info().file_hash,
                                    .context = parts_.generator->generator().context()},
                                   options_)),
      sampling_(std::make_shared<llm::SamplingOptions>(options_.sampling)) {}

uint64_t SettingsKey(const GeneratorIdentity& generator, const LiveWorldsOptions& options) {
  const Key key = Key("world-settings")
                      .With(options.seed)
                      .With(generator.file_hash)
                      .With(static_cast<uint64_t>(generator.context));
  Key settings = SamplingKey(key, options.sampling);
  if (options.greedy_first) settings = settings.With("greedy-first");
  if (options.distinct_siblings) settings = settings.With("distinct-siblings");
  if (options.prompt.thinking) settings = settings.With("thinking");
  return settings.value();
}

uint64_t PromptKey(llm::PromptKind kind, const task::ProblemPrompt& parts) {
  Key key = Key("prompt").With(static_cast<uint64_t>(kind)).With(parts.system).With(parts.user);
  for (const auto& [user, assistant] : parts.examples) key = key.With(user).With(assistant);
  if (kind != llm::PromptKind::kPlain) key = key.With(llm::kChatRendering);
  return key.value();
}

uint64_t WorldKey(uint64_t settings, int epoch) {
  return Key("world").With(settings).With(static_cast<uint64_t>(epoch)).value();
}

llm::PrefixPtr LiveWorlds::Prompt(const task::Problem& problem, int /*epoch*/) {
  const llm::Tokenizer& tokenizer = parts_.generator->generator().tokenizer();
  const task::ProblemPrompt prompt = parts_.task->Prompt(problem);
  if (llm::ResolvePromptKind(tokenizer, options_.prompt.kind) == llm::PromptKind::kChat) {
    return llm::ChatPrefix(tokenizer, Messages(prompt), options_.prompt.thinking);
  }
  return llm::PlainPrefix(tokenizer, task::PlainText(prompt));
}

std::shared_ptr<World> LiveWorlds::Open(const task::Problem& problem, int epoch) {
  const llm::PrefixPtr prompt = Prompt(problem, epoch);
  CheckLength(*prompt, problem, parts_.generator->generator());
  Key key = Key("problem").With(WorldKey(epoch)).With(problem.id);
  for (llm::Token token : prompt->tokens) key = key.With(static_cast<uint64_t>(token));
  const WorldId id = key.value();
  if (std::shared_ptr<World> world = open_.Find(id)) return world;
  if (parts_.store != nullptr) {
    const WorldName name{.settings = settings_,
                         .prompt = PromptKey(options_.prompt.kind, parts_.task->Prompt(problem)),
                         .epoch = epoch,
                         .problem = problem.id};
    parts_.store->WriteHead(id, name, prompt->tokens);
  }
  return open_.Add({.rounds = parts_.rounds,
                    .task = parts_.task,
                    .grower = std::make_shared<LiveGrower>(
                        parts_,
                        LiveGrower::How{.sampling = sampling_,
                                        .greedy_first = options_.greedy_first,
                                        .distinct_siblings = options_.distinct_siblings},
                        key),
                    .store = parts_.store,
                    .walkers = walkers_,
                    .id = id,
                    .scorer_hash = parts_.scorer == nullptr ? 0 : parts_.scorer->scorer().hash(),
                    .prompt = prompt,
                    .question = problem.question,
                    .max_step_tokens = options_.sampling.max_new_tokens,
                    .greedy_first = options_.greedy_first,
                    .distinct_siblings = options_.distinct_siblings,
                    .thinking = options_.prompt.thinking});
}

}  // namespace pgts::world
