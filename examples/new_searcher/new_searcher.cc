// SPDX-License-Identifier: Apache-2.0
// The smallest program of a searcher of one's own: it is tuned, compared and reported beside two of
// ours, on the embedded model, without a judge and in a minute.
//
//   cmake --build build/release --target new_searcher
//   build/release/examples/new_searcher [PROBLEMS]
#include <fmt/format.h>

#include <cstdlib>
#include <map>

#include "base/error.h"
#include "eval/compare.h"
#include "eval/comparison_table.h"
#include "search/chains.h"
#include "search/method_settings.h"
#include "session/run_config.h"

namespace pgts {
namespace {

constexpr int kChains = 8;

// Draws chains one after another until `votes` of them agree on an answer.
class UntilTheyAgree : public search::Searcher {
 public:
  struct Options {
    int votes = 2;
    int chains = kChains;  // at most
    template <class Visitor>
    void Visit(Visitor& v) {
      v("votes", votes, {});
      v("chains", chains, {});
    }
  };
  // Validation problems choose among these.
  static std::vector<Options> Candidates(Options) { return {{.votes = 2}, {.votes = 3}}; }

  explicit UntilTheyAgree(Options options) : options_(options) {}

  Co<search::SearchResult> Run(search::SearchContext context) const override {
    std::map<std::string, int> votes;
    const auto agreed = [&](const search::ChainResult& chain) {
      return !chain.answer.empty() && ++votes[chain.answer] == options_.votes;
    };
    co_return co_await search::DrawAndAnswer(
        std::move(context), {.most = options_.chains, .enough = agreed},
        search::ChainVote::kMajority);
  }

 private:
  Options options_;
};

int Main(int argc, char** argv) {
  const session::RunConfig config;  // its defaults are the embedded model and its task
  session::Session session(session::ToSessionOptions(config, /*store_folder=*/""));

  const int problems = argc > 1 ? std::atoi(argv[1]) : 100;
  eval::ComparisonPlan plan{
      .methods = {{"until_they_agree", search::Needs::kWorld, search::Plain<UntilTheyAgree>()},
                  search::FindMethod("cot_greedy"),
                  search::SampledChains(kChains),
                  search::FindMethod("self_consistency")},
      .parts = {.limits = session::ToLimits(config.search)},
      .split = task::Split::kValidation,
      .problems = problems,
      .tuning_problems = problems / 2,
      .prices = {2e-4}};
  eval::Comparison comparison = eval::Compare(session.environment(), plan);
  comparison.sampled_chains = kChains;  // behind the mean of cot_sampled
  fmt::print("{}", eval::ComparisonTable(comparison));
  return 0;
}

}  // namespace
}  // namespace pgts

int main(int argc, char** argv) {
  try {
    return pgts::Main(argc, argv);
  } catch (const pgts::Error& error) {
    fmt::print(stderr, "new_searcher: {}\n", error.what());
    return 2;
  }
}
