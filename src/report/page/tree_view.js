// SPDX-License-Identifier: Apache-2.0
// The picture of a search's tree. Shape says what a node is, colour and number its score:
//   circle  a step, its score inside      square ✓  a right answer      diamond ✕  a wrong one
//   dashed circle ×  dead                 dotted ring  a sibling has the same text

const kRoomy = {
  radius: 13,
  row: 36,
  column: 34
};  // least distances, in pixels
const kDense = {
  radius: 10,
  row: 24,
  column: 28
};
const kDenseFrom = 20;         // rows
const kLabelsFromColumn = 76;  // pixels: from this column width on, steps show their text

// From --low over --middle at 0.5 to --high; follows the colour scheme.
function scoreColour(score) {
  const far = Math.min(1, Math.abs(score - 0.5) * 2);
  return `color-mix(in oklab, var(${score < 0.5 ? '--low' : '--high'}) ${
      Math.round(100 * far)}%, var(--middle))`;
}

// ".81", "1.0", "0"
function scoreText(score) {
  if (score >= 0.995) return '1.0';
  return score < 0.005 ? '0' : decimals(score, 2).slice(1);
}

function coloured(node, score) {
  node.style.fill = scoreColour(score);
  return node;
}

// The node's shape around (0, 0), with what stands in it.
function glyph(node, radius = kRoomy.radius) {
  const sign = (text, size = 0.85) => svgElement(
      'text.sign', {y: radius * 0.32, 'text-anchor': 'middle', 'font-size': radius * size}, text);
  const group = svgElement(`g.glyph.${kindOf(node)}`);
  switch (kindOf(node)) {
    case 'root': group.append(svgElement('circle', {r: radius}), sign('Q')); break;
    case 'right': group.append(mark('square', {radius}), sign('✓', 1)); break;
    case 'wrong': group.append(mark('diamond', {radius: radius * 0.98}), sign('✕', 1)); break;
    case 'answer': group.append(mark('square', {radius}), sign('=', 1)); break;
    case 'dead': group.append(svgElement('circle', {r: radius * 0.8}), sign('×', 1)); break;
    default:
      group.append(
          coloured(svgElement('circle.scored', {r: radius}), node.score),
          sign(scoreText(node.score)));
  }
  if (node.duplicate) group.append(svgElement('circle.duplicate', {r: radius + 3.5}));
  return group;
}

function glyphPicture(size, node, radius) {
  return svgElement(
      'svg', {width: size, height: size, viewBox: '-17 -17 34 34', 'aria-hidden': 'true'},
      glyph(node, radius));
}

function oneLine(text, most) {
  const line = text.replace(/\s+/g, ' ').trim();
  const letters = Array.from(line);
  return letters.length > most ? `${letters.slice(0, Math.max(1, most - 1)).join('')}…` : line;
}

class TreeView {
  // `pick(node)`: a node was chosen by hand.
  constructor(pick) {
    this.pick = pick;
    this.node = element(
        'div.tree', {tabindex: '0', role: 'region', 'aria-label': 'The tree of the search'});
    this.width = 0;
    drawToWidth(this.node, 150, (width) => {
      this.width = width;
      if (this.search) this.draw();
    });
  }

  show(search) {
    this.search = search;
    if (this.width > 0) this.draw();
  }

  // Where columns and rows stand: as wide as the room allows, never too narrow to tell nodes apart.
  measure() {
    const {rows, columns} = this.search;
    const least = rows > kDenseFrom ? kDense : kRoomy;
    this.radius = least.radius;
    const right = this.width < 480 ? 62 : 84;  // room for what the last column's answers say
    const edges = 2 * this.radius + 16 + right;
    this.column =
        Math.max(least.column, Math.min(150, (this.width - edges) / Math.max(1, columns - 1)));
    this.labelled = least === kRoomy && this.column >= kLabelsFromColumn;
    this.rowHeight = least.row + (this.labelled ? 14 : 0);
    this.svgWidth = Math.max(this.width - 2, edges + this.column * (columns - 1));
    this.svgHeight = this.rowHeight * rows + 22;
  }

