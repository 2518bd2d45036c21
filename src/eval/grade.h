// SPDX-License-Identifier: Apache-2.0
// Marks what a recorded search got right: its answer and the answer of every terminal step. Eval
// and training see the gold answer; searches and traces only what is marked here.
#pragma once

#include "task/task.h"
#include "tree/trajectory.h"

namespace pgts::eval {

// A search without an answer is wrong; one that its world could not go on with is not graded.
void GradeTrajectory(const task::Task& task, const task::Problem& problem,
                     tree::Trajectory& trajectory);

}  // namespace pgts::eval
