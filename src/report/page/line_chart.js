// SPDX-License-Identifier: Apache-2.0
// Curves over steps or iterations, with a line that reads the values under the pointer.
//
//   lineChart({title, hint, x: {label}, y: {label, format, range, most}, series: [
//     {name, x: [...], y: [...], colour, dash, shape, faint, constant}]})
// A null in y leaves a gap; `shape` marks every point; `faint` curves stand behind, unnamed;
// `constant` draws one level across the plot.

function linePath(series, frame) {
  let path = '', open = false;
  series.y.forEach((value, i) => {
    if (!isNumber(value)) {
      open = false;
      return;
    }
    path += `${open ? 'L' : 'M'}${frame.xScale(series.x[i]).toFixed(1)},${
        frame.yScale(value).toFixed(1)}`;
    open = true;
  });
  return path;
}

function drawSeries(series, frame) {
  const style = {stroke: series.colour, 'stroke-dasharray': series.dash};
  if (isNumber(series.constant)) {
    const at = frame.yScale(series.constant);
    frame.svg.append(
        svgElement('line.curve', {x1: frame.left, x2: frame.right, y1: at, y2: at, ...style}));
    return;
  }
  frame.svg.append(svgElement(
      series.faint ? 'path.curve.faint' : 'path.curve', {d: linePath(series, frame), ...style}));
  if (!series.shape) return;
  series.y.forEach((value, i) => {
    if (!isNumber(value)) return;
    frame.svg.append(mark(
        series.shape,
        {x: frame.xScale(series.x[i]), y: frame.yScale(value), radius: 4.5, fill: series.colour}));
  });
}

// A curve's sign, for the legend.
function sample(series) {
  return svgElement(
      'svg', {width: 28, height: 14, 'aria-hidden': 'true'},
      svgElement(
          'line.curve',
          {x1: 1, x2: 27, y1: 7, y2: 7, stroke: series.colour, 'stroke-dasharray': series.dash}),
      series.shape ? mark(series.shape, {x: 14, y: 7, radius: 4.5, fill: series.colour}) : null);
}

function legendOf(series) {
  const named = series.filter((one) => !one.faint);
  if (named.length < 2) return null;
  return element(
      'ul.legend', {},
      named.map((one) => element('li', {}, sample(one), element('span', {}, one.name))));
}

// What every curve says at one x, each with its sign.
function tipRows(spec, at) {
  const rows = [];
  for (const series of spec.series) {
    if (series.faint) continue;
    const i = series.x ? series.x.indexOf(at) : -1;
    const value = isNumber(series.constant) ? series.constant : series.y[i];
    if (isNumber(value))
      rows.push(element(
          'li', {}, sample(series), series.name,
          element('strong', {}, (spec.y.format ?? short)(value))));
  }
  return [element('p', {}, `${spec.x.label} ${short(at)}`), element('ul', {}, rows)];
}

// A line under the pointer, and a note beside it that reads the curves there.
function followPointer(spec, frame, tip) {
  const places =
      [...new Set(spec.series.flatMap((series) => series.x ?? []))].sort((a, b) => a - b);
  if (places.length === 0) return;
  const cursor = svgElement('line.cursor', {y1: frame.top, y2: frame.bottom, visibility: 'hidden'});
  frame.svg.append(cursor);
  const show = (event) => {
    const pixel = event.clientX - frame.svg.getBoundingClientRect().left;
    const distance = (place) => Math.abs(frame.xScale(place) - pixel);
    const at = places.reduce((best, place) => (distance(place) < distance(best) ? place : best));
    const x = frame.xScale(at);
    for (const end of ['x1', 'x2']) cursor.setAttribute(end, x);
    cursor.setAttribute('visibility', 'visible');
    tip.replaceChildren(...tipRows(spec, at));
    tip.hidden = false;
    const beside = x > (frame.left + frame.right) / 2 ? x - tip.offsetWidth - 12 : x + 12;
    tip.style.left = `${Math.max(0, Math.min(beside, frame.right - tip.offsetWidth + 12))}px`;
  };
  const hide = () => {
    cursor.setAttribute('visibility', 'hidden');
    tip.hidden = true;
  };
  frame.svg.addEventListener('pointermove', show);
  frame.svg.addEventListener('pointerdown', show);
  frame.svg.addEventListener('pointerleave', hide);
}

function xRange(series) {
  const all = series.flatMap((one) => one.x ?? []);
  const low = Math.min(...all), high = Math.max(...all);
  return low === high ? [low - 1, high + 1] : [low, high];
}

// The card around a chart.
function chartCard(title, hint, ...content) {
  return element(
      'figure.chart.card', {},
      element(
          'figcaption', {}, element('h3', {}, title), hint ? element('p.hint', {}, hint) : null),
      ...content);
}

function lineChart(spec) {
  const plot = element('div.plot');
  const values = spec.series.flatMap((one) => (isNumber(one.constant) ? [one.constant] : one.y));
  const height = spec.height ?? 240;
  drawToWidth(plot, height, (width) => {
    const frame = makeFrame({
      width,
      height,
      x: {whole: true, range: xRange(spec.series), ...spec.x},
      y: {...spec.y, range: spec.y.range ?? paddedRange(values, 0.03, spec.y.most)},
      describe: `${spec.title}: ${spec.series.map((one) => one.name).join(', ')}`,
    });
    const tip = element('div.tip', {hidden: true});
    for (const series of spec.series) drawSeries(series, frame);
    followPointer(spec, frame, tip);
    plot.replaceChildren(frame.svg, tip);
  });
  return chartCard(spec.title, spec.hint, legendOf(spec.series), plot);
}
