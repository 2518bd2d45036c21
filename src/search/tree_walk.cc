// SPDX-License-Identifier: Apache-2.0
#include "search/tree_walk.h"

#include <algorithm>
#include <map>
#include <utility>

namespace pgts::search {
namespace {

Co<void> AskInto(world::Walker& walker, StepRequest request, std::optional<tree::Child>* into) {
  std::optional<tree::Child> child = co_await AskChild(walker, request);
  *into = std::move(child);
}

}  // namespace

tree::Child ToChild(const world::Step& step, std::optional<float> score) {
  return {.world_id = step.id,
          .tokens = step.raw.generated,
          .log_prob = static_cast<float>(step.raw.log_prob),
          .score = score.value_or(tree::kRootScore),
          .terminal = step.terminal,
          .dead = step.dead,
          .truncated = step.truncated,
          .nothing_left = step.raw.end == llm::StepEnd::kNothingLeft,
          .text_hash = step.text_hash,
          .answer = step.answer};
}

Co<std::optional<tree::Child>> AskChild(world::Walker& walker, StepRequest request) {
  const world::Step* step = co_await walker.Child(request.parent, request.attempt);
  if (step == nullptr) co_return std::nullopt;
  if (!request.scored) co_return ToChild(*step, std::nullopt);
  if (step->dead) co_return ToChild(*step, 0.0F);
  const std::optional<float> score = co_await walker.Score(step->id);
  if (!score) co_return std::nullopt;
  co_return ToChild(*step, score);
}

SearchResult ToResult(const tree::Tree& tree, const std::optional<tree::Answer>& answer) {
  SearchResult result;
  result.nodes = tree.NodesWithoutRoot();
  result.depth = tree.MaxDepthReached();
  result.actions = tree.actions();
  if (!answer) return result;
  result.answer = answer->text;
  result.score = answer->score;
  result.answer_step = tree.node(answer->node).child.world_id;
  return result;
}

std::vector<tree::NodeId> Repeat(const std::vector<tree::NodeId>& tips, int times) {
  std::vector<tree::NodeId> repeated;
  for (int i = 0; i < times; ++i) repeated.insert(repeated.end(), tips.begin(), tips.end());
  return repeated;
}

std::vector<tree::NodeId> KeepBest(const tree::Tree& tree, std::vector<tree::NodeId> nodes,
                                   tree::PathScore rule, int most) {
  std::erase_if(nodes,
                [&](tree::NodeId id) { return id == tree::kNoNode || tree.node(id).child.dead; });
  std::ranges::sort(nodes);
  std::ranges::stable_sort(nodes, std::ranges::greater{},
                           [&](tree::NodeId id) { return tree::ScoreOfPath(tree, id, rule); });
  if (static_cast<int>(nodes.size()) > most) nodes.resize(most);
  return nodes;
}

TreeWalk::TreeWalk(const SearchContext& context, int walkers)
    : rounds_(context.rounds),
      observer_(context.observer),
      tree_(context.limits),
      pool_(context.world, walkers) {}

bool TreeWalk::Over() const {
  return lost_ || (tree_.Done() && tree_.end() != tree::End::kNothingLegal);
}

Co<std::vector<tree::NodeId>> TreeWalk::Ask(std::vector<tree::NodeId> parents) {
  std::vector<tree::NodeId> nodes(parents.size(), tree::kNoNode);
  for (size_t next = 0; next < parents.size() && !Over();) {
    std::vector<Asked> wave = NextWave(parents, next);
    co_await Send(wave);
    Apply(wave, nodes);
  }
  co_return nodes;
}

std::vector<TreeWalk::Asked> TreeWalk::NextWave(const std::vector<tree::NodeId>& parents,
                                                size_t& next) const {
  const int most = std::min(pool_.size(), SureToFit());
  std::map<tree::NodeId, int> under_way;  // attempts below each parent
  std::vector<Asked> wave;
  for (; next < parents.size() && static_cast<int>(wave.size()) < most; ++next) {
    const tree::NodeId parent = parents[next];
    const tree::Node& node = tree_.node(parent);
    int& more = under_way[parent];
    if (!tree_.CanExpand(parent) || node.width + more >= tree_.limits().max_width) continue;
    ++more;
    const StepRequest step{.parent = node.child.world_id, .attempt = node.width + more};
    wave.push_back({.request = next, .parent = parent, .step = step});
  }
  return wave;
}

int TreeWalk::SureToFit() const {
  const tree::Limits& limits = tree_.limits();
  int64_t fit =
      std::min(limits.max_nodes - tree_.NodesWithoutRoot(), limits.Actions() - tree_.actions());
  if (limits.max_tokens > 0) {
    const int longest = pool_.world().max_step_tokens();
    const int64_t left = limits.max_tokens - tree_.tokens();
    fit = std::min(fit, longest > 0 ? (left - 1) / longest + 1 : 1);
  }
  return static_cast<int>(fit);
}

Co<void> TreeWalk::Send(std::vector<Asked>& wave) {
  std::vector<int> parents;
  for (const Asked& asked : wave) parents.push_back(asked.step.parent);
  const std::vector<int> walkers = pool_.Assign(parents);
  std::vector<Co<void>> asking;
  for (size_t i = 0; i < wave.size(); ++i) {
    asking.push_back(AskInto(pool_.walker(walkers[i]), wave[i].step, &wave[i].child));
  }
  co_await WhenAll(rounds_, std::move(asking));
  for (size_t i = 0; i < wave.size(); ++i) {
    if (wave[i].child) pool_.StandAt(walkers[i], wave[i].child->world_id);
  }
}

void TreeWalk::Apply(std::vector<Asked>& wave, std::vector<tree::NodeId>& nodes) {
  for (Asked& asked : wave) {
    if (!asked.child) {
      lost_ = true;  // the charges say so too
      return;
    }
    if (!tree_.CanExpand(asked.parent)) continue;  // an elder sibling found nothing left
    const bool grown = !asked.child->nothing_left;
    Grow(asked.parent, *std::move(asked.child));
    if (grown) nodes[asked.request] = tree_.current();
  }
}

void TreeWalk::Grow(tree::NodeId parent, tree::Child child) {
  tree_.GoTo(parent);
  if (observer_ != nullptr) observer_->Before(tree_, kAskNext);
  tree_.Apply(tree::Action::kExpand, std::move(child));
  if (observer_ != nullptr) observer_->After(tree_);
}

SearchResult TreeWalk::Finish(AnswerChoice choice) {
  const std::optional<tree::Answer> answer =
      tree::BestAnswer(tree_, choice.path_score, choice.rule);
  if (!lost_) tree_.Conclude();
  if (!lost_ && observer_ != nullptr) observer_->Ended(tree_, answer);
  SearchResult result = ToResult(tree_, answer);
  result.charges = pool_.charges();
  return result;
}

}  // namespace pgts::search
