// SPDX-License-Identifier: Apache-2.0
#include "report/report_curves.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "base/temp_folder.h"

namespace pgts::report {
namespace {

class ReportCurvesTest : public ::testing::Test {
 protected:
  Json Read(const std::string& text, int most = 500) {
    WriteFileAtomic(folder_.File("metrics.jsonl"), text);
    return ReadCurves(folder_.File("metrics.jsonl"), most);
  }
  TempFolder folder_;
};

TEST_F(ReportCurvesTest, GathersEachKindAsColumns) {
  const Json curves = Read(
      "{\"kind\":\"reward\",\"step\":8,\"loss\":0.5}\n"
      "{\"kind\":\"policy\",\"iteration\":1,\"accuracy\":0.123456789,\"note\":\"x\"}\n"
      "{\"kind\":\"policy\",\"iteration\":2,\"accuracy\":null}\n");
  EXPECT_EQ(curves.dump(), R"({"policy":{"iteration":[1,2],"accuracy":[0.12346,null]},)"
                           R"("reward":{"step":[8],"loss":[0.5]}})");
}

TEST_F(ReportCurvesTest, ManyRecordsBecomeMeansOfNeighbours) {
  std::string text;
  for (int i = 1; i <= 5; ++i) {
    text += "{\"kind\":\"policy\",\"iteration\":" + std::to_string(i) +
            ",\"loss\":" + std::to_string(i * 10) + "}\n";
  }
  EXPECT_EQ(Read(text, 3).dump(), R"({"policy":{"iteration":[2,4,5],"loss":[15,35,50]}})");
}

TEST_F(ReportCurvesTest, ARunThatWasKilledStillHasItsWholeRecords) {
  const Json curves = Read("{\"kind\":\"policy\",\"iteration\":1}\n{\"kind\":\"pol");
  EXPECT_EQ(curves.dump(), R"({"policy":{"iteration":[1]}})");
}

TEST_F(ReportCurvesTest, WithoutAFileThereIsNothing) {
  EXPECT_TRUE(ReadCurves(folder_.File("none.jsonl")).empty());
  EXPECT_TRUE(Read("").empty());
  EXPECT_THROW(Read("not JSON\n{\"kind\":\"policy\"}\n"), Error);
}

}  // namespace
}  // namespace pgts::report
