// SPDX-License-Identifier: Apache-2.0
// The bar of buttons and the slider that move a replay.

// Drawn, since fonts differ in such signs; 20 by 20.
const kIcons = {
  first: 'M4 4h2.4v12H4zM16 4v12L7.4 10z',
  back: 'M13.5 4v12L5 10z',
  play: 'M5.5 3.5v13L16.5 10z',
  pause: 'M5 4h3.6v12H5zM11.4 4H15v12h-3.6z',
  on: 'M6.5 4v12L15 10z',
  last: 'M13.6 4H16v12h-2.4zM4 4v12l8.6-6z',
};
const icon = (name) => svgElement(
    'svg', {width: 20, height: 20, viewBox: '0 0 20 20', 'aria-hidden': 'true'},
    svgElement('path', {d: kIcons[name], fill: 'currentColor'}));

class Player {
  // `go(decision)`: the slider was moved; `turn(name of an icon)`: a button was pressed.
  constructor(go, turn) {
    const button = (name, title) => element(
        'button.key', {type: 'button', title, 'aria-label': title, click: () => turn(name)},
        icon(name));
    this.playButton = button('play', 'play (space)');
    this.slider = element('input', {
      type: 'range',
      min: '0',
      'aria-label': 'Decision',
      input: () => go(Number(this.slider.value))
    });
    this.count = element('span.count', {}, '');
    this.node = element(
        'div.player.card', {},
        element(
            'div.keys', {}, button('first', 'to the question (Home)'),
            button('back', 'one decision back (←)'), this.playButton,
            button('on', 'one decision on (→)'), button('last', 'to the end (End)')),
        this.slider, this.count);
  }

  // `said`: the decision in words, for those who hear the slider.
  show({decision, most, said, playing}) {
    this.slider.max = String(most);
    this.slider.value = String(decision);
    this.slider.setAttribute('aria-valuetext', `${decision} of ${most}: ${said}`);
    this.count.textContent = `${decision} / ${most}`;
    this.playButton.replaceChildren(icon(playing ? 'pause' : 'play'));
    this.playButton.setAttribute('aria-label', `${playing ? 'pause' : 'play'} (space)`);
  }
}
