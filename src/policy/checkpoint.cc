// SPDX-License-Identifier: Apache-2.0
#include "policy/checkpoint.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/jsonl.h"
#include "base/log.h"
#include "base/option_value.h"
#include "model/safetensors.h"
#include "policy/gps_network.h"
#include "policy/optimiser.h"
#include "policy/ppo.h"
#include "tree/features.h"

namespace pgts::policy {
namespace {

constexpr char kFormat[] = "pgts-policy-2";
constexpr char kEveryFormat[] = "pgts-policy-";
constexpr char kOwn[] = "pgts.";  // prefix of our keys

template <typename Options>
std::string OptionsText(Options options) {
  Json json;
  const auto write = [&](std::string_view name, const auto& field, const OptionSpec&) {
    json[std::string(name)] = field;
  };
  options.Visit(write);
  return json.dump();
}

std::string StatisticsText(const ReturnStatistics& returns) {
  Json json;  // doubles are written so that they read back exactly
  json["mean"] = returns.mean;
  json["variance"] = returns.variance;
  json["count"] = returns.count;
  return json.dump();
}

// The inputs of the network, in its order: "node.score", ...
std::vector<std::string> FeatureNames() {
  std::vector<std::string> names;
  for (const std::string_view name : tree::kNodeFeatureNames)
    names.push_back(fmt::format("node.{}", name));
  for (const std::string_view name : tree::kEdgeFeatureNames)
    names.push_back(fmt::format("edge.{}", name));
  for (const std::string_view name : tree::kGlobalFeatureNames)
    names.push_back(fmt::format("global.{}", name));
  return names;
}

Json LimitsJson(const tree::Limits& limits) {
  return {{"max_depth", limits.max_depth},
          {"max_nodes", limits.max_nodes},
          {"max_width", limits.max_width},
          {"max_actions", limits.Actions()}};
}

model::Safetensors PolicyContent(const GpsNetwork& network, const SearchConditions& conditions,
                                 int64_t iteration) {
  model::Safetensors content;
  for (const auto& [name, weight] : network.Weights()) {
    content.tensors["policy." + name] = weight.detach().cpu().contiguous();
  }
  const std::string own = kOwn;
  content.metadata[own + "format"] = kFormat;
  content.metadata[own + "network"] = OptionsText(network.options());
  content.metadata[own + "returns"] = StatisticsText(network.returns());
  content.metadata[own + "features"] = Json(FeatureNames()).dump();
  content.metadata[own + "scorer"] = fmt::format("{:016x}", conditions.scorer_hash);
  content.metadata[own + "limits"] = LimitsJson(conditions.limits).dump();
  content.metadata[own + "iteration"] = std::to_string(iteration);
  return content;
}

// A file whose metadata is checked: its kind, and that its policy can search under `conditions`.
class PolicyFile {
 public:
  PolicyFile(const std::string& path, const SearchConditions& conditions)
      : content_(model::ReadSafetensors(path)) {
    CheckFormat();
    CheckFeatures();
    CheckScorer(conditions.scorer_hash);
    CompareLimits(conditions.limits);
  }

  const model::Safetensors& content() const { return content_; }
  bool Has(const std::string& key) const { return content_.metadata.count(kOwn + key) > 0; }
  const std::string& Text(const std::string& key) const {
    const auto found = content_.metadata.find(kOwn + key);
    if (found == content_.metadata.end()) Refuse(key, "is missing");
    return found->second;
  }
  Json Parse(const std::string& key) const {
    try {
      return Json::parse(Text(key));
    } catch (const Json::exception&) {
      Refuse(key, "is damaged");
    }
  }

  NetworkOptions Network() const {
    NetworkOptions options;
    const Json json = Parse("network");
    try {
      const auto read = [&]<typename T>(std::string_view name, T& field, const OptionSpec&) {
        field = json.at(std::string(name)).template get<T>();
      };
      options.Visit(read);
    } catch (const Json::exception&) {
      Refuse("network", "is damaged");
    }
    return options;
  }

  ReturnStatistics Returns() const {
    const Json json = Parse("returns");
    try {
      return {.mean = json.at("mean"), .variance = json.at("variance"), .count = json.at("count")};
    } catch (const Json::exception&) {
      Refuse("returns", "is damaged");
    }
  }

  int64_t Number(const std::string& key) const {
    const Json json = Parse(key);
    if (!json.is_number_integer() || json.get<int64_t>() < 0) Refuse(key, "is damaged");
    return json.get<int64_t>();
  }

  // Before a network is made: the metadata speak of the tensors that are there.
  void CheckShape(const NetworkOptions& options) const {
    CheckOptions(options, content_.path.c_str());
    const std::string last = "policy.layers." + std::to_string(options.num_layers - 1);
    const auto input = content_.tensors.find("policy.input.weight");
    if (input == content_.tensors.end() || input->second.dim() != 2 ||
        input->second.size(0) != options.hidden_dim ||
        content_.tensors.count(last + ".mix.weight") == 0) {
      Refuse("network", "does not describe the file's tensors");
    }
  }

