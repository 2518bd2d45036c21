// SPDX-License-Identifier: Apache-2.0
#include "task/word_problem_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "task/word_problems.h"

namespace pgts::task {
namespace {

constexpr int kMaxValue = WordProblems::kMaxValue;
constexpr int kMaxProduct = 400;  // keeps most products within what one step can learn
constexpr size_t kMaxQuestionBytes = 350;
constexpr double kDistractorShare = 0.33;
constexpr double kNamedShare = 0.1;  // "buys 9 pens" rather than "buys 9"

struct OpWeight {
  Op op;
  int operations;  // steps that it adds
  int weight;      // relative frequency
};

constexpr OpWeight kStarts[] = {
    {Op::kStart, 0, 60}, {Op::kStartSum, 1, 15}, {Op::kStartGroups, 1, 25}};
constexpr OpWeight kEvents[] = {{Op::kAdd, 1, 24},       {Op::kTake, 1, 26},
                                {Op::kTimes, 1, 20},     {Op::kKeepPart, 1, 24},
                                {Op::kAddGroups, 2, 20}, {Op::kTakeGroups, 2, 16},
                                {Op::kLosePart, 2, 16}};
constexpr OpWeight kEnds[] = {{Op::kAsk, 0, 50},
                              {Op::kAskEach, 1, 12},
                              {Op::kAskPrice, 1, 8},
                              {Op::kAskMissing, 1, 10},
                              {Op::kAskTogetherTimes, 2, 6},
                              {Op::kAskTogetherMore, 2, 5},
                              {Op::kAskTogetherLess, 2, 4},
                              {Op::kAskHowManyMore, 2, 5}};

// One sentence part with its numbers.
struct Event {
  const Phrase* phrase;
  int n = 0;
  int k = 0;
};

bool ScalesQuantity(Op op) {
  return op == Op::kTimes || op == Op::kKeepPart || op == Op::kLosePart;
}

// Draws what happens, with numbers that fit, and writes the reference steps.
class Plan {
 public:
  Plan(RandomStream& random, bool held_out) : random_(random), held_out_(held_out) {}

  bool Draw(int operations) {
    const OpWeight start = Pick(kStarts, operations);
    const OpWeight end = Pick(kEnds, operations - start.operations);
    if (!DrawEvent(start.op)) return false;
    int left = operations - start.operations - end.operations;
    for (int tries = 0; left > 0; ++tries) {
      const OpWeight event = Pick(kEvents, left);
      if (DrawEvent(event.op)) left -= event.operations;
      if (tries > 30) return false;
    }
    return DrawEvent(end.op);
  }

  const std::vector<Event>& events() const { return events_; }  // first: start, last: question
  const std::vector<std::string>& steps() const { return steps_; }
  int quantity() const { return quantity_; }

 private:
  OpWeight Pick(std::span<const OpWeight> choices, int operations_left) {
    int total = 0;
    for (const OpWeight& choice : choices) {
      if (choice.operations <= operations_left) total += choice.weight;
    }
    int ticket = random_.Below(total);
    for (const OpWeight& choice : choices) {
      if (choice.operations > operations_left) continue;
      if ((ticket -= choice.weight) < 0) return choice;
    }
    return choices.front();
  }

  const Phrase& PickPhrase(Op op) {
    std::vector<const Phrase*> fitting;
    for (const Phrase& phrase : Phrases()) {
      if (phrase.op == op && phrase.held_out == held_out_) fitting.push_back(&phrase);
    }
    return *fitting[random_.Below(static_cast<int>(fitting.size()))];
  }

  int Between(int low, int high) { return low + random_.Below(high - low + 1); }

  // Mostly two digits, sometimes three.
  int Amount(int high) { return Between(2, std::min(high, random_.Below(8) == 0 ? 199 : 79)); }

  bool DrawEvent(Op op) {
    const Phrase& phrase = PickPhrase(op);
    Event event{.phrase = &phrase, .k = phrase.factor > 0 ? phrase.factor : Between(2, 9)};
    if (!DrawNumbers(event)) return false;
    Apply(event);
    events_.push_back(event);
    return true;
  }

  bool DrawDivisor(Event& event) {
    if (event.phrase->factor == 0) {
      std::vector<int> divisors;
      for (int k = 2; k <= 9; ++k) {
        if (quantity_ % k == 0 && quantity_ / k >= 2) divisors.push_back(k);
      }
      if (divisors.empty()) return false;
      event.k = divisors[random_.Below(static_cast<int>(divisors.size()))];
    }
    return quantity_ % event.k == 0 && quantity_ / event.k >= 2;
  }

