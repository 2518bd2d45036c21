// SPDX-License-Identifier: Apache-2.0
#include "labels/corruption.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "task/equation.h"
#include "task/number.h"

namespace pgts::labels {
namespace {

using task::BinaryEquation;
using task::Evaluate;
using task::ParseBinaryEquation;

constexpr std::string_view kAnswerMark = "#### ";

bool IsAdditive(char operation) { return operation == '+' || operation == '-'; }

// The whole number with one digit changed, two neighbours exchanged, or one added or taken.
int64_t Misread(int64_t value, RandomStream& random) {
  std::string digits = fmt::format("{}", value);
  const int size = static_cast<int>(digits.size());
  switch (random.Below(3)) {
    case 0: return value + (random.Below(2) == 0 ? 1 : -1);
    case 1:
      if (size >= 2) {
        const int at = random.Below(size - 1);
        std::swap(digits[at], digits[at + 1]);
        break;
      }
      [[fallthrough]];
    default: digits[random.Below(size)] = static_cast<char>('0' + random.Below(10));
  }
  return std::stoll(digits);
}

int64_t Miscalculate(int64_t value, RandomStream& random) {
  // Models that write digit by digit mostly get a carry wrong (three errors of four by the embedded
  // model).
  constexpr int64_t kErrors[] = {10, -10, 10, -10, 10, -10, 1, -1, 2, -2, 100, -100, 20, -20};
  constexpr int kErrorCount = std::size(kErrors);
  const int choice = random.Below(kErrorCount + 4);
  return choice < kErrorCount ? value + kErrors[choice] : Misread(value, random);
}

// In their order; those that fit what an equation holds.
std::vector<int64_t> WholeNumbers(std::string_view text) {
  constexpr double kTooLarge = 1e12;
  std::vector<int64_t> whole;
  for (const double number : task::Numbers(text)) {
    if (number == std::floor(number) && number < kTooLarge) {
      whole.push_back(static_cast<int64_t>(number));
    }
  }
  return whole;
}

template <typename T>
T Pick(const std::vector<T>& from, RandomStream& random) {
  return from[random.Below(static_cast<int>(from.size()))];
}

// One attempt at damaging one solution.
class Damage {
 public:
  Damage(const task::Problem& problem, RandomStream& random)
      : problem_(problem), random_(random), lines_(SolutionLines(problem)) {
    for (size_t i = 0; i < lines_.size(); ++i) {
      equations_.push_back(ParseBinaryEquation(lines_[i]));
      if (equations_.back()) targets_.push_back(i);
    }
    WriteTimesAlike();
  }

  std::optional<Corruption> Try(CorruptionKind kind) {
    if (targets_.empty() || !lines_.back().starts_with(kAnswerMark)) return std::nullopt;
    changed_.clear();
    out_.clear();
    target_ = Pick(targets_, random_);
    bool damaged = false;
    switch (kind) {
      case CorruptionKind::kWrongOperand: damaged = WrongOperand(); break;
      case CorruptionKind::kSwappedOperation: damaged = SwappedOperation(); break;
      case CorruptionKind::kArithmetic: damaged = Arithmetic(); break;
      case CorruptionKind::kCopiedNumber: damaged = CopiedNumber(); break;
      case CorruptionKind::kDroppedStep: damaged = DroppedStep(); break;
    }
    if (!damaged || !IsWrong()) return std::nullopt;
    return Corruption{.kind = kind, .wrong_step = target_, .lines = out_};
  }

 private:
  // What becomes a product is written as the solution writes products: else its sign would tell.
  void WriteTimesAlike() {
    const bool x =
        std::ranges::any_of(equations_, [](const auto& e) { return e && e->times_is_x; });
    for (std::optional<BinaryEquation>& equation : equations_) {
      if (equation && equation->operation != '*') equation->times_is_x = x;
    }
  }

  bool WrongOperand() {
    BinaryEquation wrong = *equations_[target_];
    int64_t& operand = random_.Below(2) == 0 ? wrong.left : wrong.right;
    return Replace(wrong, operand, Misread(operand, random_));
  }

  bool CopiedNumber() {
    // The answer line can copy a wrong number too.
    if (random_.Below(static_cast<int>(targets_.size()) + 1) == 0) return CopiedAnswer();
    BinaryEquation wrong = *equations_[target_];
    int64_t& operand = random_.Below(2) == 0 ? wrong.left : wrong.right;
    return Replace(wrong, operand, Pick(KnownNumbers(target_), random_));
  }

  bool CopiedAnswer() {
    target_ = lines_.size() - 1;
    out_ = lines_;
    out_.back() = fmt::format("{}{}", kAnswerMark, Pick(KnownNumbers(target_), random_));
    return true;
  }

