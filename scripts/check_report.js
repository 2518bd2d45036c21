// SPDX-License-Identifier: Apache-2.0
// What scripts/check_report.sh has a report do before it takes its picture. Returns what it saw.
(async (place) => {
  const drawn = () =>
      new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const root = document.documentElement;

  // Everything is drawn once it comes near: so all of it is brought there.
  async function scrollThrough() {
    for (let at = 0; at < root.scrollHeight; at += innerHeight) {
      scrollTo(0, at);
      await drawn();
    }
  }

  // Walks a search from its question to its end, one decision at a time: its tree must begin with
  // the question alone, never lose a node, and end with all of them.
  function walkSearch() {
    const key = (name) => document.querySelector(`.key[aria-label^="${name}"]`);
    if (!key('to the question')) return 'absent';
    const shown = () => document.querySelectorAll('.tree .node:not(.ungrown)').length;
    key('to the question').click();
    let before = shown();
    if (before !== 1) return `begins with ${before} nodes`;
    const most = Number(document.querySelector('.player .count').textContent.split(' / ')[1]);
    for (let decision = 1; decision <= most; ++decision) {
      key('one decision on').click();
      if (shown() < before) return `loses a node at decision ${decision}`;
      before = shown();
    }
    return before === document.querySelectorAll('.tree .node').length ? 'whole' :
                                                                        `ends with ${before} nodes`;
  }

  await scrollThrough();
  const replay = walkSearch();
  scrollTo(0, 0);
  document.getElementById(place)?.scrollIntoView();
  await drawn();
  const scripts = [...document.scripts].filter((script) => script.type !== 'application/json');
  const foreign = document.querySelectorAll('img, iframe, object, embed, link, base, form');
  return `title ${document.title}; first picture ${root.dataset.firstPicture} ms; ` +
      `pictures ${document.querySelectorAll('svg').length}; too wide by ${
             root.scrollWidth - root.clientWidth}; ` +
      `scripts ${scripts.length}; foreign ${foreign.length}; replay ${replay}`;
})