  place(node) {
    return [this.radius + 8 + this.column * node.depth, 10 + this.rowHeight * (node.row + 0.5)];
  }

  draw() {
    this.measure();
    const svg = svgElement('svg', {width: this.svgWidth, height: this.svgHeight, role: 'group'});
    this.edges = [], this.groups = [];
    for (const node of this.search.nodes) {
      if (!node.parent) continue;
      this.edges[node.id] = svgElement('path.edge', {d: this.edgePath(node)});
      svg.append(this.edges[node.id]);
    }
    for (const node of this.search.nodes) {
      this.groups[node.id] = this.drawNode(node);
      svg.append(this.groups[node.id]);
    }
    this.node.replaceChildren(svg);
    if (this.state) this.update(this.state);
  }

  edgePath(node) {
    const [x0, y0] = this.place(node.parent), [x1, y1] = this.place(node);
    const from = x0 + this.radius, to = x1 - this.radius, middle = (from + to) / 2;
    return `M${from},${y0}C${middle},${y0} ${middle},${y1} ${to},${y1}`;
  }

  drawNode(node) {
    const [x, y] = this.place(node);
    const group = svgElement(
        'g.node', {transform: `translate(${x},${y})`, click: () => this.pick(node)},
        svgElement('circle.halo', {r: this.radius + 5.5}), glyph(node, this.radius));
    if (node.terminal) {
      group.append(svgElement('text.answer', {x: this.radius + 9, y: 4}, oneLine(node.answer, 9)));
    }
    if (this.labelled && node.parent && !node.terminal) {
      const letters = Math.floor(this.column / 6.1);
      group.append(svgElement(
          'text.step', {y: this.radius + 14, 'text-anchor': 'middle'},
          oneLine(node.text, letters)));
    }
    group.append(
        svgElement('title', {}, node.parent ? `step ${node.id}: ${node.text}` : 'the question'));
    return group;
  }

  // {decision, current (at the end: the answer), picked, path: Set of the nodes down to the
  // current}
  update(state) {
    this.state = state;
    if (!this.groups) return;
    for (const node of this.search.nodes) {
      const classes = this.groups[node.id].classList;
      classes.toggle('ungrown', node.parent !== null && node.grownAt > state.decision);
      classes.toggle('current', node === state.current);
      classes.toggle('picked', node === state.picked);
      if (!node.parent) continue;
      this.edges[node.id].classList.toggle('ungrown', node.grownAt > state.decision);
      this.edges[node.id].classList.toggle('on-path', state.path.has(node));
    }
    this.reveal(state.picked ?? state.current);
  }

  // Scrolls the picture, never the page: to the middle, if the node is out of sight.
  reveal(node) {
    const [x, y] = this.place(node);
    const {scrollLeft, scrollTop, clientWidth, clientHeight} = this.node;
    const spot = (at, begin, size) =>
        (at < begin + 40 || at > begin + size - 40 ? at - size / 2 : begin);
    this.node.scrollTo(
        {left: spot(x, scrollLeft, clientWidth), top: spot(y, scrollTop, clientHeight)});
  }
}

const kLegend = [
  [{kind: 'step', score: 0.95, depth: 1}, 'step, likely right'],
  [{kind: 'step', score: 0.08, depth: 1}, 'step, likely wrong'],
  [{terminal: true, correct: 1}, 'right answer'],
  [{terminal: true, correct: 0}, 'wrong answer'],
  [{terminal: true}, 'answer, not graded'],
  [{dead: true}, 'dead: cannot go on'],
  [{score: 0.5, duplicate: true}, 'same text as a sibling'],
];

// The signs that this search uses.
function treeLegend(search) {
  const used = (sample) => search.nodes.some(
      (node) => node.parent &&
          (sample.duplicate ? node.duplicate : kindOf(node) === kindOf({...sample, parent: {}})));
  const entries =
      kLegend.filter(([sample]) => used(sample))
          .map(
              ([sample, text]) => element(
                  'li', {}, glyphPicture(26, {...sample, parent: {}}, 12),
                  element('span', {}, text)));
  return element('ul.legend', {}, entries);
}
