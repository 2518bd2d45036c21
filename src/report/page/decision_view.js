// SPDX-License-Identifier: Apache-2.0
// What the policy decided, out of what; and one step in full.

const kEndWords = {
  terminated: 'the policy chose to answer',
  nodes: 'all nodes were used up',
  actions: 'all actions were used up',
  tokens: 'all tokens were used up',
  nothing_legal: 'nothing more was legal',
  running: 'the stored world did not know how it went on',
};

function stepName(node) {
  return node.parent ? `step ${node.id}` : 'the question';
}

function moveSentence(move, search) {
  if (move.action <= 1 && !move.node) return 'finds nothing new to write';
  switch (move.action) {
    case 0: return `goes on from ${stepName(move.from)}: ${stepName(move.node)}`;
    case 1: return `tries an alternative to ${stepName(move.from)}: ${stepName(move.node)}`;
    case 2: return `goes back to ${stepName(move.to)}`;
    default:
      return search.answerNode ? `answers with ${stepName(search.answerNode)}` :
                                 'ends without an answer';
  }
}

function oddsRow(move, action) {
  const odd = move.odds[action];
  const bar = element(`span.bar.action-${action}`);
  bar.style.width = `${Math.round(100 * (odd ?? 0))}%`;
  const chosen = action === move.action;
  return element(
      chosen           ? 'li.chosen' :
          odd === null ? 'li.illegal' :
                         'li',
      {}, element('span.name', {}, `${chosen ? '▸ ' : ''}${kActions[action]}`),
      element('span.track', {}, bar),
      element('span.odd', {}, odd === null ? 'not legal' : percent(odd, 0)));
}

const pairRow = ([name, value]) =>
    element('div', {}, element('dt', {}, name), element('dd', {}, value));

const factList = (facts) => element('dl.pairs', {}, facts.map(pairRow));

// The decision that led to this point; at 0 there was none yet.
function decisionCard(search, decision) {
  if (decision === 0) {
    return element(
        'section.card.decision', {}, element('h4', {}, 'The search begins'),
        element('p', {}, 'It stands at the question. Step on, or play, to watch it decide.'));
  }
  const move = search.moves[decision - 1];
  const last = decision === search.moves.length;
  return element(
      'section.card.decision', {},
      element('p.count', {}, `Decision ${decision} of ${search.moves.length}`),
      element('h4', {}, kActions[move.action], element('small', {}, moveSentence(move, search))),
      element(
          'ul.odds', {'aria-label': 'Probabilities of the policy'},
          kActions.map((_, action) => oddsRow(move, action))),
      factList([
        ['value', `${signed(move.value, 2)} expected return`], ['tokens so far', short(move.tokens)]
      ]),
      last ? element('p.end', {}, `The search ended: ${kEndWords[search.end] ?? search.end}.`) :
             null);
}

function stepState(node) {
  const states = [];
  if (node.terminal)
    states.push(
        `states the answer ${node.answer}` +
        (node.correct === 1     ? ', which is right' :
             node.correct === 0 ? ', which is wrong' :
                                  ''));
  if (node.dead) states.push('is dead: it cannot be continued');
  if (node.duplicate) states.push('says the same as a sibling');
  if (node.truncated) states.push('was cut off at the longest step');
  return states;
}

function stepCard(node, jump) {
  if (!node.parent) return null;
  const states = stepState(node);
  return element(
      'section.card.step-card', {},
      element(
          'h4', {}, `Step ${node.id}`,
          element('small', {}, `attempt ${node.attempt} after ${stepName(node.parent)}`)),
      element('p.quote', {}, node.text || '(empty)'),
      states.map((state) => element('p.state', {}, `It ${state}.`)), factList([
        ['score', decimals(node.score, 3)], ['tokens', short(node.tokens)],
        ['depth', String(node.depth)], ['log-probability', decimals(node.logProb, 2)]
      ]),
      element(
          'button.quiet', {type: 'button', click: () => jump(node.grownAt)},
          `written at decision ${node.grownAt}`));
}
