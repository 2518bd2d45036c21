// SPDX-License-Identifier: Apache-2.0
// The search replay: one search at a time, decision by decision. `decision` counts those applied:
// 0 is the question alone, moves.length the finished tree. A search's data is parsed when it is
// picked.

const kPlayMilliseconds = 900;

function outcomeLine(search, verdict) {
  const found = search.answer ? readable(search.answer.text) : 'no answer';
  return element(
      'p.outcome', {}, verdictSign(verdict),
      element('span', {}, 'found ', element('strong', {}, found)),
      search.gold ? element('span', {}, 'expected ', element('strong', {}, readable(search.gold))) :
                    null);
}

// What stands above the tree: which search, its question, what it found.
class QuestionView {
  // `turn(by)`: the search `by` places on in the list is wanted.
  constructor(turn) {
    const button = (text, title, by) =>
        element('button.quiet', {type: 'button', title, click: () => turn(by)}, text);
    this.name = element('span');
    this.text = element('p.text');
    this.outcome = element('div');
    this.node = element(
        'section.card.problem', {'aria-label': 'The question'},
        element(
            'div.where', {}, this.name,
            element(
                'span.turns', {}, button('← previous', 'previous search (p)', -1),
                button('next →', 'next search (n)', 1))),
        this.text, this.outcome);
  }

  show(searches, index, search) {
    this.name.textContent = `${groupName(searches.group[index])} · ${
        words(searches.method[index])} · ${searches.problem[index]}`;
    this.text.textContent = search.nodes[0].text || '(this file does not hold the question)';
    this.outcome.replaceChildren(outcomeLine(search, searches.verdict[index]));
  }
}

class Replay {
  constructor(searches) {
    this.searches = searches;
    this.list = new SearchList(searches, (index) => this.open(index));
    this.player = new Player((decision) => this.go(decision, true), (turn) => this.turn(turn));
    this.tree = new TreeView((node) => this.pick(node));
    this.steps = new StepsView((node) => this.pick(node));
    this.touched = false;  // by hand: from then on the address says what is shown
    this.question = new QuestionView((by) => this.open(this.list.neighbour(by)));
    this.legend = element('div');
    this.side = element('div.side');
    this.listToggle = element(
        'button.quiet.toggle',
        {type: 'button', 'aria-expanded': 'false', click: () => this.toggleList()},
        'choose another search');
    this.node = element(
        'div.replay', {}, this.listToggle, this.list.node,
        element(
            'div.stage', {}, this.question.node, this.player.node,
            element(
                'div.scene', {}, element('section.card.tree-card', {}, this.tree.node, this.legend),
                this.side, this.steps.node)));
    this.watchKeys();
  }

  toggleList(open = !this.node.classList.contains('choosing')) {
    this.node.classList.toggle('choosing', open);
    this.listToggle.setAttribute('aria-expanded', String(open));
    if (open) this.list.drawRows();
  }

  // `decision`: where to begin; by default the finished tree.
  open(index, decision = Infinity) {
    this.stop();
    if (this.search) this.touched = true;
    this.index = index;
    this.search = unpackSearch(readJson(`search-${index}`));
    this.picked = null;
    this.list.mark(index);
    this.toggleList(false);
    this.question.show(this.searches, index, this.search);
    this.legend.replaceChildren(treeLegend(this.search));
    this.tree.show(this.search);
    this.steps.show(this.search);
    this.go(Math.min(decision, this.search.moves.length));
  }

  go(decision, byHand = false) {
    if (byHand) {
      this.stop();
      this.touched = true;
    }
    this.decision = Math.max(0, Math.min(decision, this.search.moves.length));
    this.picked = null;
    this.update();
    if (this.decision === this.search.moves.length) this.stop();
  }

  pick(node) {
    this.picked = node === this.picked ? null : node;
    this.update();
  }

