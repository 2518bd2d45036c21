// SPDX-License-Identifier: Apache-2.0
#include "report/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "report/step_text.h"
#include "report/tree_drawing.h"

namespace pgts::report {
namespace {

constexpr int kLeastWidth = 40;

int Width(const RenderOptions& options) { return std::max(kLeastWidth, options.width); }

std::string Numbers(std::optional<float> score, int tokens) {
  return fmt::format("{:>5} {:>6}", score ? fmt::format("{:.2f}", *score) : "", tokens);
}

std::string HeadLine(bool scored, int width) {
  return TreeDrawing::Line({.numbers = fmt::format("{:>5} {:>6}", scored ? "score" : "", "tokens")},
                           "", width);
}

// What the signs say about a step.
struct StepNote {
  bool is_answer = false;  // of the search
  bool duplicate = false;
};

std::string Note(const world::Step& step, StepNote note) {
  std::vector<std::string> parts;
  if (note.is_answer) {
    parts.push_back("← answer " + OneLine(step.answer));
  } else if (step.terminal) {
    parts.push_back("= " + OneLine(step.answer));
  }
  if (step.dead) parts.push_back("✗ dead");
  if (note.duplicate) parts.push_back("≡ duplicate");
  if (step.truncated) parts.push_back("… cut off");
  return fmt::format("{}", fmt::join(parts, " "));
}

std::string Plural(int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string AnswerText(const std::optional<std::string>& answer) {
  return answer ? "answer " + OneLine(*answer) : "no answer";
}

// What a drawing of a policy's tree is made from.
struct Scene {
  const tree::Tree& tree;
  const world::World& world;
  const RenderOptions& options;
  std::optional<tree::Answer> answer = std::nullopt;
};

DrawnLine NodeLine(const Scene& scene, tree::NodeId id) {
  const tree::Node& node = scene.tree.node(id);
  const world::Step& step = scene.world.step(node.child.world_id);
  const bool is_answer = scene.answer && scene.answer->node == id;
  const std::optional<float> score =
      scene.options.scored ? std::optional(node.child.score) : std::nullopt;
  return {.text = OneLine(step.raw.text),
          .note = Note(step, {.is_answer = is_answer, .duplicate = node.duplicate}),
          .numbers = Numbers(score, node.child.tokens)};
}

TreeDrawing DrawNodes(const Scene& scene) {
  const tree::Tree& tree = scene.tree;
  std::set<tree::NodeId> chosen;
  if (scene.answer) {
    for (tree::NodeId id : tree.Path(scene.answer->node)) chosen.insert(id);
  }
  TreeDrawing drawing;
  for (tree::NodeId id = 1; id < static_cast<tree::NodeId>(tree.nodes().size()); ++id) {
    DrawnLine line = NodeLine(scene, id);
    if (chosen.contains(id)) line.mark = "▸";
    if (!tree.Done() && id == tree.current()) line.mark = "●";
    drawing.Add(tree.node(id).parent - 1, std::move(line));  // node 1 is line 0; the root is kTop
  }
  return drawing;
}

std::string Outcome(const Scene& scene) {
  const tree::Tree& tree = scene.tree;
  std::string text = "searching";
  if (tree.Done()) {
    text = AnswerText(scene.answer ? std::optional(scene.answer->text) : std::nullopt);
  }
  text += fmt::format(" · {} · {} · {}", Plural(tree.actions(), "decision"),
                      Plural(tree.NodesWithoutRoot(), "step"), Plural(tree.tokens(), "token"));
  if (tree.Done()) text += fmt::format(" · end: {}", tree::Name(tree.end()));
  return text;
}

std::string Join(const std::vector<std::string>& lines) {
  return fmt::format("{}\n", fmt::join(lines, "\n"));
}

// The chains' steps as one tree.
class ChainDrawing {
 public:
  ChainDrawing(const search::SearchResult& result, const world::World& world,
               const RenderOptions& options)
      : result_(result),
        world_(world),
        width_(Width(options)),
        scored_(options.scored && result.charges.scored_steps > 0) {
    if (result.answer) {
      for (int at = result.answer_step; at != world::kRootStep; at = world.step(at).parent) {
        chosen_.insert(at);
      }
    }
    for (const search::ChainResult& chain : result.chains) {
      if (scored_ && !chain.answer.empty()) scores_[chain.last_step] = chain.score;
    }
  }

  // `current`: the step whose row is wanted.
  RenderedTree Lines(int current = world::kRootStep) {
    for (const search::ChainResult& chain : result_.chains) Add(chain.last_step);
    TreeDrawing::Text text = drawing_.Draw(width_);
    RenderedTree out{.lines = {HeadLine(scored_, width_)}};
    if (const auto found = lines_.find(current); found != lines_.end()) {
      out.current_row = text.row_of[found->second] + 1;
    }
    for (std::string& line : text.lines) out.lines.push_back(std::move(line));
    return out;
  }

 private:
  int Add(int id) {
    if (id == world::kRootStep) return TreeDrawing::kTop;
    if (const auto found = lines_.find(id); found != lines_.end()) return found->second;
    const world::Step& step = world_.step(id);
    const int parent = Add(step.parent);
    const bool is_answer = result_.answer && id == result_.answer_step;
    const auto score = scores_.find(id);
    const std::optional<float> shown =
        score == scores_.end() ? std::nullopt : std::optional(score->second);
    return lines_[id] = drawing_.Add(parent, {.mark = chosen_.contains(id) ? "▸" : "",
                                              .text = OneLine(step.raw.text),
                                              .note = Note(step, {.is_answer = is_answer}),
                                              .numbers = Numbers(shown, step.raw.generated)});
  }

  const search::SearchResult& result_;
  const world::World& world_;
  int width_;
  bool scored_;
  TreeDrawing drawing_;
  std::set<int> chosen_;
  std::map<int, float> scores_;
  std::map<int, int> lines_;  // step of the world -> line of the drawing
};

}  // namespace

RenderedTree RenderLines(const tree::Tree& tree, const world::World& world,
                         const std::optional<tree::Answer>& answer, const RenderOptions& options) {
  const int width = Width(options);
  const Scene scene{.tree = tree, .world = world, .options = options, .answer = answer};
  TreeDrawing::Text text = DrawNodes(scene).Draw(width);
  RenderedTree out{.lines = {HeadLine(options.scored, width)}};
  if (tree.current() != tree::kRoot) out.current_row = text.row_of[tree.current() - 1] + 1;
  for (std::string& line : text.lines) out.lines.push_back(std::move(line));
  out.lines.push_back(CutTo(Outcome(scene), width));
  return out;
}

std::string RenderTree(const tree::Tree& tree, const world::World& world,
                       const std::optional<tree::Answer>& answer, const RenderOptions& options) {
  return Join(RenderLines(tree, world, answer, options).lines);
}

std::string RenderChains(const search::SearchResult& result, const world::World& world,
                         const RenderOptions& options) {
  std::vector<std::string> lines = ChainDrawing(result, world, options).Lines().lines;
  const auto same = std::count_if(result.chains.begin(), result.chains.end(),
                                  [&](const search::ChainResult& chain) {
                                    return result.answer && chain.answer == *result.answer;
                                  });
  std::string last = AnswerText(result.answer);
  if (result.answer) last += fmt::format(" from {} of", same);
  last += fmt::format(" {}{} · {}", result.answer ? "" : "from ",
                      Plural(static_cast<int64_t>(result.chains.size()), "chain"),
                      Plural(result.charges.tokens, "token"));
  if (result.charges.not_recorded) last += " · not all recorded";
  lines.push_back(CutTo(last, Width(options)));
  return Join(lines);
}

RenderedTree RenderRunningChains(const world::World& world, const RenderOptions& options) {
  std::map<std::vector<int>, int> ends;  // by path: a chain keeps its place while it grows
  int64_t tokens = 0;
  for (int id = 1; id < world.size(); ++id) {
    ends.erase(world.Path(world.step(id).parent));
    ends[world.Path(id)] = id;
    tokens += world.step(id).raw.generated;
  }
  search::SearchResult running;
  for (const auto& [path, id] : ends) running.chains.push_back({.last_step = id});
  RenderedTree out = ChainDrawing(running, world, options).Lines(world.size() - 1);
  out.lines.push_back(CutTo(
      fmt::format("writing · {} · {}", Plural(world.size() - 1, "step"), Plural(tokens, "token")),
      Width(options)));
  return out;
}

std::string RenderStep(const tree::Tree& tree, const world::World& world, tree::Action action,
                       const RenderOptions& options) {
  const std::string head = fmt::format("{:>4} {:<9} ", tree.actions(), tree::Name(action));
  const int width = Width(options) - static_cast<int>(head.size());
  DrawnLine line;
  if (action == tree::Action::kTerminate) {
    line.text = "the search ends";
  } else if (tree.current() == tree::kRoot) {
    line.text = "back at the question";
  } else {
    line = NodeLine({.tree = tree, .world = world, .options = options}, tree.current());
  }
  const int depth = action == tree::Action::kTerminate ? 0 : tree.node(tree.current()).depth;
  std::string branches;
  for (int i = 1; i < depth; ++i) branches += "· ";
  return head + TreeDrawing::Line(line, branches, width);
}

}  // namespace pgts::report
