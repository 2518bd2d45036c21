// SPDX-License-Identifier: Apache-2.0
#include "report/report_page.h"

#include <fmt/format.h>

#include <stdexcept>

namespace pgts::report {

extern const std::string_view kReportPage;  // report/page.html with its style and scripts in it

namespace {

constexpr std::string_view kOverviewMark = "<!--overview-->", kReplaysMark = "<!--replays-->";
constexpr std::string_view kLineSeparator = "\xe2\x80\xa8", kParagraphSeparator = "\xe2\x80\xa9";

struct Escape {
  std::string_view from, to;
};
constexpr Escape kEscapes[] = {{"<", "\\u003c"},
                               {">", "\\u003e"},
                               {"&", "\\u0026"},
                               {kLineSeparator, "\\u2028"},
                               {kParagraphSeparator, "\\u2029"}};

// The page before, between and after its two marks.
struct Parts {
  std::string_view before, between, after;
};

Parts Split(std::string_view page) {
  const size_t overview = page.find(kOverviewMark), replays = page.find(kReplaysMark);
  if (overview == page.npos || replays == page.npos || replays < overview) {
    throw std::logic_error("report/page.html lacks a mark");
  }
  const size_t next = overview + kOverviewMark.size();
  return {.before = page.substr(0, overview),
          .between = page.substr(next, replays - next),
          .after = page.substr(replays + kReplaysMark.size())};
}

std::string DataElement(std::string_view id, std::string_view json) {
  return fmt::format("<script type=\"application/json\" id=\"{}\">{}</script>\n", id, json);
}

}  // namespace

std::string EscapeForHtml(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    const Escape* found = nullptr;
    for (const Escape& escape : kEscapes) {
      if (json.starts_with(escape.from)) found = &escape;
    }
    out += found != nullptr ? found->to : json.substr(0, 1);
    json.remove_prefix(found != nullptr ? found->from.size() : 1);
  }
  return out;
}

std::string ReportPage(const ReportData& data) {
  const Parts parts = Split(kReportPage);
  std::string page(parts.before);
  page += DataElement("overview", EscapeForHtml(JsonText(data.overview)));
  page += parts.between;
  for (size_t i = 0; i < data.replays.size(); ++i) {
    page += DataElement(fmt::format("search-{}", i), data.replays[i]);
  }
  page += parts.after;
  return page;
}

}  // namespace pgts::report
