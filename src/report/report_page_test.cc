// SPDX-License-Identifier: Apache-2.0
#include "report/report_page.h"

#include <gtest/gtest.h>

#include <regex>
#include <string>

namespace pgts::report {
namespace {

// What a model might write to break out of the page.
constexpr const char* kHostile =
    "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> & ]]> "
    "\xe2\x80\xa8\xe2\x80\xa9 <!--overview--> <!--replays--> {{script}} \\u003c/script> \"'`";

size_t Count(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// The text of the data element with this id.
std::string DataOf(const std::string& page, const std::string& id) {
  const std::string head = "<script type=\"application/json\" id=\"" + id + "\">";
  const size_t begin = page.find(head);
  if (begin == page.npos) return "no element " + id;
  const size_t text = begin + head.size();
  return page.substr(text, page.find("</script>", text) - text);
}

TEST(EscapeForHtmlTest, LeavesNothingThatHtmlOrJavaScriptReadsOtherwise) {
  EXPECT_EQ(EscapeForHtml("\"</a>&\xe2\x80\xa8\xe2\x80\xa9\xc3\xa9\""),
            "\"\\u003c/a\\u003e\\u0026\\u2028\\u2029\xc3\xa9\"");
}

TEST(EscapeForHtmlTest, TheJsonMeansTheSame) {
  const Json value = {{kHostile, kHostile}};
  EXPECT_EQ(Json::parse(EscapeForHtml(JsonText(value))), value);
}

ReportData HostileData() {
  return {.overview = {{"run", {{"name", kHostile}}}},
          .replays = {EscapeForHtml(JsonText({{"text", kHostile}})), "{}"}};
}

TEST(ReportPageTest, DataStaysInItsElements) {
  const std::string page = ReportPage(HostileData());
  const std::string empty = ReportPage({.overview = Json::object()});
  EXPECT_EQ(Count(page, "<script"), Count(empty, "<script") + 2) << "one for each replay";
  EXPECT_EQ(Count(page, "</script"), Count(page, "<script"));
  EXPECT_EQ(Count(page, "<!--"), Count(empty, "<!--"));
  EXPECT_EQ(Count(page, "<img"), 0u);
  EXPECT_EQ(Json::parse(DataOf(page, "overview")).at("run").at("name"), kHostile);
  EXPECT_EQ(Json::parse(DataOf(page, "search-0")).at("text"), kHostile);
  EXPECT_EQ(DataOf(page, "search-1"), "{}");
}

TEST(ReportPageTest, LoadsNothingAndRunsNoOtherScript) {
  const std::string page = ReportPage(HostileData());
  std::smatch policy;
  const std::regex meta("<meta http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\">");
  ASSERT_TRUE(std::regex_search(page, policy, meta));
  const std::string hash = "'sha256-[A-Za-z0-9+/]{43}='";
  EXPECT_TRUE(std::regex_match(
      policy[1].str(), std::regex("default-src 'none'; script-src " + hash + "; style-src " + hash +
                                  "; base-uri 'none'; form-action 'none'")))
      << policy[1];
  const std::string empty = ReportPage({.overview = Json::object()});
  EXPECT_EQ(Count(empty, "{{"), 0u) << "a part that the build left out";
  for (const char* loader : {" src=", "<link", "@import", "url(", "innerHTML", "outerHTML",
                             "insertAdjacentHTML", "document.write", "eval("}) {
    EXPECT_EQ(Count(empty, loader), 0u) << loader;
  }
}

}  // namespace
}  // namespace pgts::report
