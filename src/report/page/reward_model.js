// SPDX-License-Identifier: Apache-2.0
// Phase 1: how the reward model learnt, whether its scores mean what they say, and how they hold up
// with depth.

const kRewardHeight = 300;

function rewardLossChart({reward, reward_validation: validation}) {
  const series = [];
  if (reward) series.push(...noisy('training', reward.step, reward.loss, kRollouts));
  if (validation)
    series.push({name: 'held-out', x: validation.step, y: validation.loss, ...kValidation});
  return lineChart({
    title: 'Loss',
    height: kRewardHeight,
    hint: 'Cross-entropy of step labels; both should fall.',
    x: {label: 'optimiser step'},
    y: {label: 'loss, nats'},
    series
  });
}

function rewardAucChart(validation) {
  const low = Math.min(0.5, ...validation.step_auc.filter(isNumber));
  return lineChart({
    title: 'Step AUC of the judge',
    hint:
        'Held-out, without the log-probability: 0.5 is chance, 1 tells every right step from every wrong one.',
    height: kRewardHeight,
    x: {label: 'optimiser step'},
    y: {label: 'AUC', range: [low, 1], ticks: low < 0.5 ? undefined : [0.5, 0.6, 0.7, 0.8, 0.9, 1]},
    series: [{name: 'held-out', x: validation.step, y: validation.step_auc, ...kValidation}],
  });
}

function drawCalibration(bins, width) {
  const side = Math.min(width, 420);
  const frame = makeFrame({
    width: side,
    height: Math.round(side * 0.86),
    x: {label: 'mean score of the bin', range: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1]},
    y: {
      label: 'steps that were right, %',
      range: [0, 1],
      ticks: [0, 0.25, 0.5, 0.75, 1],
      format: wholePercent
    },
    describe: 'Calibration of the reward model',
  });
  frame.svg.append(svgElement(
      'line.ideal',
      {x1: frame.xScale(0), y1: frame.yScale(0), x2: frame.xScale(1), y2: frame.yScale(1)}));
  const most = Math.max(...bins.map((bin) => bin.steps));
  for (const bin of bins) {
    const radius = 3 + 6 * Math.sqrt(bin.steps / most);
    frame.svg.append(svgElement(
        'circle.bin',
        {cx: frame.xScale(bin.mean_score), cy: frame.yScale(bin.positive_share), r: radius},
        svgElement(
            'title', {},
            `${plural(bin.steps, 'step')}: mean score ${decimals(bin.mean_score, 2)}, ${
                percent(bin.positive_share)} right`)));
  }
  return frame.svg;
}

function calibrationCard(metrics) {
  const bins = (metrics.by_score ?? []).filter((bin) => isNumber(bin.mean_score));
  if (bins.length === 0) return null;
  const plot = element('div.plot.centred');
  drawToWidth(plot, kRewardHeight, (width) => plot.replaceChildren(drawCalibration(bins, width)));
  return chartCard(
      'Calibration',
      `On the dashed line a score means what it says; a larger dot holds more steps. ` +
          `Calibration error ${decimals(metrics.ece, 3)}.`,
      plot);
}

const kFewSteps = 5;  // fewer say nothing about a depth

function depthChart(metrics) {
  const rows = (metrics.by_depth ?? []).filter((row) => row.steps >= kFewSteps);
  if (rows.length === 0) return null;
  const x = rows.map((row) => row.depth);
  const chart = lineChart({
    title: 'Score by depth',
    height: 320,
    hint: `The two curves should fall together. Depths with at least ${kFewSteps} held-out steps.`,
    x: {label: 'depth of the step'},
    y: {label: 'score or share right, %', range: [0, 1], format: wholePercent},
    series: [
      {
        name: 'mean score',
        x,
        y: rows.map((row) => row.mean_score),
        colour: colour(0),
        shape: 'circle'
      },
      {
        name: 'steps that were right',
        x,
        y: rows.map((row) => row.positive_share),
        ...kCot,
        shape: 'square'
      }
    ],
  });
  chart.classList.add('double');
  return chart;
}

function depthTable(metrics) {
  const rows = (metrics.by_depth ?? []).filter((row) => row.steps > 0);
  if (rows.length === 0) return null;
  const heads = ['depth', 'steps', 'mean score', 'right', 'AUC'];
  return element(
      'figure.card', {},
      element(
          'figcaption', {}, element('h3', {}, 'By depth'),
          element('p.hint', {}, 'AUC within one depth: whether the score tells siblings apart.')),
      table(
          'table.numbers', heads,
          rows.map(
              (row) => element('tr', {}, element('th', {scope: 'row'}, String(row.depth)), [
                short(row.steps), decimals(row.mean_score, 2), percent(row.positive_share, 0),
                decimals(row.auc, 2)
              ].map((text) => element('td', {}, text))))));
}

// What each half of the score would reach by itself (docs/ARCHITECTURE.md).
function partsNote({head_auc: judge, log_prob_auc: writer}) {
  if (!isNumber(judge)) return 'over held-out steps';
  return `the judge alone ${decimals(judge, 3)}, the mean log-probability alone ${decimals(writer, 3)}`;
}

function rewardNumbers(metrics) {
  const numbers = [
    ['step AUC', decimals(metrics.step_auc, 3), partsNote(metrics)],
    ['outcome AUC', decimals(metrics.outcome_auc, 3), 'over last steps'],
    ['accuracy', percent(metrics.accuracy), `at a score of ${decimals(metrics.threshold, 2)}`],
    ['held-out steps', short(metrics.steps), `${percent(metrics.positive_share, 0)} of them right`],
  ];
  return element('ul.figures', {}, numbers.map(([name, value, note]) => figure(name, value, note)));
}

const kNoCurve = 'No training curve of phase 1: this run took its reward model from elsewhere, ' +
    'or was made by an earlier version.';
const kNoCalibration =
    'No calibration picture: this reward model was trained by an earlier version.';

function rewardSection() {
  const curves = overview.curves ?? {};
  const metrics = overview.reward_model?.metrics;
  if (!metrics && !curves.reward) return null;
  return [
    metrics ? rewardNumbers(metrics) : null,
    element(
        'div.grid', {}, curves.reward ? rewardLossChart(curves) : null,
        curves.reward_validation ? rewardAucChart(curves.reward_validation) : null,
        metrics ? [calibrationCard(metrics), depthChart(metrics), depthTable(metrics)] : null),
    curves.reward ? null : element('p.absent', {}, kNoCurve),
    metrics && !metrics.by_score?.length ? element('p.absent', {}, kNoCalibration) : null,
  ];
}
