// SPDX-License-Identifier: Apache-2.0
// Data-parallel gradients on the CPU: every worker thread runs forward and backward of its own
// shards on a replica that shares the weights' memory and owns its gradients, with single-threaded
// kernels. For models of a few million weights this beats kernels that split their work: shards
// stay in the core's cache, and threads meet once a step instead of hundreds of times.
//
// Shard s belongs to worker s mod W, and gradients are summed in the order of the workers, so a
// result depends on W and never on timing.
#pragma once

#include <torch/types.h>

#include <functional>
#include <vector>

namespace pgts::model {

// Makes each tensor of `replica` share the memory of the tensor at the same place in `master`.
void ShareWeights(const std::vector<torch::Tensor>& master,
                  const std::vector<torch::Tensor>& replica);

class GradientWorkers {
 public:
  // replicas[w]: the parameters of worker w's replica, in the order of `master`, which it makes
  // share the master's memory. At least one replica. Used by one thread at a time.
  GradientWorkers(std::vector<torch::Tensor> master,
                  std::vector<std::vector<torch::Tensor>> replicas);

  int workers() const { return static_cast<int>(replicas_.size()); }

  // Calls work(worker, shard) for shards 0..shards-1; it must end in backward() on a loss of that
  // worker's replica. Adds the summed gradients to the master's. An exception from `work` is
  // thrown again here after all workers have stopped.
  void Run(int shards, const std::function<void(int worker, int shard)>& work);

 private:
  void AddGradients();

  std::vector<torch::Tensor> master_;
  std::vector<std::vector<torch::Tensor>> replicas_;
};

}  // namespace pgts::model
