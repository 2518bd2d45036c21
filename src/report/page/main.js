// SPDX-License-Identifier: Apache-2.0
// The page: headline, sections in order, and a sentence for each that this run cannot fill.

function figure(name, value, note) {
  return element(
      'li', {}, element('span.name', {}, name), element('strong', {}, value),
      note ? element('span.note', {}, note) : null);
}

// The numbers one asks for first, from the first comparison; without one, from validation.
function headlineFigures() {
  const comparison = overview.comparisons?.[0];
  const ours = comparison?.methods.find((method) => method.name === 'pgts');
  if (!ours) return validationFigures();
  const point = ours.points[ours.points.length - 1];
  const others =
      comparison.methods.filter((method) => method !== ours)
          .map((method) => ({name: method.name, point: method.points[method.points.length - 1]}))
          .filter(({point: other}) => other.tokens <= point.tokens * 1.05);
  others.sort((a, b) => b.point.accuracy - a.point.accuracy);
  const best = others[0];
  const pair = best ? findPair(comparison, best.name, point.at) : null;
  return [
    figure('PGTS answers right', percent(point.accuracy), intervalText(point)),
    figure('at a cost of', plural(Math.round(point.tokens), 'token'), 'generated, a problem'),
    best ? figure(
               'best other method at no more tokens', percent(best.point.accuracy),
               `${words(best.name)}, ${plural(Math.round(best.point.tokens), 'token')}`) :
           null,
    pair ? figure('difference, paired', pair.points, `95 %: ${pair.certainty}`) : null,
  ];
}

function validationFigures() {
  const validation = overview.curves?.validation;
  if (!validation) return null;
  const last = (field) => lastNumber(validation[field]);
  return [
    figure(
        'PGTS on validation', percent(last('accuracy')),
        `${short(last('tokens'))} tokens a problem`),
    figure(
        'sampled CoT there', percent(last('cot_accuracy')),
        isNumber(last('cot_tokens')) ? `${short(last('cot_tokens'))} tokens a problem` : ''),
    figure(
        'best heuristic there', percent(last('heuristic_accuracy')),
        isNumber(last('heuristic_tokens')) ? `${short(last('heuristic_tokens'))} tokens a problem` :
                                             ''),
  ];
}

function settingsSection() {
  if (!overview.run?.config) return null;
  return [element(
      'details.card.config', {}, element('summary', {}, 'config.yaml, as resolved'),
      element('pre', {tabindex: '0'}, overview.run.config))];
}

const kSections = [
  {
    id: 'comparison',
    name: 'Accuracy against tokens',
    short: 'Comparison',
    make: comparisonSection,
    absent: 'No evaluation yet: pgts eval --policy-checkpoint RUN --compare-baselines makes one.'
  },
  {
    id: 'replay',
    name: 'Search replay',
    short: 'Replay',
    make: replaySection,
    lead: [
      'Pick a problem and watch its tree grow, decision by decision.',
      element(
          'span.for-keys', {},
          ' Keys: ← and → step, space plays, Home and End jump, p and n change the search.')
    ],
    absent: 'No recorded searches: trajectories/ holds none that this version can read.'
  },
  {
    id: 'policy',
    name: 'Phase 2: the policy',
    short: 'Policy',
    make: policySection,
    absent: 'Phase 2 has not begun: metrics.jsonl has no record of it.'
  },
  {
    id: 'reward',
    name: 'Phase 1: the reward model',
    short: 'Reward model',
    make: rewardSection,
    absent: 'No reward model in this run yet.'
  },
  {
    id: 'settings',
    name: 'Settings',
    short: 'Settings',
    make: settingsSection,
    absent: 'config.yaml could not be read.'
  },
];

function mountSection({id, name, lead, make, absent}) {
  const section = element('section', {id}, element('h2', {}, name));
  const content = make();
  if (content && lead) section.append(element('p.lead', {}, ...lead));
  section.append(...(content ? content.flat().filter(Boolean) : [element('p.absent', {}, absent)]));
  return section;
}

function main() {
  const name = overview.run?.name ?? 'run';
  document.title = `${name} · PGTS`;
  document.getElementById('title').textContent = name;
  document.getElementById('facts').append(...(overview.run?.facts ?? []).map(pairRow));
  document.getElementById('contents')
      .append(...kSections.map(({id, short: label}) => element('a', {href: `#${id}`}, label)));
  const figures = headlineFigures();
  const sections = document.getElementById('sections');
  if (figures) sections.append(element('ul.figures.headline', {}, figures.filter(Boolean)));
  for (const note of overview.notes ?? [])
    sections.append(element('p.absent', {}, `Left out: ${note}`));
  sections.append(...kSections.map(mountSection));
  requestAnimationFrame(() => {
    document.documentElement.dataset.firstPicture = String(Math.round(performance.now()));
  });
}

main();
