// SPDX-License-Identifier: Apache-2.0
// Elements, numbers in words, and the run's data. Text reaches the page as text nodes only: nothing
// that a model wrote is ever read as markup.

const kSvgNamespace = 'http://www.w3.org/2000/svg';

function fill(node, classes, attributes, children) {
  if (classes.length > 0) node.setAttribute('class', classes.join(' '));
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') {
      node.addEventListener(name, value);
    } else {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

// element('p.note', {title: 'why'}, 'text', otherElement): functions among the attributes listen to
// the event of their name.
function element(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  return fill(document.createElement(name), classes, attributes, children);
}

// A table of these heads; `rows`: elements.
function table(tag, heads, rows) {
  return element(
      tag, {},
      element(
          'thead', {}, element('tr', {}, heads.map((head) => element('th', {scope: 'col'}, head)))),
      element('tbody', {}, rows));
}

function svgElement(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  return fill(document.createElementNS(kSvgNamespace, name), classes, attributes, children);
}

// Calls `draw` once the node comes near the screen.
function whenNear(node, draw) {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    draw();
  }, {rootMargin: '400px'});
  observer.observe(node);
}

// Calls `draw(width)` once the node comes near the screen, and whenever its width changes.
// `height`: about what the drawing will take, so that nothing jumps.
function drawToWidth(node, height, draw) {
  node.style.minHeight = `${height}px`;
  whenNear(node, () => {
    let drawn = 0;
    onResize(node, () => {
      const width = Math.floor(node.clientWidth);
      if (width === drawn || width === 0) return;
      drawn = width;
      draw(width);
    });
  });
}

// Calls `act` in the frame after the node got another size: in the same one the browser complains
// of a loop.
function onResize(node, act) {
  new ResizeObserver(() => requestAnimationFrame(act)).observe(node);
}

const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);

function decimals(value, digits) {
  return isNumber(value) ? value.toFixed(digits).replace('-', '−') : '–';
}

const percent = (share, digits = 1) =>
    (isNumber(share) ? `${decimals(100 * share, digits)} %` : '–');

const wholePercent = (share) => decimals(100 * share, 0);

function signed(value, digits) {
  return isNumber(value) ? (value > 0 ? '+' : '') + decimals(value, digits) : '–';
}

// As few digits as tell it apart from its like: 0.0031, 0.52, 7, 44.7, 1,280.
function short(value) {
  if (!isNumber(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US').replace('-', '−');
  if (size >= 100 || Number.isInteger(value)) return decimals(value, 0);
  if (size >= 10) return decimals(value, 1);
  if (size >= 0.01) return decimals(value, 2);
  return value.toPrecision(2).replace('-', '−');
}

const plural = (count, noun) => `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;

// A name of a method or a task as people write it: "PGTS uniform", "best-of-N weighted".
const kSpellings = [
  [/_/g, ' '], [/\b(pgts|mcts|dvts)\b/g, (name) => name.toUpperCase()], [/\bcot\b/g, 'CoT'],
  [/\bbest of n\b/g, 'best-of-N']
];
const words = (name) => kSpellings.reduce((text, [from, to]) => text.replace(from, to), name);

// A model's text with what could hide or reorder letters made visible, as \u{202e}.
const kUnseen =
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const readable = (text) =>
    text.replace(kUnseen, (letter) => `\\u{${letter.codePointAt(0).toString(16)}}`);

const readJson = (id) => JSON.parse(document.getElementById(id).textContent);

// What report_data.h gathered.
const overview = readJson('overview');
