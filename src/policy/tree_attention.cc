// SPDX-License-Identifier: Apache-2.0
#include "policy/tree_attention.h"

#include <ATen/Parallel.h>
#include <torch/autograd.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace pgts::policy {
namespace {

constexpr int64_t kTreesPerThread = 16;

// Eight sums side by side, which compilers turn into vector instructions without reordering floats.
template <typename T>
T Dot(const T* a, const T* b, int64_t n) {
  T lanes[8] = {};
  int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (int lane = 0; lane < 8; ++lane) lanes[lane] += a[i + lane] * b[i + lane];
  }
  T sum = ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) +
          ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
  for (; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

template <typename T>
void AddScaled(T* out, T scale, const T* row, int64_t n) {
  for (int64_t i = 0; i < n; ++i) out[i] += scale * row[i];
}

// One head of one tree: `nodes` rows of q, k and v, each C wide, `stride` apart.
template <typename T>
struct Head {
  const T* query;
  const T* key;
  const T* value;
  int64_t nodes, stride, width;

  T Scale() const { return 1 / std::sqrt(static_cast<T>(width)); }

  // softmax over j of q_i . k_j / sqrt(C).
  void Weights(int64_t i, T* weights) const {
    T largest = -std::numeric_limits<T>::infinity(), sum = 0;
    for (int64_t j = 0; j < nodes; ++j) {
      weights[j] = Scale() * Dot(query + i * stride, key + j * stride, width);
      largest = std::max(largest, weights[j]);
    }
    for (int64_t j = 0; j < nodes; ++j) sum += weights[j] = std::exp(weights[j] - largest);
    for (int64_t j = 0; j < nodes; ++j) weights[j] /= sum;
  }
};

// Calls visit(head, first row, first column) for every head of every tree.
template <typename T, typename Visit>
void ForEachHead(const torch::Tensor& qkv_M3D, int64_t heads, const std::vector<int64_t>& first_row,
                 const Visit& visit) {
  const int64_t stride = qkv_M3D.size(1), width = stride / 3 / heads;
  const T* const data = qkv_M3D.data_ptr<T>();
  at::parallel_for(0, static_cast<int64_t>(first_row.size()) - 1, kTreesPerThread,
                   [&](int64_t begin, int64_t end) {
                     for (int64_t b = begin; b < end; ++b) {
                       for (int64_t h = 0; h < heads; ++h) {
                         const T* const query = data + first_row[b] * stride + h * width;
                         visit(Head<T>{query, query + stride / 3, query + 2 * (stride / 3),
                                       first_row[b + 1] - first_row[b], stride, width},
                               first_row[b], h * width);
                       }
                     }
                   });
}

template <typename T>
void Forward(const torch::Tensor& qkv_M3D, int64_t heads, const std::vector<int64_t>& first_row,
             torch::Tensor& out_MD) {
  T* const out = out_MD.data_ptr<T>();
  const int64_t out_stride = out_MD.size(1);
  ForEachHead<T>(qkv_M3D, heads, first_row, [&](const Head<T>& head, int64_t row, int64_t column) {
    std::vector<T> weights(head.nodes);
    for (int64_t i = 0; i < head.nodes; ++i) {
      head.Weights(i, weights.data());
      T* const sum = out + (row + i) * out_stride + column;
      for (int64_t j = 0; j < head.nodes; ++j) {
        AddScaled(sum, weights[j], head.value + j * head.stride, head.width);
      }
    }
  });
}

// With p = weights, g = gradient of out:  dv_j = sum_i p_ij g_i;  ds_ij = p_ij (g_i.v_j -
// g_i.out_i); dq_i = sum_j ds_ij k_j / sqrt(C);  dk_j = sum_i ds_ij q_i / sqrt(C).
template <typename T>
void Backward(const torch::Tensor& qkv_M3D, int64_t heads, const std::vector<int64_t>& first_row,
              const torch::Tensor& gradient_MD, torch::Tensor& out_M3D) {
  const T* const gradient = gradient_MD.data_ptr<T>();
  T* const out = out_M3D.data_ptr<T>();
  const int64_t third = gradient_MD.size(1);
  ForEachHead<T>(qkv_M3D, heads, first_row, [&](const Head<T>& head, int64_t row, int64_t column) {
    std::vector<T> weights(head.nodes), weight_gradients(head.nodes);
    T* const dquery = out + row * head.stride + column;
    T* const dkey = dquery + third;
    T* const dvalue = dkey + third;
    for (int64_t i = 0; i < head.nodes; ++i) {
      head.Weights(i, weights.data());
      const T* const g = gradient + (row + i) * third + column;
      T mean = 0;
      for (int64_t j = 0; j < head.nodes; ++j) {
        weight_gradients[j] = Dot(g, head.value + j * head.stride, head.width);
        mean += weights[j] * weight_gradients[j];
      }
      for (int64_t j = 0; j < head.nodes; ++j) {
        const T ds = weights[j] * (weight_gradients[j] - mean) * head.Scale();
        AddScaled(dvalue + j * head.stride, weights[j], g, head.width);
        AddScaled(dquery + i * head.stride, ds, head.key + j * head.stride, head.width);
        AddScaled(dkey + j * head.stride, ds, head.query + i * head.stride, head.width);
      }
    }
  });
}

torch::Tensor RunForward(const torch::Tensor& qkv_M3D, int64_t heads,
                         const std::vector<int64_t>& first_row) {
  torch::Tensor out_MD = torch::zeros({qkv_M3D.size(0), qkv_M3D.size(1) / 3}, qkv_M3D.options());
  AT_DISPATCH_FLOATING_TYPES(qkv_M3D.scalar_type(), "tree attention",
                             [&] { Forward<scalar_t>(qkv_M3D, heads, first_row, out_MD); });
  return out_MD;
}

struct PackedAttention : torch::autograd::Function<PackedAttention> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context,
                               const torch::Tensor& qkv_M3D, int64_t heads,
                               std::vector<int64_t> first_row) {
    torch::Tensor out_MD = RunForward(qkv_M3D, heads, first_row);
    context->save_for_backward({qkv_M3D});
    context->saved_data["heads"] = heads;
    context->saved_data["first_row"] = std::move(first_row);
    return out_MD;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const torch::Tensor qkv_M3D = context->get_saved_variables()[0];
    torch::Tensor out_M3D = torch::zeros_like(qkv_M3D);
    AT_DISPATCH_FLOATING_TYPES(qkv_M3D.scalar_type(), "tree attention gradient", [&] {
      Backward<scalar_t>(qkv_M3D, context->saved_data["heads"].toInt(),
                         context->saved_data["first_row"].toIntVector(), gradients[0].contiguous(),
                         out_M3D);
    });
    return {out_M3D, {}, {}};
  }
};

}  // namespace

