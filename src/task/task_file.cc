// SPDX-License-Identifier: Apache-2.0
#include "task/task_file.h"

#include <set>

#include "base/error.h"
#include "base/yaml_file.h"
#include "task/text.h"

namespace pgts::task {
namespace {

constexpr const char* kExamples = "examples";

class Reader {
 public:
  explicit Reader(const std::string& path) {
    file_.path = path;
    file_.Declare(options_);
  }

  TaskFile Read() {
    const YAML::Node root = ParseYaml(file_.path);
    if (!root.IsMap()) {
      throw Error::Format(
          "{}: expected a task: the groups data, fields, prompt, examples, steps "
          "and answer (docs/TASKS.md)",
          Place(root));
    }
    options_.LoadYaml(file_.path, kExamples);
    if (root[kExamples]) ReadExamples(root[kExamples]);
    Check();
    return std::move(file_);
  }

 private:
  std::string Place(const YAML::Node& node) const { return YamlPlace(file_.path, node); }

  std::string Text(const YAML::Node& node, const std::string& key) const {
    if (!node.IsScalar()) throw Error::Format("{}: {} must be text", Place(node), key);
    return node.Scalar();
  }

  void ReadExamples(const YAML::Node& list) {
    if (list.IsNull()) return;
    if (!list.IsSequence()) {
      throw Error::Format("{}: examples must be a list of \"- question: ...\" with \"steps: ...\"",
                          Place(list));
    }
    for (const YAML::Node& item : list) ReadExample(item);
  }

  void ReadExample(const YAML::Node& item) {
    PromptExample example;
    if (!item.IsMap()) throw Error::Format("{}: an example is a question and steps", Place(item));
    std::set<std::string> seen;
    for (const auto& part : item) {
      const std::string key = YamlKey(file_.path, part.first);
      RefuseDuplicate(seen, key, Place(part.first));
      if (key != "question" && key != "steps") {
        throw Error::Format("{}: unknown key {}; an example has question and steps",
                            Place(part.first), key);
      }
      std::string& field = key == "question" ? example.user : example.assistant;
      field = Text(part.second, key);
      while (field.ends_with('\n')) field.pop_back();
    }
    if (example.user.empty() || example.assistant.empty()) {
      throw Error::Format("{}: an example needs both question and steps", Place(item));
    }
    file_.examples.push_back(std::move(example));
  }

  // What is wrong together is wrong at the place of one of the keys.
  void Check() const {
    if (file_.steps.separator.empty()) Fail("steps.separator", "is empty; the default is \"\\n\"");
    if (file_.data.train.empty() && file_.data.test.empty() && file_.data.validation.empty()) {
      throw Error::Format("{}: no data; name a file under data: as test, train or validation",
                          file_.path);
    }
    const AnswerReader reader = MakeReader();
    for (const PromptExample& example : file_.examples) {
      if (reader.Find(example.assistant, AnswerFilter::kStrict)) continue;
      throw Error::Format(
          "{}: the steps of the example \"{}\" end in no answer as answer.find = {} "
          "finds it; models would copy that",
          file_.path, FirstLine(example.user), file_.answer.find);
    }
  }

  AnswerReader MakeReader() const {
    try {
      return AnswerReader(file_.answer);
    } catch (const Error& error) {
      const std::string text = error.what();
      const std::string key = text.substr(0, text.find(' '));
      const std::string source = options_.Source(key);
      throw Error::Format("{}: {}", source == "default" ? file_.path : source, text);
    }
  }

  [[noreturn]] void Fail(const std::string& key, std::string_view what) const {
    throw Error::Format("{}: {} {}", options_.Source(key), key, what);
  }

  TaskFile file_;
  OptionSet options_;
};

}  // namespace

void TaskFile::Declare(OptionSet& options) {
  options.Add("data", data);
  options.Add("fields", fields);
  options.Add("prompt", prompt);
  options.Add("steps", steps);
  options.Add("answer", answer);
}

bool IsTaskFile(std::string_view name) { return name.ends_with(".yaml") || name.ends_with(".yml"); }

TaskFile ReadTaskFile(const std::string& path) { return Reader(path).Read(); }

}  // namespace pgts::task
