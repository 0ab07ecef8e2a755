type TreeSearchProps = {
  readonly query: string;
  readonly problem: string | null;
  /** Null where nothing is searched for. */
  readonly found: number | null;
  readonly onQuery: (text: string) => void;
  readonly onAll: (isOpen: boolean) => void;
  /** The keyboard goes back to the tree. */
  readonly onDone: () => void;
};

const SHORTCUTS = [
  { word: 'alert:open', label: 'alerts' },
  { word: 'status:error', label: 'errors' },
  { word: 'status:restarted', label: 'restarted' },
  { word: 'kind:machine', label: 'machines' },
] as const;

/** What of the tree is shown. */
export function TreeSearch({ query, problem, found, onQuery, onAll, onDone }: TreeSearchProps) {
  const words = query.split(/\s+/).filter((word) => word !== '');
  const toggle = (word: string): void =>
    onQuery(
      (words.includes(word) ? words.filter((other) => other !== word) : [...words, word]).join(' '),
    );
  return (
    <search class="tree-search">
      <div class="tree-search-line">
        <input
          id="tree-search"
          class="input mono"
          type="search"
          placeholder="Search: alice room:demo state:frozen"
          aria-label="Search actors"
          aria-describedby="tree-search-status"
          {...(problem === null ? {} : { 'aria-invalid': true })}
          spellcheck={false}
          autocomplete="off"
          value={query}
          onInput={(event) => onQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onQuery('');
            if (event.key !== 'Enter' && event.key !== 'ArrowDown') return;
            event.preventDefault();
            onDone();
          }}
        />
        <button
          type="button"
          class="button"
          title="Open all branches"
          aria-label="Open all branches"
          onClick={() => onAll(true)}
        >
          ⊞
        </button>
        <button
          type="button"
          class="button"
          title="Close all branches"
          aria-label="Close all branches"
          onClick={() => onAll(false)}
        >
          ⊟
        </button>
      </div>
      <div class="tree-search-line">
        {SHORTCUTS.map(({ word, label }) => (
          <button
            key={word}
            type="button"
            class="button is-small"
            title={word}
            aria-pressed={words.includes(word)}
            onClick={() => toggle(word)}
          >
            {label}
          </button>
        ))}
        <span class="spacer" />
        <span class="dim numbers">{found !== null && `${found.toLocaleString('en')} found`}</span>
      </div>
      <p id="tree-search-status" class="tree-problem" role="status">
        {problem}
      </p>
    </search>
  );
}
