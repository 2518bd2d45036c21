// SPDX-License-Identifier: Apache-2.0
// The list of searches to pick from: filters, and rows that exist only while they are in sight.

const kSearchRow = 66;  // pixels; the same in page.css
const kVerdicts = {
  '1': {word: 'right', sign: '✓'},
  '0': {word: 'wrong', sign: '✕'},
  '-1': {word: 'no answer', sign: '–'},
  '-2': {word: 'not graded', sign: '?'},
};

const groupName = (group) => ({train: 'training', eval_pgts: 'evaluation'})[group] ?? words(group);

function verdictSign(verdict) {
  const {word, sign} = kVerdicts[verdict];
  return element(
      `span.verdict.${word.replace(' ', '-')}`, {title: word, role: 'img', 'aria-label': word},
      sign);
}

// What the list can be narrowed to: some verdicts, or (null) none in particular.
const kResults = [
  {name: 'all', verdicts: null}, {name: 'failures', verdicts: [0, -1]},
  ...[1, 0, -1, -2].map(
      (verdict) =>
          ({name: `${kVerdicts[verdict].sign} ${kVerdicts[verdict].word}`, verdicts: [verdict]}))
];

class SearchList {
  // `searches`: the columns of report_searches.h; `pick(index)`: one was chosen.
  constructor(searches, pick) {
    this.searches = searches;
    this.pick = pick;
    this.count = searches.problem.length;
    this.groups = [...new Set(searches.group)];
    this.filter = {group: this.groups[0], result: kResults[0], text: ''};
    this.rows = new Map();  // those that are drawn, by the search's number
    this.inner = element('div.rows');
    this.none = element('p.hint', {}, 'None.');
    this.window = element(
        'div.window',
        {scroll: () => this.drawRows(), tabindex: '0', role: 'region', 'aria-label': 'Searches'},
        this.inner, this.none);
    this.chips = kResults.map(
        (result) => element('button.chip', {type: 'button', click: () => this.set({result})}));
    this.node = element(
        'aside.search-list.card', {'aria-label': 'Choose a search'}, this.makeHead(),
        element('div.choice', {role: 'group', 'aria-label': 'Filter by result'}, this.chips),
        this.window, this.leftOut());
    onResize(this.window, () => this.drawRows());
    this.apply();
  }

  makeHead() {
    this.find = element('input', {
      type: 'search',
      placeholder: 'find in questions',
      'aria-label': 'Find in questions',
      input: (event) => this.set({text: event.target.value.toLowerCase()})
    });
    if (this.groups.length < 2) return element('div.head', {}, this.find);
    const select = element(
        'select',
        {'aria-label': 'Which searches', change: (event) => this.set({group: event.target.value})},
        this.groups.map((group) => element('option', {value: group}, groupName(group))));
    this.groupSelect = select;
    return element('div.head', {}, select, this.find);
  }

  leftOut() {
    const left = this.searches.left_out;
    if (!(left > 0)) return null;
    return element('p.hint', {}, `There was no room in this file for ${short(left)} more.`);
  }

  set(change) {
    Object.assign(this.filter, change);
    this.apply();
  }

  passes(i, {verdicts}) {
    const {group, text} = this.filter;
    if (this.searches.group[i] !== group) return false;
    if (verdicts && !verdicts.includes(this.searches.verdict[i])) return false;
    return text === '' ||
        `${this.searches.problem[i]} ${this.searches.question[i]}`.toLowerCase().includes(text);
  }

  indices(result) {
    return Array.from({length: this.count}, (_, i) => i).filter((i) => this.passes(i, result));
  }

  apply() {
    this.shown = this.indices(this.filter.result);
    this.none.hidden = this.shown.length > 0;
    this.nameChips();
    this.inner.style.height = `${this.shown.length * kSearchRow}px`;
    this.window.scrollTop = 0;
    this.drawRows();
  }

  // How many each would show; without those that would show none, or the same as their neighbour.
  nameChips() {
    const counts = kResults.map((result) => this.indices(result).length);
    const failures = kResults.findIndex(({name}) => name === 'failures');
    const oneKind = kResults.some(
        ({verdicts}, i) =>
            verdicts?.length === 1 && verdicts[0] !== 1 && counts[i] === counts[failures]);
    kResults.forEach((result, i) => {
      const pressed = result === this.filter.result;
      const idle = i > 0 && counts[i] === 0 || i === failures && oneKind;
      this.chips[i].textContent = `${result.name} ${counts[i]}`;
      this.chips[i].setAttribute('aria-pressed', pressed);
      this.chips[i].hidden = idle && !pressed;
    });
  }

  makeRow(i) {
    const {searches} = this;
    const meta = [
      searches.problem[i].split('/').pop(), plural(searches.nodes[i], 'step'),
      plural(searches.tokens[i], 'token')
    ].join(' · ');
    return element(
        'button.search', {type: 'button', click: () => this.pick(i)},
        verdictSign(searches.verdict[i]),
        element(
            'span.words', {},
            element('span.question', {}, readable(searches.question[i]) || searches.problem[i]),
            element('span.meta', {}, meta)));
  }

  // Rows that stay in sight stay in the page, too: one in focus would lose it otherwise.
  drawRows() {
    const first = Math.max(0, Math.floor(this.window.scrollTop / kSearchRow) - 4);
    const count = Math.ceil(this.window.clientHeight / kSearchRow) + 8;
    const wanted = this.shown.slice(first, first + count);
    for (const [i, row] of this.rows) {
      if (wanted.includes(i)) continue;
      row.remove();
      this.rows.delete(i);
    }
    let next = this.inner.firstChild;
    wanted.forEach((i, place) => {
      if (!this.rows.has(i)) this.rows.set(i, this.makeRow(i));
      const row = this.rows.get(i);
      row.style.top = `${(first + place) * kSearchRow}px`;
      row.classList.toggle('picked', i === this.picked);
      row.setAttribute('aria-current', i === this.picked);
      if (row === next) {
        next = next.nextSibling;
      } else {
        this.inner.insertBefore(row, next);
      }
    });
  }

  // Marks it and brings it into sight; leaves the filters that would hide it.
  mark(index) {
    this.picked = index;
    if (!this.shown.includes(index)) {
      this.find.value = '';
      if (this.groupSelect) this.groupSelect.value = this.searches.group[index];
      this.set({group: this.searches.group[index], result: kResults[0], text: ''});
    }
    const top = this.shown.indexOf(index) * kSearchRow;
    const {scrollTop, clientHeight} = this.window;
    if (top < scrollTop || top + kSearchRow > scrollTop + clientHeight)
      this.window.scrollTop = Math.max(0, top - kSearchRow);
    this.drawRows();
  }

  // The search `by` places on in the list as it is filtered.
  neighbour(by) {
    const place = this.shown.indexOf(this.picked);
    return this.shown[Math.min(this.shown.length - 1, Math.max(0, place + by))] ?? this.picked;
  }
}