  update() {
    const {search, decision} = this;
    const done = decision === search.moves.length;
    const answer = done ? search.answerNode : null;
    const current = answer ?? (decision === 0 ? search.nodes[0] : search.moves[decision - 1].to);
    const state = {decision, current, picked: this.picked, path: new Set(pathTo(current))};
    this.tree.update(state);
    this.steps.update(state);
    this.showPlayer();
    const shown = stepCard(this.picked ?? current, (at) => this.jump(at));
    this.side.replaceChildren(decisionCard(search, decision), ...(shown ? [shown] : []));
    if (this.touched) remember(this.index, decision);
  }

  showPlayer() {
    const {decision, search} = this;
    const said = decision === 0 ? 'the question' : moveSentence(search.moves[decision - 1], search);
    this.player.show({decision, most: search.moves.length, said, playing: Boolean(this.timer)});
  }

  // From the button that this takes off the page: the slider has the focus then.
  jump(decision) {
    this.go(decision, true);
    this.player.slider.focus({preventScroll: true});
  }

  turn(turn) {
    if (!this.search) return;  // none is open yet
    if (turn === 'play') return this.timer ? this.stop() : this.play();
    const most = this.search.moves.length;
    const to = {first: 0, back: this.decision - 1, on: this.decision + 1, last: most}[turn];
    this.go(to, true);
  }

  play() {
    if (this.decision === this.search.moves.length) this.go(0);
    this.timer = setInterval(() => this.go(this.decision + 1), kPlayMilliseconds);
    this.update();
  }

  stop() {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
    this.showPlayer();
  }

  // Keys work while the replay is in sight and nothing else wants them.
  watchKeys() {
    let inSight = false;
    new IntersectionObserver((entries) => {
      inSight = entries[entries.length - 1].isIntersecting;
    }).observe(this.player.node);
    const turns = {ArrowLeft: 'back', ArrowRight: 'on', Home: 'first', End: 'last', ' ': 'play'};
    document.addEventListener('keydown', (event) => {
      const typing = event.target.closest('input:not([type=range]), select') !== null;
      const pressing = event.key === ' ' && event.target.closest('button, a, summary') !== null;
      if (!inSight || typing || pressing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'n' || event.key === 'p')
        this.open(this.list.neighbour(event.key === 'n' ? 1 : -1));
      else if (turns[event.key])
        this.turn(turns[event.key]);
      else
        return;
      event.preventDefault();
    });
  }
}

// The address names what is shown, so that it can be passed on: report.html#search=3&decision=7
// A moment later, since browsers complain of an address that changes at every step of a slider.
const kRememberMilliseconds = 300;
let remembering = null;
function remember(search, decision) {
  clearTimeout(remembering);
  remembering = setTimeout(
      () => history.replaceState(null, '', `#search=${search}&decision=${decision}`),
      kRememberMilliseconds);
}

function remembered(count) {
  const found = /^#search=(\d+)(?:&decision=(\d+))?$/.exec(location.hash);
  if (!found || Number(found[1]) >= count) return null;
  return {
    search: Number(found[1]),
    decision: found[2] === undefined ? undefined : Number(found[2])
  };
}

// What one sees first: a search of the first group that was right, of a size that one can follow.
function showpiece({group, verdict, nodes}) {
  const kEasy = 10;  // steps
  const rank = (i) => (group[i] === group[0] ? 1000 : 0) + (verdict[i] === 1 ? 500 : 0) -
      Math.abs(nodes[i] - kEasy);
  let best = 0;
  for (let i = 1; i < group.length; ++i)
    if (rank(i) > rank(best)) best = i;
  return best;
}

function replaySection() {
  if (!overview.searches) return null;
  const replay = new Replay(overview.searches);
  const start = remembered(overview.searches.problem.length);
  const begin = () => replay.open(start?.search ?? showpiece(overview.searches), start?.decision);
  if (start)
    requestAnimationFrame(() => {
      begin();
      replay.node.closest('section').scrollIntoView();
    });
  else
    whenNear(replay.node, begin);
  return [replay.node];
}
