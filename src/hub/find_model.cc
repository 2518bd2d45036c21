// SPDX-License-Identifier: Apache-2.0
#include "hub/find_model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "hub/environment.h"
#include "hub/publishers.h"

namespace pgts::hub {
namespace {

constexpr size_t kFound = 3;  // of repositories that a search found, so many are looked into

// A model of a repository on the hub: its shards.
struct Offer {
  std::vector<std::string> paths;
  GgufFileName name;
  int64_t bytes = 0;
  int rank = 0;
};

// The best of a repository; nothing where none may be taken. `seen` gets all weight types.
std::optional<Offer> BestOffer(const Repository& repository, const ModelName& name,
                               const WeightsWish& wish, std::set<std::string>& seen) {
  std::optional<Offer> best;
  // A repository that was named may call its files as it likes; another's must be this model's.
  const bool own_files = name.NamesGgufs() && EqualNames(repository.name, name.Full());
  for (const RepositoryFile& file : repository.files) {
    const auto parsed = ParseFileName(file.path);
    if (!parsed || parsed->shard != 1) continue;
    const bool of_model = IsOf(parsed->model, name);
    if (!of_model && !own_files) continue;
    seen.insert(parsed->weights.empty() ? file.path : parsed->weights);
    const auto rank = Rank(parsed->weights, wish);
    if (!rank) continue;
    Offer offer = {.paths = ShardNames(file.path, *parsed), .name = *parsed, .rank = *rank};
    const auto key = [&](const Offer& o) { return std::tuple(!IsOf(o.name.model, name), o.rank); };
    if (!best || key(offer) < key(*best)) best = std::move(offer);
  }
  if (!best) return best;
  for (const std::string& path : best->paths) {
    const auto file = std::find_if(repository.files.begin(), repository.files.end(),
                                   [&](const RepositoryFile& f) { return f.path == path; });
    if (file == repository.files.end()) return std::nullopt;  // a shard is missing
    best->bytes += std::max<int64_t>(0, file->bytes);
  }
  return best;
}

// Looks through repositories for the best offer.
class Inquiry {
 public:
  Inquiry(const ModelName& name, const WeightsWish& wish, const Hub& hub)
      : name_(name), wish_(wish), hub_(hub) {}

  LocalModel Run() {
    for (const std::string& repository : LikelyRepositories(name_)) Look(repository);
    if (!best_ && !name_.NamesGgufs()) {
      size_t looked = 0;
      for (const std::string& repository : Found()) {
        if (looked++ < kFound) Look(repository);
      }
    }
    if (!best_) Fail();
    return Fetch();
  }

 private:
  // Repositories of a search that are called after the model and after nothing else.
  std::vector<std::string> Found() const {
    std::vector<std::string> names;
    for (const std::string& found : hub_.Search(name_.Model())) {
      const auto name = ParseModelName(found);
      if (name && name->NamesGgufs() && IsOf(name->Model(), name_)) names.push_back(found);
    }
    return names;
  }

  void Look(const std::string& repository) {
    if (best_ && best_->rank == 0) return;
    std::string why;
    auto found = hub_.Find(repository, &why);
    if (!found) {
      asked_.push_back(fmt::format("{} ({})", repository, why));
      return;
    }
    auto offer = BestOffer(*found, name_, wish_, seen_);
    if (!offer) {
      asked_.push_back(repository + " (no such file)");
    } else if (!best_ || offer->rank < best_->rank) {
      best_ = std::move(offer);
      repository_ = std::move(*found);
    }
  }

  [[noreturn]] void Fail() const {
    std::string cure = "check the name, or give the path of a GGUF file";
    if (!seen_.empty()) {
      cure = fmt::format("there are: {}; name one, as in {}:{}", fmt::join(seen_, ", "),
                         name_.Full(), *seen_.begin());
    }
    throw Error::Format("{}: no repository with {} on {}; asked: {}; {}", name_.Text(),
                        wish_.exactly.empty() && !wish_.eight_bits
                            ? "a GGUF file of it"
                            : "a GGUF file of it in " + FirstChoice(wish_),
                        hub_.options().endpoint, fmt::join(asked_, ", "), cure);
  }

  LocalModel Fetch() const {
    const std::string licence =
        repository_.licence.empty() ? "licence not told" : "licence " + repository_.licence;
    Info("{}: from {}, {}{}, {}, {}", name_.Text(), repository_.name, best_->paths.front(),
         best_->paths.size() > 1 ? fmt::format(" and {} more", best_->paths.size() - 1) : "",
         FormatBytes(best_->bytes), licence);
    const std::string path = FetchFiles(hub_, repository_, best_->paths);
    return {repository_.name, best_->name.model, best_->name.weights, best_->bytes, path};
  }

  const ModelName& name_;
  const WeightsWish& wish_;
  const Hub& hub_;
  std::optional<Offer> best_;
  Repository repository_;
  std::vector<std::string> asked_;
  std::set<std::string> seen_;
};

// Weights that the name itself asks for are those.
WeightsWish WithNamed(WeightsWish wish, const ModelName& name) {
  if (!name.weights.empty()) wish.exactly = name.weights;
  return wish;
}

}  // namespace

std::optional<LocalModel> FindHere(const ModelName& name, const WeightsWish& given) {
  const WeightsWish wish = WithNamed(given, name);
  std::optional<LocalModel> best;
  int best_rank = 0;
  for (LocalModel& model : LocalModels()) {
    const bool named = name.NamesGgufs() && EqualNames(model.repository, name.Full());
    const bool other = name.NamesGgufs() && !model.repository.empty() && !named;
    if (other || (!named && !IsOf(model.model, name))) continue;
    const auto rank = Rank(model.weights, wish);
    if (!rank || (best && *rank >= best_rank)) continue;
    best = std::move(model);
    best_rank = *rank;
  }
  return best;
}

LocalModel FindModel(const ModelName& name, const WeightsWish& given, const Hub& hub) {
  const WeightsWish wish = WithNamed(given, name);
  if (auto here = FindHere(name, wish)) {
    Info("{}: {} ({})", name.Text(), here->path, FormatBytes(here->bytes));
    return *here;
  }
  if (hub.options().offline) {
    ModelName wanted = name;
    if (wanted.weights.empty()) wanted.weights = FirstChoice(wish);
    throw Error::Format(
        "{}: neither in {} nor in the hub's cache {}, and HF_HUB_OFFLINE is set; fetch it where "
        "there is "
        "a network: pgts pull {}",
        name.Text(), ModelsFolder(), HubCache(), wanted.Text());
  }
  return Inquiry(name, wish, hub).Run();
}

void CheckShards(const std::string& path) {
  const auto name = ParseFileName(path);
  if (!name || name->shards == 1) return;
  const std::vector<std::string> shards = ShardNames(path, *name);
  if (name->shard != 1) {
    throw Error::Format("{}: shard {} of {}; name the first one, {}", path, name->shard,
                        name->shards, shards.front());
  }
  for (const std::string& shard : shards) {
    if (FileExists(shard)) continue;
    throw Error::Format("{}: {} of its {} shards lie beside it; {} is missing", path,
                        std::count_if(shards.begin(), shards.end(), FileExists), shards.size(),
                        shard);
  }
}

}  // namespace pgts::hub