  // Fills event.n (and event.k where it must divide); false where no number keeps every value of
  // the event in range.
  bool DrawNumbers(Event& event) {
    const int r = quantity_;
    switch (event.phrase->op) {
      case Op::kStart: event.n = Between(4, 99); return true;
      case Op::kStartSum: event.n = Between(3, 69), event.k = Between(3, 69); return true;
      case Op::kStartGroups: event.n = Between(3, 40); return true;
      case Op::kAdd: event.n = Amount(199); return r + event.n <= kMaxValue;
      case Op::kTake: return r >= 5 && (event.n = Amount(r - 2), true);
      case Op::kTimes:
      case Op::kAskPrice: return r * event.k <= kMaxProduct;
      case Op::kKeepPart:
      case Op::kLosePart:
      case Op::kAskEach: return DrawDivisor(event);
      case Op::kAddGroups: event.n = Between(2, 29); return r + event.n * event.k <= kMaxValue;
      case Op::kTakeGroups:
        event.n = Between(2, std::clamp((r - 1) / event.k, 2, 29));
        return event.n * event.k < r;
      case Op::kAsk: return true;
      case Op::kAskMissing: event.n = r + Amount(199); return event.n <= kMaxValue;
      case Op::kAskTogetherTimes: return r * (event.k + 1) <= kMaxProduct;
      case Op::kAskTogetherMore: event.n = Amount(199); return 2 * r + event.n <= kMaxValue;
      case Op::kAskTogetherLess:
        return r >= 5 && 2 * r <= kMaxValue && (event.n = Amount(r - 2), true);
      case Op::kAskHowManyMore: return r * event.k <= kMaxProduct;
    }
    return false;
  }

  int Step(int left, char sign, int right) {
    const int value = sign == '+'   ? left + right
                      : sign == '-' ? left - right
                      : sign == '*' ? left * right
                                    : left / right;
    steps_.push_back(fmt::format("{}{}{}={}", left, sign, right, value));
    return value;
  }

  // The factors stand in the order of the text, so that a step copies what was read.
  int GroupsStep(const Event& event) {
    const char* text = event.phrase->text;
    const bool n_first = std::strstr(text, "{n}") < std::strstr(text, "{k}");
    return n_first ? Step(event.n, '*', event.k) : Step(event.k, '*', event.n);
  }

  void Apply(const Event& event) {
    int& r = quantity_;
    const int n = event.n, k = event.k;
    switch (event.phrase->op) {
      case Op::kStart: r = n; break;
      case Op::kStartSum: r = Step(n, '+', k); break;
      case Op::kStartGroups: r = GroupsStep(event); break;
      case Op::kAdd: r = Step(r, '+', n); break;
      case Op::kTake: r = Step(r, '-', n); break;
      case Op::kTimes:
      case Op::kAskPrice: r = Step(r, '*', k); break;
      case Op::kKeepPart:
      case Op::kAskEach: r = Step(r, '/', k); break;
      case Op::kAddGroups: r = Step(r, '+', GroupsStep(event)); break;
      case Op::kTakeGroups: r = Step(r, '-', GroupsStep(event)); break;
      case Op::kLosePart: r = Step(r, '-', Step(r, '/', k)); break;
      case Op::kAsk: break;
      case Op::kAskMissing: r = Step(n, '-', r); break;
      case Op::kAskTogetherTimes: r = Step(r, '+', Step(r, '*', k)); break;
      case Op::kAskTogetherMore: r = Step(r, '+', Step(r, '+', n)); break;
      case Op::kAskTogetherLess: r = Step(r, '+', Step(r, '-', n)); break;
      case Op::kAskHowManyMore: r = Step(Step(r, '*', k), '-', r); break;
    }
  }

  RandomStream& random_;
  const bool held_out_;
  std::vector<Event> events_;
  std::vector<std::string> steps_;
  int quantity_ = 0;
};

// Puts a plan into sentences.
class Wording {
 public:
  Wording(RandomStream& random, bool held_out) : random_(random), held_out_(held_out) {
    const int people = static_cast<int>(People().size());
    const int hero = random_.Below(people);
    hero_ = People()[hero];
    other_ = People()[(hero + 1 + random_.Below(people - 1)) % people].name;
    const int things = static_cast<int>(Things().size());
    const int thing = random_.Below(things);
    items_ = Things()[thing];
    cups_ = Things()[(thing + 1 + random_.Below(things - 1)) % things];
  }