  bool SwappedOperation() {
    BinaryEquation wrong = *equations_[target_];
    constexpr std::string_view kOperations = "+-*/";
    wrong.operation = kOperations[random_.Below(4)];
    return wrong.operation != equations_[target_]->operation && Recompute(wrong) && CarryOn(wrong);
  }

  bool Arithmetic() {
    BinaryEquation wrong = *equations_[target_];
    wrong.result = Miscalculate(wrong.result, random_);
    return wrong.result >= 0 && CarryOn(wrong);
  }

  // The step is missing and the next one uses one of its operands for its result.
  bool DroppedStep() {
    const BinaryEquation& dropped = *equations_[target_];
    const int64_t instead = random_.Below(3) == 0 ? dropped.right : dropped.left;
    lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(target_));
    const char operation = dropped.operation;
    const int64_t result = dropped.result;
    equations_.erase(equations_.begin() + static_cast<std::ptrdiff_t>(target_));
    if (target_ + 1 == lines_.size()) {
      out_ = lines_;
      out_.back() = fmt::format("{}{}", kAnswerMark, instead);
      return true;
    }
    if (!equations_[target_]) return false;
    changed_[result] = instead;
    BinaryEquation next = *equations_[target_];
    // Steps of one kind may stand in either order: the next one would not be wrong yet.
    if (IsAdditive(operation) == IsAdditive(next.operation)) return false;
    if ((next.left == result) == (next.right == result)) return false;
    (next.left == result ? next.left : next.right) = instead;
    return next.left != next.right && Recompute(next) && CarryOn(next);
  }

  bool Replace(BinaryEquation& wrong, int64_t& operand, int64_t value) {
    if (value == operand || value <= 0 || UsedLater(wrong.operation, value)) return false;
    operand = value;
    return Recompute(wrong) && CarryOn(wrong);
  }

  bool Recompute(BinaryEquation& equation) {
    const std::optional<int64_t> result =
        Evaluate(equation.left, equation.operation, equation.right);
    if (result) equation.result = *result;
    return result.has_value();
  }

  // Whether a later step of the same kind uses this number: then this may be only another order.
  bool UsedLater(char operation, int64_t value) const {
    for (size_t i = target_ + 1; i < equations_.size(); ++i) {
      if (!equations_[i] || IsAdditive(equations_[i]->operation) != IsAdditive(operation)) continue;
      if (equations_[i]->left == value || equations_[i]->right == value) return true;
    }
    return false;
  }

  std::vector<int64_t> KnownNumbers(size_t before) const {
    std::vector<int64_t> numbers = WholeNumbers(problem_.question);
    for (size_t i = 0; i < before; ++i) {
      if (equations_[i]) numbers.push_back(equations_[i]->result);
    }
    if (numbers.empty()) numbers.push_back(0);
    return numbers;
  }

  // Writes the damaged step and what follows from it. False if it changes nothing.
  bool CarryOn(const BinaryEquation& wrong) {
    const int64_t was = equations_[target_]->result;
    if (wrong.Line() == lines_[target_] || wrong.result == was) return false;
    out_.assign(lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(target_));
    out_.push_back(wrong.Line());
    changed_[was] = wrong.result;
    if (NamesChanged(wrong.after)) return false;
    for (size_t i = target_ + 1; i < lines_.size(); ++i) {
      const std::optional<std::string> next =
          equations_[i] ? NextStep(*equations_[i]) : NextText(lines_[i]);
      if (!next) break;
      out_.push_back(*next);
    }
    return true;
  }

  std::optional<std::string> NextStep(BinaryEquation equation) {
    const int64_t was = equation.result;
    for (int64_t* operand : {&equation.left, &equation.right}) {
      if (const auto changed = changed_.find(*operand); changed != changed_.end()) {
        *operand = changed->second;
      }
    }
    if (!Recompute(equation)) return std::nullopt;
    if (NamesChanged(equation.before)) return std::nullopt;
    if (equation.result != was) changed_[was] = equation.result;
    if (NamesChanged(equation.after)) return std::nullopt;
    return equation.Line();
  }

  // The answer line; text that names no changed value stands as it is. Nothing where the text, or
  // the answer, would not follow from the wrong value.
  std::optional<std::string> NextText(const std::string& line) const {
    if (!line.starts_with(kAnswerMark))
      return NamesChanged(line) ? std::nullopt : std::optional(line);
    const std::vector<int64_t> answer = WholeNumbers(line);
    const auto changed = answer.empty() ? changed_.end() : changed_.find(answer.front());
    if (changed == changed_.end()) return std::nullopt;
    return fmt::format("{}{}", kAnswerMark, changed->second);
  }

