// SPDX-License-Identifier: Apache-2.0
#include "model/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/files.h"
#include "base/temp_folder.h"

namespace pgts::model {
namespace {

using ::testing::HasSubstr;

Safetensors Sample() {
  Safetensors content;
  content.tensors["matrix"] = torch::arange(6, torch::kFloat32).view({2, 3}).t();
  content.tensors["half"] = torch::ones({4}, torch::kBFloat16);
  content.tensors["count"] = torch::tensor(7, torch::kInt64);
  content.tensors["none"] = torch::empty({0, 5});
  content.metadata = {{"kind", "full"}, {"note", "Größe \"x\"\n"}};
  return content;
}

class SafetensorsFile : public ::testing::Test {
 protected:
  std::string Message() {
    try {
      ReadSafetensors(path_);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }
  // Not WriteFileAtomic: hundreds of syncs take seconds.
  void Put(std::string_view bytes) {
    std::ofstream(path_, std::ios::binary).write(bytes.data(), bytes.size());
  }
  void WriteRaw(const std::string& header, const std::string& data) {
    const uint64_t size = header.size();
    Put(std::string(reinterpret_cast<const char*>(&size), 8) + header + data);
  }
  TempFolder folder_;
  std::string path_ = folder_.File("x.safetensors");
};

TEST_F(SafetensorsFile, ReadsBackWhatWasWritten) {
  const Safetensors written = Sample();
  WriteSafetensors(path_, written);
  const Safetensors read = ReadSafetensors(path_);
  EXPECT_EQ(read.metadata, written.metadata);
  ASSERT_EQ(read.tensors.size(), written.tensors.size());
  for (const auto& [name, tensor] : written.tensors) {
    EXPECT_TRUE(torch::equal(read.Get(name), tensor)) << name;
    EXPECT_EQ(read.Get(name).scalar_type(), tensor.scalar_type()) << name;
  }
  EXPECT_THROW(read.Get("other"), Error);
}

TEST_F(SafetensorsFile, LayoutIsThePublishedOne) {
  WriteRaw(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
           std::string("\0\0\x80\x3f\0\0\0\x40", 8));
  const Safetensors read = ReadSafetensors(path_);
  EXPECT_TRUE(torch::equal(read.Get("a"), torch::tensor({1.0f, 2.0f})));
  WriteSafetensors(path_, read);
  EXPECT_THAT(ReadFile(path_).substr(8),
              HasSubstr(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})"));
}

TEST_F(SafetensorsFile, EveryTruncationIsAnError) {
  WriteSafetensors(path_, Sample());
  const std::string bytes = ReadFile(path_);
  for (size_t keep = 0; keep < bytes.size(); ++keep) {
    Put(bytes.substr(0, keep));
    EXPECT_THAT(Message(), HasSubstr(path_)) << keep;
  }
}

TEST_F(SafetensorsFile, DamagedHeadersAreErrors) {
  for (const char* header :
       {"[]", "{", R"({"a":1})", R"({"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}})",
        R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})",
        R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})",
        R"({"a":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}})",
        R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})",
        R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}})",
        R"({"__metadata__":{"k":1},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})"}) {
    WriteRaw(header, "1234");
    EXPECT_THAT(Message(), HasSubstr("damaged")) << header;
  }
}

TEST_F(SafetensorsFile, CopyNamesWhatDoesNotFit) {
  WriteSafetensors(path_, Sample());
  const Safetensors read = ReadSafetensors(path_);
  const torch::Tensor half = torch::zeros({4});
  EXPECT_THROW(CopyTensors(read, {{"half", half}}), Error);  // the other three are unknown
  Safetensors one;
  one.tensors["half"] = read.Get("half");
  EXPECT_THROW(CopyTensors(one, {{"half", torch::zeros({5})}}), Error);
  CopyTensors(one, {{"half", half}});
  EXPECT_TRUE(torch::equal(half, torch::ones({4})));
}

}  // namespace
}  // namespace pgts::model
