// SPDX-License-Identifier: Apache-2.0
// Accuracy against generated tokens: the plot of comparison_plot.js, and one row for each method,
// which is its legend, too.

const intervalText = (point) =>
    (isNumber(point.low) ? `${decimals(100 * point.low, 1)} to ${decimals(100 * point.high, 1)} %` :
                           'no interval');

// One interval as a row's own little picture, on an axis that all rows share.
function intervalPicture(point, style, range) {
  const at = (share) => `${(100 * (share - range[0]) / (range[1] - range[0])).toFixed(2)}%`;
  const centre = svgElement(
      'svg', {x: at(point.accuracy), y: 12, width: 1, height: 1, overflow: 'visible'},
      mark(style.shape, {radius: 6, fill: style.colour}));
  const bar = isNumber(point.low) ?
      svgElement(
          'line.whisker',
          {x1: at(point.low), x2: at(point.high), y1: 12, y2: 12, stroke: style.colour}) :
      null;
  return svgElement('svg.interval', {height: 24, 'aria-hidden': 'true'}, bar, centre);
}

function differenceText(pair, reversed) {
  const [sign, low, high] = reversed ? [-1, -pair.high, -pair.low] : [1, pair.low, pair.high];
  const verdict = low > 0 ? 'better' : high < 0 ? 'worse' : 'no clear difference';
  return {
    points: `${signed(100 * sign * pair.difference, 1)} points`,
    certainty: isNumber(pair.low) ?
        `${signed(100 * low, 1)} to ${signed(100 * high, 1)} · ${verdict}` :
        'no interval',
  };
}

// PGTS against `method` in the column `at`, if it was compared.
function findPair(comparison, method, at) {
  const fits = (pair) => (pair.at ?? null) === (at ?? null);
  const pair = comparison.paired.find((one) => fits(one) && one.a === 'pgts' && one.b === method);
  if (pair) return differenceText(pair, false);
  const turned = comparison.paired.find((one) => fits(one) && one.b === 'pgts' && one.a === method);
  return turned ? differenceText(turned, true) : null;
}

// `pointAt(name or null)`: the row is pointed at, or no longer.
function methodRow(comparison, {method, point}, range, pointAt) {
  const pair = findPair(comparison, method.name, point.at);
  const sign = svgElement(
      'svg', {width: 18, height: 18, 'aria-hidden': 'true'},
      mark(method.style.shape, {x: 9, y: 9, radius: 6, fill: method.style.colour}));
  return element(
      method.ours ? 'tr.ours' : 'tr',
      {pointerenter: () => pointAt(method.name), pointerleave: () => pointAt(null)},
      element(
          'th', {scope: 'row'},
          element(
              'div.name', {}, sign, element('span', {}, words(method.name)),
              method.setting ? element('small', {}, method.setting) : null)),
      element('td.picture', {}, intervalPicture(point, method.style, range)),
      element(
          'td', {'data-label': 'right'}, element('strong', {}, percent(point.accuracy)),
          element('small', {}, intervalText(point))),
      element('td', {'data-label': 'tokens'}, short(point.tokens)),
      element(
          'td', {'data-label': 'PGTS is'}, pair ? pair.points : '–',
          pair ? element('small', {}, pair.certainty) : null));
}

function methodTable(comparison, methods, {at, pointAt}) {
  const rows = methods.flatMap(
      (method) => method.points.filter((point) => (point.at ?? null) === at)
                      .map((point) => ({method, point})));
  rows.sort((a, b) => b.point.accuracy - a.point.accuracy);
  const range =
      paddedRange(rows.flatMap(({point}) => [point.low, point.high, point.accuracy]), 0.08);
  const heads =
      ['method', '95 % interval of accuracy', 'right', 'tokens a problem', 'PGTS, paired with it'];
  return table(
      'table.methods', heads, rows.map((row) => methodRow(comparison, row, range, pointAt)));
}

// A row of buttons of which one is pressed.
function choice(label, options, pick) {
  const buttons = options.map(
      ({value, text}) => element(
          'button.chip', {
            type: 'button',
            click: () => select(value),
          },
          text));
  const select = (value) => {
    options.forEach((option, i) => buttons[i].setAttribute('aria-pressed', option.value === value));
    pick(value);
  };
  return {node: element('div.choice', {role: 'group', 'aria-label': label}, buttons), select};
}

const kHowToRead = 'Up and left is better. Bars are 95 % intervals over problems; where two ' +
    'methods ran on the same problems, the paired difference in the table decides, not the ' +
    'overlap. Point at a row to make its method stand out.';

function comparisonCard(comparison) {
  const methods = rankMethods(comparison);
  const columns =
      [...new Set(methods.flatMap((method) => method.points.map((point) => point.at ?? null)))];
  const plot = element('div.plot');
  let groups = new Map();
  const pointAt = (name) => spotlight(groups, name);
  drawToWidth(plot, 320, (width) => {
    const drawn = drawTokensPlot(methods, width);
    groups = drawn.groups;
    for (const [name, group] of groups) {
      group.addEventListener('pointerenter', () => pointAt(name));
      group.addEventListener('pointerleave', () => pointAt(null));
    }
    plot.replaceChildren(drawn.svg);
  });
  const below = element('div');
  const show = (at) => below.replaceChildren(methodTable(comparison, methods, {at, pointAt}));
  let picker = null;
  if (columns.length > 1) {
    // From few tokens to many.
    const priced = comparison.by === 'price';
    columns.sort((a, b) => priced ? b - a : a - b);
    const text = (value) => priced ? `${value} a token` : `${short(value)} tokens`;
    picker = choice(
        priced ? 'Price' : 'Budget', columns.map((value) => ({value, text: text(value)})), show);
    picker.select(columns[columns.length - 1]);
  } else {
    show(columns[0]);
  }
  const title = [
    comparison.title ? words(comparison.title) : 'all methods',
    isNumber(comparison.problems) ? plural(comparison.problems, 'problem') : null
  ];
  return chartCard(
      title.filter(Boolean).join(' · '), kHowToRead, plot, picker ? picker.node : null, below);
}

function comparisonSection() {
  if (!overview.comparisons) return null;
  return overview.comparisons.map(comparisonCard);
}