  bool NamesChanged(std::string_view text) const {
    return std::ranges::any_of(WholeNumbers(text), [&](int64_t n) { return changed_.contains(n); });
  }

  bool IsWrong() const {
    const std::vector<std::string> right = SolutionLines(problem_);
    if (out_.size() <= target_ || out_[target_] == right[target_]) return false;
    const bool answers = out_.back().starts_with(kAnswerMark);
    return !answers || WholeNumbers(out_.back()) != WholeNumbers(right.back());
  }

  const task::Problem& problem_;
  RandomStream& random_;
  std::vector<std::string> lines_;
  std::vector<std::optional<BinaryEquation>> equations_;  // of lines_
  std::vector<size_t> targets_;                           // lines with an equation
  size_t target_ = 0;
  std::map<int64_t, int64_t> changed_;  // right intermediate value -> the wrong one in its place
  std::vector<std::string> out_;
};

}  // namespace

std::vector<std::string> SolutionLines(const task::Problem& problem) {
  std::vector<std::string> lines;
  std::string_view rest = problem.solution;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    if (end > 0) lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lines;
}

std::optional<Corruption> Corrupt(const task::Problem& problem, CorruptionKind kind,
                                  RandomStream& random) {
  constexpr int kTries = 20;
  for (int i = 0; i < kTries; ++i) {
    std::optional<Corruption> corruption = Damage(problem, random).Try(kind);
    if (corruption) return corruption;
  }
  return std::nullopt;
}

std::vector<Corruption> CorruptMany(const task::Problem& problem, int count, Key key) {
  // Every second one is an arithmetic error: small generators make these most, by far.
  using enum CorruptionKind;
  constexpr CorruptionKind kTurns[] = {kArithmetic, kWrongOperand, kArithmetic, kSwappedOperation,
                                       kArithmetic, kCopiedNumber, kArithmetic, kDroppedStep};
  constexpr int kTurnCount = std::size(kTurns);
  RandomStream random(key);
  const int start = random.Below(kTurnCount);
  std::vector<Corruption> corruptions;
  std::set<std::vector<std::string>> seen;
  for (int i = 0; i < 3 * count && static_cast<int>(corruptions.size()) < count; ++i) {
    std::optional<Corruption> next = Corrupt(problem, kTurns[(start + i) % kTurnCount], random);
    if (next && seen.insert(next->lines).second) corruptions.push_back(*std::move(next));
  }
  return corruptions;
}

std::vector<std::vector<llm::Token>> StepTokens(std::span<const std::string> lines,
                                                const StepFormat& format) {
  std::vector<std::vector<llm::Token>> steps;
  for (const std::string& line : lines) {
    const bool bare = line.starts_with(kAnswerMark) && !format.answer_has_separator;
    const std::string text = bare ? line : line + format.task.separator();
    steps.push_back(format.tokenizer.Tokenize(text, /*parse_special=*/false));
  }
  return steps;
}

LabelledSolution Label(const task::Problem& problem, const Corruption& corruption,
                       std::vector<llm::Token> prompt, const StepFormat& format) {
  LabelledSolution solution{.problem = problem.id,
                            .index = problem.index,
                            .source = Source::kCorruption,
                            .grade = 0,
                            .prompt = std::move(prompt)};
  for (std::vector<llm::Token>& tokens : StepTokens(corruption.lines, format)) {
    const bool right = solution.steps.size() < corruption.wrong_step;
    solution.steps.push_back({.tokens = std::move(tokens), .label = right ? 1 : 0});
  }
  FillTextEvidence(problem.question, corruption.lines,
                   format.task.IsTerminal(corruption.lines.back()), solution);
  return solution;
}

LabelledSolution LabelReference(const task::Problem& problem, std::vector<llm::Token> prompt,
                                const StepFormat& format) {
  Corruption none{.lines = SolutionLines(problem)};
  none.wrong_step = none.lines.size();
  LabelledSolution solution = Label(problem, none, std::move(prompt), format);
  solution.source = Source::kReference;
  solution.grade = 1;
  return solution;
}

std::vector<LabelledSolution> LabelCorruptions(const task::Problem& problem, CorruptionDraw draw,
                                               const std::vector<llm::Token>& prompt,
                                               const StepFormat& format) {
  std::vector<LabelledSolution> labelled;
  for (const Corruption& corruption : CorruptMany(problem, draw.count, draw.key)) {
    if (labelled.empty()) labelled.push_back(LabelReference(problem, prompt, format));
    labelled.push_back(Label(problem, corruption, prompt, format));
  }
  return labelled;
}

}  // namespace pgts::labels
