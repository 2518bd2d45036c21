// SPDX-License-Identifier: Apache-2.0
#include "model/gradient_workers.h"

#include <torch/utils.h>

#include <exception>
#include <thread>
#include <utility>

namespace pgts::model {
namespace {

// at::set_num_threads acts on the calling thread's kernels and on a default that new threads
// inherit; the default is put back.
class KeepThreadCount {
 public:
  KeepThreadCount() : count_(at::get_num_threads()) {}
  ~KeepThreadCount() { at::set_num_threads(count_); }

 private:
  int count_;
};

}  // namespace

void ShareWeights(const std::vector<torch::Tensor>& master,
                  const std::vector<torch::Tensor>& replica) {
  TORCH_CHECK(master.size() == replica.size(), "a replica has other parameters than its master");
  for (size_t i = 0; i < master.size(); ++i) {
    torch::Tensor mine = replica[i];
    mine.set_data(master[i].detach());
  }
}

GradientWorkers::GradientWorkers(std::vector<torch::Tensor> master,
                                 std::vector<std::vector<torch::Tensor>> replicas)
    : master_(std::move(master)), replicas_(std::move(replicas)) {
  TORCH_CHECK(!replicas_.empty(), "gradient workers need a replica");
  for (const auto& replica : replicas_) ShareWeights(master_, replica);
}

void GradientWorkers::Run(int shards, const std::function<void(int worker, int shard)>& work) {
  const KeepThreadCount keep;
  std::vector<std::exception_ptr> failures(replicas_.size());
  std::vector<std::thread> threads;
  for (int worker = 0; worker < workers(); ++worker) {
    threads.emplace_back([&, worker] {
      try {
        at::set_num_threads(1);
        for (int shard = worker; shard < shards; shard += workers()) work(worker, shard);
      } catch (...) {
        failures[worker] = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  AddGradients();
}

void GradientWorkers::AddGradients() {
  torch::NoGradGuard no_grad;
  for (size_t i = 0; i < master_.size(); ++i) {
    for (const auto& replica : replicas_) {
      torch::Tensor gradient = replica[i].grad();
      if (!gradient.defined()) continue;
      if (!master_[i].grad().defined()) {
        master_[i].mutable_grad() = torch::zeros_like(master_[i]);
      }
      master_[i].mutable_grad().add_(gradient);
      gradient.zero_();
    }
  }
}

}  // namespace pgts::model
