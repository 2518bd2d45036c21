// SPDX-License-Identifier: Apache-2.0
// The subcommands of `pgts`, one short file each. Each Add… declares its flags on `app` and what
// runs when it is chosen.
#pragma once

namespace CLI {
class App;
}

namespace pgts::cli {

void AddTrain(CLI::App& app);
void AddPlan(CLI::App& app, int& exit_code);  // which it sets when it is chosen
void AddDevices(CLI::App& app);
void AddRpcServer(CLI::App& app);
void AddData(CLI::App& app);
void AddTrainReward(CLI::App& app);
void AddEval(CLI::App& app);
void AddCompare(CLI::App& app);
void AddSolve(CLI::App& app);
void AddScore(CLI::App& app);
void AddDoctor(CLI::App& app, int& exit_code);  // which it sets when it is chosen
void AddReport(CLI::App& app);
void AddPretrain(CLI::App& app);
void AddQuantize(CLI::App& app);
void AddPull(CLI::App& app);
void AddModels(CLI::App& app);
void AddOptions(CLI::App& app);

}  // namespace pgts::cli
