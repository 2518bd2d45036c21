// SPDX-License-Identifier: Apache-2.0
// The steps of a search as text, each under the one it follows. Only an alternative is indented, so
// that a chain of steps reads straight down.

const kIndent = 18;  // pixels

function stepNotes(node) {
  const notes = [];
  if (node.terminal) {
    const verdict = node.correct === 1 ? ' ✓ right' : node.correct === 0 ? ' ✕ wrong' : '';
    notes.push(
        element(`span.note.${kindOf(node)}`, {}, `answer ${oneLine(node.answer, 30)}${verdict}`));
  }
  if (node.dead) notes.push(element('span.note', {}, '× dead'));
  if (node.duplicate) notes.push(element('span.note', {}, '≡ same as a sibling'));
  if (node.truncated) notes.push(element('span.note', {}, '… cut off'));
  return notes;
}

function scoreBar(score) {
  const bar = element('span.bar');
  bar.style.width = `${Math.round(100 * score)}%`;
  bar.style.background = scoreColour(score);
  return element(
      'span.score', {}, element('span.track', {}, bar), element('span', {}, decimals(score, 2)));
}

class StepsView {
  constructor(pick) {
    this.pick = pick;
    this.list = element('ol.steps');
    this.empty = element('p.hint', {}, 'No step yet: the search stands at the question.');
    this.node = element(
        'section.card.steps-card', {'aria-label': 'Steps'},
        element('h4', {}, 'Steps', element('small', {}, 'score · tokens')), this.empty, this.list);
  }

  show(search) {
    this.search = search;
    this.rows = [];
    for (const node of search.order) {
      if (!node.parent) {
        node.level = 0;
        continue;
      }
      node.level = node.parent.level + (node.parent.children.length > 1 ? 1 : 0);
      this.rows[node.id] = this.makeRow(node);
    }
    this.list.replaceChildren(
        ...search.order.filter((node) => node.parent).map((node) => this.rows[node.id]));
  }

  makeRow(node) {
    const row = element(
        'li', {},
        element(
            'button', {type: 'button', click: () => this.pick(node)},
            glyphPicture(24, node),
            element(
                'span.words', {}, element('span.step-text', {}, node.text || '(empty)'),
                stepNotes(node)),
            element(
                'span.cost', {}, scoreBar(node.score),
                element('span.tokens', {}, plural(node.tokens, 'token')))));
    // Deep alternatives must leave room for their words.
    row.style.setProperty('--indent', `min(${node.level * kIndent}px, 38%)`);
    return row;
  }

  update(state) {
    for (const node of this.search.nodes) {
      if (!node.parent) continue;
      const row = this.rows[node.id];
      row.hidden = node.grownAt > state.decision;
      row.classList.toggle('current', node === state.current);
      row.classList.toggle('picked', node === state.picked);
      row.classList.toggle('on-path', state.path.has(node));
    }
    this.empty.hidden = state.decision > 0;
  }
}
