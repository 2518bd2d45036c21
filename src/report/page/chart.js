// SPDX-License-Identifier: Apache-2.0
// What all charts share: colours and shapes, scales, axes.

// Told apart by colour-blind readers, too (after Okabe and Ito), and never by colour alone: each
// series also has a dash or a shape of its own. The values stand in page.css, for light and dark.
const kColours = 7;
const colour = (index) => `var(--series-${index % kColours})`;

// Marks of about the same area around (0, 0), for a radius of 1.
const kShapes = {
  circle: 'M-1,0A1,1 0 1 0 1,0A1,1 0 1 0 -1,0Z',
  square: 'M-.9,-.9H.9V.9H-.9Z',
  diamond: 'M0,-1.25L1.25,0L0,1.25L-1.25,0Z',
  triangle: 'M0,-1.2L1.15,.85H-1.15Z',
  down: 'M0,1.2L1.15,-.85H-1.15Z',
  cross: 'M-1,-.55L-.55,-1L0,-.45L.55,-1L1,-.55L.45,0L1,.55L.55,1L0,.45L-.55,1L-1,.55L-.45,0Z',
  plus: 'M-.35,-1.1H.35V-.35H1.1V.35H.35V1.1H-.35V.35H-1.1V-.35H-.35Z',
  star: 'M0,-1.3L.38,-.42L1.3,-.38L.56,.2L.82,1.12L0,.58L-.82,1.12L-.56,.2L-1.3,-.38L-.38,-.42Z',
};
const kShapeNames = Object.keys(kShapes);

function mark(shape, {x = 0, y = 0, radius = 5, ...attributes} = {}) {
  return svgElement(
      'path.mark',
      {d: kShapes[shape], transform: `translate(${x},${y}) scale(${radius})`, ...attributes});
}

// From [low, high] to pixels. `log`: equal factors are equal distances.
function makeScale([low, high], [from, to], log = false) {
  const place = log ? Math.log : (value) => value;
  const begin = place(low), span = place(high) - begin || 1;
  const scale = (value) => from + (to - from) * (place(value) - begin) / span;
  scale.low = low;
  scale.high = high;
  scale.log = log;
  return scale;
}

// The round number next to a `count`-th of the range; `whole`: at least 1.
function roundStep(low, high, count, whole) {
  const raw = Math.max((high - low) / Math.max(1, count), whole ? 1 : 0);
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw * 0.999);
}

// The multiples of `step` from low to high.
function roundTicks(low, high, step) {
  const ticks = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; ++at) {
    ticks.push(Number((at * step).toPrecision(12)));
  }
  return ticks;
}

function logTicks(low, high, count) {
  const ticks = [];
  const factors = high / low > 20 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 7];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); ++power) {
    for (const factor of factors) {
      const tick = factor * 10 ** power;
      if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick);
    }
  }
  return ticks.length >= 2 ? ticks : roundTicks(low, high, roundStep(low, high, count));
}

// Ticks with as many digits as their distance asks for: 0.00, 0.25, 0.50 or 0, 10, 20.
function tickTexts(ticks) {
  const step = ticks.length > 1 ? Math.min(...ticks.slice(1).map((tick, i) => tick - ticks[i])) :
                                  Math.abs(ticks[0]) || 1;
  const digits = Math.min(
      6,
      [0, 1, 2, 3, 4, 5,
       6].find((d) => Math.abs(step * 10 ** d - Math.round(step * 10 ** d)) < 1e-6) ??
          6);
  return ticks.map((tick) => (Math.abs(tick) >= 1000 ? short(tick) : decimals(tick, digits)));
}

// The range of some numbers, widened to `share` more at both ends; never of no width.
// `most`: what they cannot exceed.
function paddedRange(values, share = 0.06, most = Infinity) {
  const numbers = values.filter(isNumber);
  if (numbers.length === 0) return [0, 1];
  const low = Math.min(...numbers), high = Math.max(...numbers);
  const room = high - low < 1e-9 ? Math.abs(high) * 0.1 || 0.5 : (high - low) * share;
  return [low >= 0 ? Math.max(0, low - room) : low - room, Math.min(high + room, most)];
}

// Room for the y axis' own numbers, in pixels.
function axisMargin(labels) {
  return 14 + 6.6 * Math.max(...labels.map((label) => label.length));
}

// The ticks of an axis, about `count`; two at least, since one alone gives no scale.
function ticksOf({range: [low, high], log, whole}, count) {
  if (log) return logTicks(low, high, count);
  const ticks = roundTicks(low, high, roundStep(low, high, count, whole));
  return ticks.length < 2 && count < 16 ? ticksOf({range: [low, high], whole}, 2 * count) : ticks;
}

// The same where the range is widened to the ticks around it.
function widenToTicks({range: [low, high], whole}, count) {
  const step = roundStep(low, high, count, whole);
  const range = [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
  return {range, ticks: roundTicks(...range, step)};
}

// An axis {label, range: [low, high], ticks, format, log, whole} with about `count` ticks and their
// texts. `round`: the range is widened to the ticks around it.
function fillAxis(axis, count, round) {
  const filled = axis.ticks ? axis :
      round                 ? {...axis, ...widenToTicks(axis, count)} :
                              {...axis, ticks: ticksOf(axis, count)};
  const {ticks} = filled;
  return {...filled, texts: axis.format ? ticks.map(axis.format) : tickTexts(ticks)};
}

function drawYAxis(svg, axis, scale, {left, right}) {
  axis.ticks.forEach(
      (tick, i) => svg.append(
          svgElement('line.gridline', {x1: left, x2: right, y1: scale(tick), y2: scale(tick)}),
          svgElement(
              'text.tick', {x: left - 8, y: scale(tick) + 4, 'text-anchor': 'end'},
              axis.texts[i])));
  svg.append(svgElement('text.axis-name', {x: 1, y: 13}, axis.label));
}

function drawXAxis(svg, axis, scale, {left, right, bottom}) {
  axis.ticks.forEach(
      (tick, i) => svg.append(
          svgElement('line.axis', {x1: scale(tick), x2: scale(tick), y1: bottom, y2: bottom + 5}),
          svgElement(
              'text.tick', {x: scale(tick), y: bottom + 19, 'text-anchor': 'middle'},
              axis.texts[i])));
  svg.append(
      svgElement('line.axis', {x1: left, x2: right, y1: bottom, y2: bottom}),
      svgElement('text.axis-name', {x: right, y: bottom + 38, 'text-anchor': 'end'}, axis.label));
}

// A plot's frame: grid, ticks and the axes' names with their units. Returns the svg to draw in, its
// two scales and its edges in pixels. `spare`: room at the right for what the caller writes there.
function makeFrame({width, height, x, y, describe, spare = 0}) {
  const top = 30, bottom = height - 44, right = width - 14 - spare;
  const yAxis = fillAxis(y, Math.max(2, Math.round((bottom - top) / 38)), true);
  const left = axisMargin(yAxis.texts);
  const xAxis = fillAxis(x, Math.max(2, Math.floor((right - left) / 50)), false);
  const xScale = makeScale(xAxis.range, [left, right], x.log);
  const yScale = makeScale(yAxis.range, [bottom, top]);
  const svg = svgElement(
      'svg',
      {viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': describe});
  const edges = {left, right, top, bottom};
  drawYAxis(svg, yAxis, yScale, edges);
  drawXAxis(svg, xAxis, xScale, edges);
  return {svg, xScale, yScale, ...edges};
}
