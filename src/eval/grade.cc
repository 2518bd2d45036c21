// SPDX-License-Identifier: Apache-2.0
#include "eval/grade.h"

namespace pgts::eval {

void GradeTrajectory(const task::Task& task, const task::Problem& problem,
                     tree::Trajectory& trajectory) {
  for (tree::TrajectoryStep& step : trajectory.steps) {
    if (!step.grown || !step.grown->child.terminal) continue;
    step.grown->correct = task.Same(step.grown->child.answer, problem.gold);
  }
  if (trajectory.end == tree::End::kNone) return;
  trajectory.correct = trajectory.answer && task.Same(trajectory.answer->text, problem.gold);
}

}  // namespace pgts::eval
