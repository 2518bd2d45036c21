// SPDX-License-Identifier: Apache-2.0
// A packed search (report_replay.h) as objects, and where its nodes stand in the picture.
//
// Columns are depths, from left to right. A first child stands in its parent's row, every further
// one below all that came before: a path reads straight to the right, alternatives hang below it.
// The layout is that of the finished tree, so that nothing moves while it grows.

const kTerminal = 1, kDead = 2, kTruncated = 4, kDuplicate = 8;
const kActionLetters = 'ebkt';  // in the order of kActions

function unpackNodes(packed) {
  const root = {
    id: 0,
    parent: null,
    depth: 0,
    children: [],
    score: 0.5,
    text: readable(packed.question),
    tokens: 0
  };
  const nodes = [root];
  const columns = packed.nodes;
  columns.parent.forEach((parent, i) => {
    const id = i + 1;
    const flags = columns.flags[i];
    nodes.push({
      id,
      parent: nodes[parent],
      depth: nodes[parent].depth + 1,
      children: [],
      attempt: columns.attempt[i],
      score: columns.score[i] / 1000,
      logProb: columns.log_prob[i] / 1000,
      tokens: columns.tokens[i],
      terminal: Boolean(flags & kTerminal),
      dead: Boolean(flags & kDead),
      truncated: Boolean(flags & kTruncated),
      duplicate: Boolean(flags & kDuplicate),
      text: readable(columns.text[i].replace(/\s+$/, '')),
      answer: readable(columns.answer[id] ?? ''),
      correct: columns.correct[id],
    });
    nodes[parent].children.push(nodes[id]);
  });
  return nodes;
}

function unpackMoves(packed, nodes) {
  let grown = 0, from = 0, tokens = 0;
  return Array.from(packed.moves.action, (letter, i) => {
    const action = kActionLetters.indexOf(letter);
    // A new node is where the search goes; it stays where nothing was left to write.
    const node = packed.moves.to[i] > grown ? nodes[++grown] : null;
    if (node) node.grownAt = i + 1;
    tokens += node ? node.tokens : 0;
    const move = {
      action,
      node,
      from: nodes[from],
      to: nodes[packed.moves.to[i]],
      tokens,
      value: packed.moves.value[i] / 100,
      odds: packed.moves.odds[i].map((odd) => (odd < 0 ? null : odd / 1000))
    };
    from = packed.moves.to[i];
    return move;
  });
}

// All nodes, parents before children, children by attempt.
function inOrder(root) {
  const order = [], open = [root];
  while (open.length > 0) {
    const node = open.pop();
    order.push(node);
    open.push(...[...node.children].reverse());
  }
  return order;
}

// Gives every node its row; returns how many rows and columns there are.
function layOut(order) {
  let rows = 0;
  for (const node of order) {
    const first = !node.parent || node.parent.children[0] === node;
    node.row = node.parent && first ? node.parent.row : rows++;
  }
  return {rows, columns: 1 + Math.max(...order.map((node) => node.depth))};
}

function unpackSearch(packed) {
  const nodes = unpackNodes(packed);
  const moves = unpackMoves(packed, nodes);
  const order = inOrder(nodes[0]);
  return {
    ...packed,
    nodes,
    moves,
    order,
    ...layOut(order),
    answerNode: packed.answer ? nodes[packed.answer.node] : null
  };
}

// From below the root down to the node.
function pathTo(node) {
  const path = [];
  for (let at = node; at.parent; at = at.parent) path.unshift(at);
  return path;
}

// What a node is, in a word: it decides the shape.
function kindOf(node) {
  if (!node.parent) return 'root';
  if (node.terminal) return node.correct === 1 ? 'right' : node.correct === 0 ? 'wrong' : 'answer';
  return node.dead ? 'dead' : 'step';
}
