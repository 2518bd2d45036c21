// SPDX-License-Identifier: Apache-2.0
// Every method's accuracy over its generated tokens, as points with 95 % intervals.

// Ours first, then by accuracy: the order of colours and shapes.
function rankMethods(comparison) {
  const best = (method) => Math.max(...method.points.map((point) => point.accuracy));
  const methods = [...comparison.methods].sort((a, b) => best(b) - best(a));
  const others = methods.filter((method) => method.name !== 'pgts');
  const styled = new Map();
  others.forEach((method, i) => styled.set(method, {
    colour: colour(1 + i % (kColours - 1)),
    shape: kShapeNames[1 + i % (kShapeNames.length - 1)],
  }));
  return methods.map((method) => ({
                       ...method,
                       ours: method.name === 'pgts',
                       style: styled.get(method) ?? {colour: colour(0), shape: 'circle'},
                     }));
}

function drawWhisker(svg, x, low, high, attributes) {
  if (!isNumber(low)) return;
  svg.append(
      svgElement('line.whisker', {x1: x, x2: x, y1: low, y2: high, ...attributes}),
      svgElement('line.whisker', {x1: x - 4, x2: x + 4, y1: low, y2: low, ...attributes}),
      svgElement('line.whisker', {x1: x - 4, x2: x + 4, y1: high, y2: high, ...attributes}));
}

// Pushes labels apart until none overlaps the next; they keep their order.
function spread(labels, least, [top, bottom]) {
  labels.sort((a, b) => a.y - b.y);
  let edge = top;
  for (const label of labels) {
    label.y = Math.max(label.y, edge);
    edge = label.y + least;
  }
  edge = bottom;
  for (const label of [...labels].reverse()) {
    label.y = Math.min(label.y, edge);
    edge = label.y - least;
  }
}

const kLongestName = 24;  // letters; the table has them whole

// Names: beside a method's last point, or, for those near the right edge, in a column there, with a
// line that leads to the point.
function labelMethods(methods, frame) {
  const labels = methods.map((method) => {
    const last = method.points[method.points.length - 1];
    const x = frame.xScale(last.tokens), y = frame.yScale(last.accuracy);
    return {method, x, y, at: y, far: x < frame.left + 0.7 * (frame.right - frame.left)};
  });
  for (const far of [false, true]) {
    const column = labels.filter((label) => label.far === far);
    spread(column, 18, [frame.top, frame.bottom]);
    for (const {method, x, y, at} of column) {
      const left = far ? x + 22 : frame.right + 26;
      frame.groups.get(method.name)
          .append(
              svgElement(
                  'path.leader',
                  {d: `M${x + 9},${at}L${left - 6},${y}`, stroke: method.style.colour}),
              svgElement(
                  method.ours ? 'text.label.ours' : 'text.label', {x: left, y: y + 4},
                  oneLine(words(method.name), kLongestName)));
    }
  }
}

function drawMethod(method, frame) {
  const group = svgElement(method.ours ? 'g.method.ours' : 'g.method');
  const {points} = method;
  const at = (point) => `${frame.xScale(point.tokens)},${frame.yScale(point.accuracy)}`;
  if (points.length > 1) {
    group.append(
        svgElement('path.curve', {d: `M${points.map(at).join('L')}`, stroke: method.style.colour}));
  }
  for (const point of points) {
    const x = frame.xScale(point.tokens);
    drawWhisker(
        group, x, isNumber(point.low) ? frame.yScale(point.low) : null, frame.yScale(point.high),
        {stroke: method.style.colour});
    group.append(mark(method.style.shape, {
      x,
      y: frame.yScale(point.accuracy),
      radius: method.ours ? 7.5 : 6,
      fill: method.style.colour
    }));
  }
  frame.svg.append(group);
  frame.groups.set(method.name, group);
}

// Lets one method (by name; null: none) and ours stand out among many.
function spotlight(groups, chosen) {
  for (const [name, group] of groups) {
    group.classList.toggle('dim', chosen !== null && name !== chosen && name !== 'pgts');
  }
}

const kLabelsFrom = 640;  // pixels of width

// Returns the picture and each method's part of it, by name.
function drawTokensPlot(methods, width) {
  const points = methods.flatMap((method) => method.points);
  const tokens = points.map((point) => point.tokens);
  const least = Math.min(...tokens), most = Math.max(...tokens);
  const log = most > 4 * least && least > 0;
  // Otherwise from nothing, so that equal costs do not look different.
  const range = log ? [least / 1.15, most * 1.15] : [0, most * 1.08 || 1];
  const labelled = width >= kLabelsFrom;
  const frame = makeFrame({
    width,
    height: labelled ? 400 : 320,
    spare: labelled ? 180 : 0,
    x: {label: `generated tokens a problem${log ? ' (log scale)' : ''}`, range, log},
    y: {
      label: 'accuracy, %',
      range:
          paddedRange(points.flatMap((point) => [point.low, point.high, point.accuracy]), 0.05, 1),
      format: wholePercent
    },
    describe: 'Accuracy against generated tokens for every method',
  });
  frame.groups = new Map();
  // Ours last, on top of the others.
  for (const method of [...methods].sort((a, b) => a.ours - b.ours)) drawMethod(method, frame);
  if (labelled) labelMethods(methods, frame);
  return frame;
}