  std::string Tell(const std::vector<Event>& events) {
    const size_t last = events.size() - 1;
    size_t distract_at = events.size();  // before this event; the size: nowhere
    if (random_.Uniform() < kDistractorShare) {
      distract_at = 1 + random_.Below(static_cast<int>(last));
    }
    Sentence(Clause(events[0]) + ".");
    size_t at = 1;
    while (at < last) {
      if (at >= distract_at) {
        Distract();
        distract_at = events.size();
      }
      at += TellEvents(std::span(events).subspan(at, last - at));
    }
    if (distract_at < events.size()) Distract();
    Sentence(Clause(events[last]));
    return text_;
  }

 private:
  // One sentence about the next one or two events; returns how many.
  int TellEvents(std::span<const Event> next) {
    std::vector<const Frame*> fitting;
    for (const Frame& frame : Frames()) {
      if (frame.held_out != held_out_ || static_cast<size_t>(frame.clauses) > next.size()) continue;
      // What commutes must not be told in reverse: the steps would be right in either order.
      const bool commutes = frame.clauses == 2 && ScalesQuantity(next[0].phrase->op) ==
                                                      ScalesQuantity(next[1].phrase->op);
      if (!frame.reversed || !commutes) fitting.push_back(&frame);
    }
    const Frame& frame = *fitting[random_.Below(static_cast<int>(fitting.size()))];
    std::string sentence = frame.text;
    constexpr std::string_view kSlots[] = {"{a}", "{b}", "{c}"};
    for (int i = 0; i < frame.clauses; ++i) {
      const int event = frame.reversed ? frame.clauses - 1 - i : i;
      Replace(sentence, kSlots[i], Clause(next[event]));
    }
    Sentence(std::move(sentence));
    return frame.clauses;
  }

  void Distract() {
    std::vector<const char*> fitting;
    for (const Distractor& distractor : Distractors()) {
      if (distractor.held_out == held_out_) fitting.push_back(distractor.text);
    }
    std::string sentence = fitting[random_.Below(static_cast<int>(fitting.size()))];
    Replace(sentence, "{d}", fmt::format("{}", 3 + random_.Below(60)));
    Replace(sentence, "{cups}", cups_);
    Sentence(std::move(sentence));
    must_name_ = true;
  }

  std::string Clause(const Event& event) {
    std::string clause = event.phrase->text;
    // After a sentence about other things "them" would be unclear.
    const bool named = random_.Uniform() < kNamedShare || must_name_;
    must_name_ = false;
    Replace(clause, "{of}", named ? fmt::format(" {}", items_) : "");
    Replace(clause, "{of_them}", named ? fmt::format(" of the {}", items_) : "");
    Replace(clause, "{them}", named ? fmt::format("the {}", items_) : "them");
    Replace(clause, "{items}", items_);
    Replace(clause, "{n}", fmt::format("{}", event.n));
    Replace(clause, "{k}", fmt::format("{}", event.k));
    return clause;
  }

  void Sentence(std::string sentence) {
    Replace(sentence, "{name}", hero_.name);
    Replace(sentence, "{other}", other_);
    Replace(sentence, "{he}", hero_.male ? "he" : "she");
    if (!text_.empty()) text_ += ' ';
    for (size_t i = 0; i < sentence.size(); ++i) {
      const bool opens = i == 0 || (i >= 2 && sentence[i - 1] == ' ' && sentence[i - 2] == '.');
      text_ += opens ? static_cast<char>(std::toupper(sentence[i])) : sentence[i];
    }
  }

  static void Replace(std::string& text, std::string_view slot, std::string_view value) {
    for (size_t at = text.find(slot); at != std::string::npos; at = text.find(slot, at)) {
      text.replace(at, slot.size(), value);
      at += value.size();
    }
  }

  RandomStream& random_;
  const bool held_out_;
  Person hero_;
  const char* other_;
  const char* items_;
  const char* cups_;
  bool must_name_ = false;
  std::string text_;
};

}  // namespace

std::optional<DrawnProblem> DrawWordProblem(int operations, bool held_out_wording,
                                            RandomStream random) {
  Plan plan(random, held_out_wording);
  if (!plan.Draw(operations)) return std::nullopt;
  Wording wording(random, held_out_wording);
  std::string question = wording.Tell(plan.events());
  if (question.size() > kMaxQuestionBytes) return std::nullopt;
  return DrawnProblem{
      .question = std::move(question), .steps = plan.steps(), .answer = plan.quantity()};
}

}  // namespace pgts::task
