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

class SearchList {
  // `searches`: the columns of report_searches.h; `pick(index)`: one was chosen.
  constructor(searches, pick) {
    this.searches = searches;
    this.pick = pick;
    this.count = searches.problem.length;
    this.groups = [...new Set(searches.group)];
    this.filter = {group: this.groups[0], failed: false, verdict: null, text: ''};
    this.inner = element('div.rows');
    this.window = element(
        'div.window', {scroll: () => this.drawRows(), tabindex: '0', 'aria-label': 'Searches'},
        this.inner);
    this.chips = element('div.choice', {role: 'group', 'aria-label': 'Filter by result'});
    this.node = element(
        'aside.search-list.card', {}, this.makeHead(), this.chips, this.window, this.leftOut());
    onResize(this.window, () => this.drawRows());
    this.apply();
  }

  makeHead() {
    const find = element('input', {
      type: 'search',
      placeholder: 'find in questions',
      'aria-label': 'Find in questions',
      input: (event) => this.set({text: event.target.value.toLowerCase()})
    });
    if (this.groups.length < 2) return element('div.head', {}, find);
    const select = element(
        'select',
        {'aria-label': 'Which searches', change: (event) => this.set({group: event.target.value})},
        this.groups.map((group) => element('option', {value: group}, groupName(group))));
    this.groupSelect = select;
    return element('div.head', {}, select, find);
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

  passes(i, verdict) {
    const {group, text} = this.filter;
    if (this.searches.group[i] !== group) return false;
    if (verdict !== null && this.searches.verdict[i] !== verdict) return false;
    return text === '' ||
        `${this.searches.problem[i]} ${this.searches.question[i]}`.toLowerCase().includes(text);
  }

  indices(verdict) {
    return Array.from({length: this.count}, (_, i) => i).filter((i) => this.passes(i, verdict));
  }

  apply() {
    this.shown = this.indices(this.filter.verdict);
    const chip = (verdict, text) => element(
        'button.chip', {
          type: 'button',
          'aria-pressed': String(this.filter.verdict === verdict),
          click: () => this.set({verdict}),
        },
        `${text} ${this.indices(verdict).length}`);
    const present = ['1', '0', '-1', '-2'].map(Number).filter(
        (verdict) => this.indices(verdict).length > 0 || verdict === this.filter.verdict);
    this.chips.replaceChildren(
        chip(null, 'all'),
        ...present.map(
            (verdict) => chip(verdict, `${kVerdicts[verdict].sign} ${kVerdicts[verdict].word}`)));
    this.inner.style.height = `${this.shown.length * kSearchRow}px`;
    this.window.scrollTop = 0;
    this.drawRows();
  }

  makeRow(place) {
    const i = this.shown[place];
    const {searches} = this;
    const meta = [
      searches.problem[i].split('/').pop(), plural(searches.nodes[i], 'step'),
      plural(searches.tokens[i], 'token')
    ].join(' · ');
    const row = element(
        i === this.picked ? 'button.search.picked' : 'button.search',
        {type: 'button', click: () => this.pick(i)}, verdictSign(searches.verdict[i]),
        element(
            'span.words', {},
            element('span.question', {}, readable(searches.question[i]) || searches.problem[i]),
            element('span.meta', {}, meta)));
    row.style.top = `${place * kSearchRow}px`;
    return row;
  }

  drawRows() {
    const first = Math.max(0, Math.floor(this.window.scrollTop / kSearchRow) - 4);
    const last =
        Math.min(this.shown.length, first + Math.ceil(this.window.clientHeight / kSearchRow) + 8);
    const rows = [];
    for (let place = first; place < last; ++place) rows.push(this.makeRow(place));
    this.inner.replaceChildren(...rows);
    if (this.shown.length === 0) this.inner.append(element('p.hint', {}, 'None.'));
  }

  // Marks it and brings it into sight; leaves the filters that would hide it.
  mark(index) {
    this.picked = index;
    if (!this.shown.includes(index)) {
      if (this.groupSelect) this.groupSelect.value = this.searches.group[index];
      this.set({group: this.searches.group[index], verdict: null, text: ''});
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