  // Copies weights and statistics; the tensors of a checkpoint's optimiser are not looked at.
  void CopyInto(GpsNetwork& network) const {
    model::Safetensors weights{.path = content_.path};
    for (const auto& [name, tensor] : content_.tensors) {
      if (!name.starts_with("policy.")) continue;
      if (!tensor.isfinite().all().item<bool>()) {
        throw Error::Format(
            "{}: tensor {} holds values that are not numbers; take another "
            "checkpoint",
            content_.path, name);
      }
      weights.tensors[name.substr(7)] = tensor;
    }
    const ReturnStatistics returns = Returns();
    model::CopyTensors(weights, network.Weights());
    network.set_returns(returns);
  }

 private:
  void CheckFormat() const {
    const std::string format = Has("format") ? Text("format") : "";
    if (format == kFormat) return;
    if (format.starts_with(kEveryFormat)) {
      throw Error::Format(
          "{} is a policy of another version ({}; needed: {}), which does not say what it was "
          "trained with: train it again",
          content_.path, format, kFormat);
    }
    throw Error::Format("{} is not a policy of pgts (its metadata lack {}format = {})",
                        content_.path, kOwn, kFormat);
  }

  void CheckFeatures() const {
    const Json has = Parse("features"), needs = FeatureNames();
    if (has == needs) return;
    size_t at = 0;
    while (at < has.size() && at < needs.size() && has[at] == needs[at]) ++at;
    const auto name = [at](const Json& names) {
      return at < names.size() ? names[at].dump() : std::string("missing");
    };
    throw Error::Format(
        "{} reads {} features, of which number {} is {}; this version's searches show {}, of which "
        "that is {}: train it again",
        content_.path, has.size(), at + 1, name(has), needs.size(), name(needs));
  }

  void CheckScorer(uint64_t hash) const {
    const std::string here = fmt::format("{:016x}", hash);
    if (Text("scorer") == here) return;
    throw Error::Format(
        "{} learnt on the scores of reward model {}, here {} scores: use the one of its own run, "
        "or train a policy for this one (pgts train --skip-reward-training)",
        content_.path, Text("scorer"), here);
  }

  void CompareLimits(const tree::Limits& limits) const {
    const Json trained = Parse("limits"), here = LimitsJson(limits);
    if (trained == here) return;
    Info("{} was trained in searches with {}; these have {}", content_.path, trained.dump(),
         here.dump());
  }

  [[noreturn]] void Refuse(const std::string& key, const char* what) const {
    throw Error::Format("{}: the metadata {}{} {}; take another checkpoint", content_.path, kOwn,
                        key, what);
  }

  model::Safetensors content_;
};

}  // namespace

void SavePolicy(const std::string& path, const GpsNetwork& network,
                const SearchConditions& conditions, int64_t iteration) {
  model::WriteSafetensors(path, PolicyContent(network, conditions, iteration));
}

void SaveCheckpoint(const std::string& path, const PpoTrainer& trainer,
                    const SearchConditions& conditions) {
  model::Safetensors content = PolicyContent(trainer.network(), conditions, trainer.iteration());
  const Optimiser::State state = trainer.optimiser().Save();
  for (const auto& [name, moment] : state.moments) {
    content.tensors["adamw." + name] = moment.cpu().contiguous();
  }
  const std::string own = kOwn;
  content.metadata[own + "adamw_steps"] = std::to_string(state.steps);
  content.metadata[own + "ppo"] = OptionsText(trainer.setup().ppo);
  content.metadata[own + "rewards"] = OptionsText(trainer.setup().rewards);
  content.metadata[own + "temperature"] = Json(trainer.setup().temperature).dump();
  content.metadata[own + "seed"] = std::to_string(trainer.setup().seed);
  model::WriteSafetensors(path, content);
}

std::shared_ptr<GpsNetwork> ReadPolicy(const std::string& path,
                                       const SearchConditions& conditions) {
  const PolicyFile file(path, conditions);
  const NetworkOptions options = file.Network();
  file.CheckShape(options);
  auto network = std::make_shared<GpsNetwork>(options);
  file.CopyInto(*network);
  return network;
}

void LoadCheckpoint(const std::string& path, PpoTrainer& trainer,
                    const SearchConditions& conditions) {
  const PolicyFile file(path, conditions);
  if (!file.Has("adamw_steps")) {
    throw Error::Format(
        "{} holds a policy without its optimiser; resume from a file in "
        "policy_checkpoints/",
        path);
  }
  const NetworkOptions has = file.Network(), wants = trainer.network().options();
  if (has.hidden_dim != wants.hidden_dim || has.num_layers != wants.num_layers ||
      has.num_heads != wants.num_heads || has.activation != wants.activation) {
    throw Error::Format(
        "{} holds a policy of hidden_dim {}, num_layers {}, num_heads {}, activation "
        "{}; policy_network asks for {}, {}, {}, {}",
        path, has.hidden_dim, has.num_layers, has.num_heads, has.activation, wants.hidden_dim,
        wants.num_layers, wants.num_heads, wants.activation);
  }
  // Everything is read and checked before anything is changed.
  Optimiser::State state = trainer.optimiser().Save();
  state.steps = file.Number("adamw_steps");
  const int64_t iteration = file.Number("iteration");
  model::Safetensors moments{.path = path};
  for (const auto& [name, tensor] : file.content().tensors) {
    if (name.starts_with("adamw.")) moments.tensors[name.substr(6)] = tensor;
  }
  model::CopyTensors(moments, state.moments);
  file.CopyInto(trainer.network());
  trainer.optimiser().Load(state);
  trainer.set_iteration(iteration);
}

}  // namespace pgts::policy
