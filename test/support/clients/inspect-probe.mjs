// The page side of inspect-probe.ts: looks at the page of a relay as it is drawn.

const lineOf = (system, path) =>
  document.querySelector(
    `[role=treeitem][data-system="${CSS.escape(system)}"][data-path="${CSS.escape(path)}"]`,
  );

const statesOf = (line) =>
  [...line.querySelectorAll('.chip')].map(({ textContent }) => textContent).join(' ');

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** As the processes of Node have it. */
const now = () => performance.timeOrigin + performance.now();

let noted = [];

globalThis.inspectProbe = {
  /** What the tree says of every actor, from its first line to its last. */
  async readTree() {
    const tree = document.querySelector('[role=tree]');
    const seen = new Map();
    for (let top = 0; top < tree.scrollHeight; top += tree.clientHeight / 2) {
      tree.scrollTop = top;
      // The first draws what was scrolled to, before or after this.
      await nextFrame();
      await nextFrame();
      for (const line of tree.querySelectorAll('[role=treeitem]')) {
        seen.set(`${line.dataset.system} ${line.dataset.path}`, statesOf(line));
      }
    }
    return Object.fromEntries(seen);
  },

  /** Keeps the states of an actor from here on, and since when they stand in the page. */
  noteStates(system, path) {
    noted = [];
    const note = () => {
      const line = lineOf(system, path);
      const states = line ? statesOf(line) : '';
      if (states !== noted.at(-1)?.states) noted.push({ at: now(), states });
    };
    note();
    const whole = { subtree: true, childList: true, characterData: true };
    new MutationObserver(note).observe(document.body, whole);
  },

  notedStates: () => noted,

  /** When each frame of the next so many milliseconds was drawn. */
  async drawFrames(durationMs) {
    const startedAt = performance.now();
    const frames = [];
    while (performance.now() - startedAt < durationMs) {
      await nextFrame();
      frames.push(performance.now());
    }
    return frames;
  },
};