torch::Tensor TreeAttention(const torch::Tensor& query_key_value_M3D, int64_t heads,
                            const TreeBatch& batch) {
  if (!query_key_value_M3D.is_cpu()) return PaddedTreeAttention(query_key_value_M3D, heads, batch);
  const torch::Tensor packed = query_key_value_M3D.contiguous();
  if (!torch::GradMode::is_enabled()) return RunForward(packed, heads, batch.first_row);
  return PackedAttention::apply(packed, heads, batch.first_row);
}

torch::Tensor PaddedTreeAttention(const torch::Tensor& query_key_value_M3D, int64_t heads,
                                  const TreeBatch& batch) {
  const int64_t width = query_key_value_M3D.size(1) / 3, head_width = width / heads;
  const torch::Tensor padded_3BHNC =
      torch::zeros({batch.trees * batch.max_nodes, 3 * width}, query_key_value_M3D.options())
          .index_copy(0, batch.slot_M, query_key_value_M3D)
          .view({batch.trees, batch.max_nodes, 3, heads, head_width})
          .permute({2, 0, 3, 1, 4});
  const torch::Tensor scores_BHNN =
      torch::matmul(padded_3BHNC[0] / std::sqrt(static_cast<double>(head_width)),
                    padded_3BHNC[1].transpose(2, 3));
  const torch::Tensor weights_BHNN =
      scores_BHNN
          .masked_fill(batch.padding_BN.view({batch.trees, 1, 1, batch.max_nodes}),
                       -std::numeric_limits<double>::infinity())
          .softmax(-1);
  return torch::matmul(weights_BHNN, padded_3BHNC[2])
      .transpose(1, 2)
      .reshape({batch.trees * batch.max_nodes, width})
      .index_select(0, batch.slot_M);
}

}  // namespace pgts::policy
