// SPDX-License-Identifier: Apache-2.0
#include "reward/word_baseline.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/random.h"
#include "base/stats.h"

namespace pgts::reward {
namespace {

constexpr int kPasses = 5;
constexpr double kRate = 0.1;

struct WordsExample {
  std::vector<std::pair<int, double>> features;  // word, value
  int label = 0;
};

// Numbers words; once closed, new ones are not known.
class Vocabulary {
 public:
  // -1: not known.
  int Find(const std::string& word) {
    if (closed_) {
      const auto at = numbers_.find(word);
      return at == numbers_.end() ? -1 : at->second;
    }
    return numbers_.try_emplace(word, static_cast<int>(numbers_.size())).first->second;
  }
  void Close() { closed_ = true; }
  size_t size() const { return numbers_.size(); }

 private:
  std::unordered_map<std::string, int> numbers_;
  bool closed_ = false;
};

std::vector<WordsExample> Examples(std::span<const labels::LabelledSolution> solutions,
                                   const llm::Tokenizer& tokenizer, int max_length,
                                   Vocabulary& vocabulary) {
  std::vector<WordsExample> examples;
  for (const labels::LabelledSolution& solution : solutions) {
    std::map<int, int> counts;  // of the solution so far
    size_t length = solution.prompt.size();
    for (const labels::LabelledStep& step : solution.steps) {
      length += step.tokens.size();
      if (length > static_cast<size_t>(max_length)) break;
      for (const std::string& word : Words(llm::Text(tokenizer, step.tokens))) {
        if (const int number = vocabulary.Find(word); number >= 0) ++counts[number];
      }
      if (!step.label) continue;
      WordsExample example{.label = *step.label};
      for (const auto& [number, count] : counts) {
        example.features.emplace_back(number, 1 + std::log(count));
      }
      examples.push_back(std::move(example));
    }
  }
  return examples;
}

class Regression {
 public:
  explicit Regression(size_t words) : weights_(words), squares_(words, 1e-8) {}

  double Logit(const WordsExample& example) const {
    double logit = offset_;
    for (const auto& [word, value] : example.features) logit += weights_[word] * value;
    return logit;
  }

  void Learn(const WordsExample& example) {
    const double error = 1 / (1 + std::exp(-Logit(example))) - example.label;
    for (const auto& [word, value] : example.features) {
      Move(weights_[word], squares_[word], error * value);
    }
    Move(offset_, offset_square_, error);
  }

 private:
  static void Move(double& weight, double& square, double gradient) {
    square += gradient * gradient;
    weight -= kRate * gradient / std::sqrt(square);
  }

  std::vector<double> weights_, squares_;
  double offset_ = 0, offset_square_ = 1e-8;
};

// Both have such a step, and it is the last of both or of neither: a dropped step can put the
// answer in the place of arithmetic, which any words tell.
bool Comparable(const labels::LabelledSolution& reference, const labels::LabelledSolution& damaged,
                size_t step) {
  if (step >= damaged.steps.size() || step >= reference.steps.size()) return false;
  return (step + 1 == damaged.steps.size()) == (step + 1 == reference.steps.size());
}

// The step behind those before it, which lose their labels.
labels::LabelledSolution OnlyStep(const labels::LabelledSolution& solution, size_t step) {
  labels::LabelledSolution only = solution;
  only.steps.resize(step + 1);
  for (size_t i = 0; i < step; ++i) only.steps[i].label.reset();
  return only;
}

}  // namespace

std::vector<std::string> Words(std::string_view text) {
  const auto kind = [](unsigned char c) {
    return std::isspace(c) ? 0 : std::isdigit(c) ? 1 : std::isalpha(c) || c >= 0x80 ? 2 : 3;
  };
  std::vector<std::string> words;
  int before = 0;
  for (const char c : text) {
    const int now = kind(static_cast<unsigned char>(c));
    if (now == 0) {
      before = 0;
      continue;
    }
    if (now == before && now != 3) {
      words.back() += c;
    } else {
      words.emplace_back(1, c);
    }
    before = now;
  }
  return words;
}

double WordBaselineAuc(std::span<const labels::LabelledSolution> train,
                       std::span<const labels::LabelledSolution> validation,
                       const llm::Tokenizer& tokenizer, int max_length) {
  Vocabulary vocabulary;
  std::vector<WordsExample> examples = Examples(train, tokenizer, max_length, vocabulary);
  vocabulary.Close();
  Regression regression(vocabulary.size());
  RandomStream random{Key("word baseline")};
  for (int pass = 0; pass < kPasses; ++pass) {
    random.Shuffle(std::span<WordsExample>(examples));
    for (const WordsExample& example : examples) regression.Learn(example);
  }
  std::vector<double> scores;
  std::vector<int> labels;
  for (const WordsExample& example : Examples(validation, tokenizer, max_length, vocabulary)) {
    scores.push_back(regression.Logit(example));
    labels.push_back(example.label);
  }
  return Auc(scores, labels);
}

double CorruptionWordsAuc(std::span<const labels::LabelledSolution> train,
                          const llm::Tokenizer& tokenizer) {
  std::map<std::string_view, const labels::LabelledSolution*> references;
  std::map<std::string_view, size_t> numbers;  // problems in the order of their references
  for (const labels::LabelledSolution& solution : train) {
    if (solution.source != labels::Source::kReference) continue;
    references[solution.problem] = &solution;
    numbers.try_emplace(solution.problem, numbers.size());
  }
  std::vector<labels::LabelledSolution> halves[2];
  for (const labels::LabelledSolution& solution : train) {
    if (solution.source != labels::Source::kCorruption || !references.contains(solution.problem))
      continue;
    const labels::LabelledSolution& reference = *references[solution.problem];
    const size_t wrong = labels::FirstWrong(solution);
    if (!Comparable(reference, solution, wrong)) continue;
    std::vector<labels::LabelledSolution>& half = halves[numbers[solution.problem] % 2];
    half.push_back(OnlyStep(reference, wrong));
    half.push_back(OnlyStep(solution, wrong));
  }
  if (halves[0].empty() || halves[1].empty()) return std::nan("");
  return WordBaselineAuc(halves[0], halves[1], tokenizer);
}

}  // namespace pgts::reward
