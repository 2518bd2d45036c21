// SPDX-License-Identifier: Apache-2.0
// The curves of both phases, and what the policy chose over training.

// The mean over a window around each point: what a noisy curve does on the whole.
function smooth(values, window) {
  const half = Math.floor(window / 2);
  return values.map((value, i) => {
    const near = values.slice(Math.max(0, i - half), i + half + 1).filter(isNumber);
    return near.length > 0 ? near.reduce((sum, one) => sum + one, 0) / near.length : null;
  });
}

const kSmoothFrom = 12;  // points: below, every one is shown as it is

// A noisy curve: faint as measured, and its smoothed course.
function noisy(name, x, y, style) {
  if (y.length < kSmoothFrom)
    return [{name, x, y, ...style, shape: y.length < 4 ? 'circle' : undefined}];
  return [
    {name, x, y, ...style, faint: true},
    {name: `${name}, smoothed`, x, y: smooth(y, Math.max(5, Math.round(y.length / 10))), ...style}
  ];
}

const kRollouts = {
  colour: colour(0)
};
const kValidation = {
  colour: colour(1),
  shape: 'square'
};
const kCot = {
  colour: colour(2),
  dash: '7 4'
};
const kHeuristic = {
  colour: colour(3),
  dash: '2 3'
};

const lastNumber = (column) => (column ?? []).filter(isNumber).pop();

// What the same problems cost or gave the methods that need no training.
function referenceLines(validation, field) {
  const line = (name, level, style) => (isNumber(level) ? [{name, constant: level, ...style}] : []);
  return [
    ...line('sampled CoT', lastNumber(validation?.[`cot_${field}`]), kCot),
    ...line('heuristic', lastNumber(validation?.[`heuristic_${field}`]), kHeuristic)
  ];
}

// One curve of phase 2. `field` in policy records; `validated`: in validation records, too.
function policyChart({title, hint, field, label, format, validated, most}) {
  const {policy, validation} = overview.curves;
  const series = [];
  if (policy?.[field])
    series.push(...noisy('training', policy.iteration, policy[field], kRollouts));
  if (validated && validation?.[field]) {
    series.push({
      name: 'validation, greedy',
      x: validation.iteration,
      y: validation[field],
      ...kValidation
    });
    series.push(...referenceLines(validation, field));
  }
  if (series.length === 0) return null;
  return lineChart({title, hint, x: {label: 'iteration'}, y: {label, format, most}, series});
}

const kPolicyCharts = [
  {
    title: 'Accuracy',
    hint: 'Should rise above the level lines: the untrained methods on the validation problems.',
    field: 'accuracy',
    label: 'problems answered right, %',
    format: wholePercent,
    most: 1,
    validated: true
  },
  {
    title: 'Generated tokens',
    hint: 'What a search costs; fewer for the same accuracy is better.',
    field: 'tokens',
    label: 'tokens a problem',
    validated: true
  },
  {
    title: 'Return',
    hint: 'What PPO maximises: the end’s reward, shaped by scores.',
    field: 'return',
    label: 'return, reward units',
    validated: true
  },
  {
    title: 'Entropy',
    hint: 'How undecided the policy is; near 0 it no longer explores.',
    field: 'entropy',
    label: 'entropy, nats a decision'
  },
  {
    title: 'KL divergence',
    hint: 'How far an update moves the policy; small is calm.',
    field: 'approximate_kl',
    label: 'approximate KL, nats'
  },
  {
    title: 'Clipped updates',
    hint: 'Share of decisions that PPO’s clip held back.',
    field: 'clip_fraction',
    label: 'clipped, % of decisions',
    format: wholePercent,
    most: 1
  },
  {
    title: 'Policy loss',
    hint: 'Moves around 0; its size says little.',
    field: 'policy_loss',
    label: 'loss'
  },
  {title: 'Value loss', hint: 'Should fall.', field: 'value_loss', label: 'loss'},
  {
    title: 'Explained variance',
    hint: 'Of returns, by the value head: 1 is perfect, 0 is none.',
    field: 'explained_variance',
    label: 'explained variance',
    most: 1
  },
];

const kMixHeight = 280;
const kActions = ['expand', 'branch', 'backtrack', 'terminate'];

// Bands of the four actions' shares, one on the other, named where they end.
function drawActionMix(policy, width) {
  const x = policy.iteration;
  const frame = makeFrame({
    width,
    height: kMixHeight,
    spare: 84,
    x: {
      label: 'iteration',
      whole: true,
      range: x.length > 1 ? [x[0], x[x.length - 1]] : [x[0] - 1, x[0] + 1]
    },
    y: {
      label: 'share of decisions, %',
      range: [0, 1],
      format: wholePercent,
      ticks: [0, 0.25, 0.5, 0.75, 1]
    },
    describe: 'Share of each action over training',
  });
  const columns = kActions.map(
      (action) => smooth(
          policy[`share_${action}`],
          x.length < kSmoothFrom ? 1 : Math.max(3, Math.round(x.length / 15))));
  let floor = x.map(() => 0);
  const labels = [];
  columns.forEach((column, i) => {
    const roof = floor.map((value, at) => value + (column[at] ?? 0));
    const edge = (values) => values.map(
        (value, at) => `${frame.xScale(x[at]).toFixed(1)},${frame.yScale(value).toFixed(1)}`);
    frame.svg.append(svgElement(
        `path.band.action-${i}`,
        {d: `M${edge(roof).join('L')}L${edge(floor).reverse().join('L')}Z`}));
    const last = x.length - 1;
    labels.push({y: frame.yScale((floor[last] + roof[last]) / 2) + 4, i});
    floor = roof;
  });
  spread(labels, 17, [frame.top + 4, frame.bottom + 2]);
  for (const {y, i} of labels) {
    frame.svg.append(
        svgElement(
            `rect.action-${i}`, {x: frame.right + 10, y: y - 10, width: 10, height: 10, rx: 2}),
        svgElement('text.label', {x: frame.right + 25, y}, kActions[i]));
  }
  return frame.svg;
}

function actionMixCard(policy) {
  if (!policy?.share_expand) return null;
  const plot = element('div.plot');
  drawToWidth(plot, kMixHeight, (width) => plot.replaceChildren(drawActionMix(policy, width)));
  const card = chartCard(
      'Action mix', 'What the policy chose in training; one action alone means collapse.', plot);
  card.classList.add('wide');
  return card;
}

function policySection() {
  const curves = overview.curves;
  if (!curves?.policy && !curves?.validation) return null;
  return [element('div.grid', {}, kPolicyCharts.map(policyChart), actionMixCard(curves.policy))];
}
