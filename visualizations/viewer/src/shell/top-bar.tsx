import { useEffect, useState } from 'preact/hooks';
import type { Source } from '../../../../src/io/inspect/protocol.ts';
import type { Page } from '../model/page.ts';
import { formatRoute, VIEWS, type View } from '../model/route.ts';
import { switchTheme, theme } from '../style/theme.ts';

type TopBarProps = { readonly page: Page; readonly onHelp: () => void };

const NAMES: Readonly<Record<View, string>> = {
  actors: 'Actors',
  alerts: 'Alerts',
  worker: 'Worker',
};

export function TopBar({ page, onHelp }: TopBarProps) {
  const { store, location } = page;
  const route = location.route.value;
  const source = store.source.value;
  const openAlerts = store.alerts.value.filter(({ alert }) => alert.resolvedAt === undefined);
  return (
    <header class="top-bar">
      <h1 class="brand">greenroom</h1>
      {source && <span class="source">{sourceText(source)}</span>}
      <nav class="tabs" aria-label="Views">
        {VIEWS.map((view) => (
          <a
            key={view}
            class="tab"
            href={formatRoute({ ...route, view })}
            aria-current={view === route.view ? 'page' : undefined}
          >
            {NAMES[view]}
            {view === 'actors' && <Count of="actors">{store.actorCount.value}</Count>}
            {view === 'alerts' && openAlerts.length > 0 && (
              <Count of="open alerts" isBad>
                {openAlerts.length}
              </Count>
            )}
          </a>
        ))}
      </nav>
      <span class="spacer" />
      <LinkStatus page={page} />
      <button
        type="button"
        class="button"
        onClick={switchTheme}
        aria-label={`Theme: ${theme.value}`}
        title="Dark or light (t)"
      >
        {theme.value === 'dark' ? '☾' : '☀'}
      </button>
      <button type="button" class="button" onClick={onHelp} aria-label="Help" title="Help (?)">
        ?
      </button>
    </header>
  );
}

type CountProps = {
  readonly of: string;
  readonly isBad?: boolean;
  readonly children: number;
};

function Count({ of, isBad = false, children }: CountProps) {
  return (
    <span class={isBad ? 'count numbers is-bad' : 'count numbers'}>
      {children.toLocaleString('en')}
      <span class="unseen"> {of}</span>
    </span>
  );
}

const sourceText = (source: Source): string =>
  source.kind === 'live'
    ? `live: greenroom ${source.command}`
    : `recording: ${source.file ?? 'none opened'}`;

/** Whether what is shown is what is. */
function LinkStatus({ page }: { readonly page: Page }) {
  const { store, link } = page;
  const state = store.link.value;
  const retryAt = link.retryAt.value;
  const [secondsLeft, setSecondsLeft] = useState(0);
  useEffect(() => {
    if (retryAt === null) return;
    const count = (): void =>
      setSecondsLeft(Math.max(0, Math.ceil((retryAt - performance.now()) / 1_000)));
    count();
    const timer = setInterval(count, 1_000);
    return () => clearInterval(timer);
  }, [retryAt]);
  const isComing = state === 'open' && !store.isReady.value;
  return (
    <span class={`link-status is-${isComing ? 'connecting' : state}`} role="status">
      {isComing && `reading ${store.expectedActors.value.toLocaleString('en')} actors`}
      {state === 'open' && !isComing && 'connected'}
      {state === 'connecting' && 'connecting'}
      {state === 'refused' && 'token wanted'}
      {state === 'lost' && (
        <>
          {link.problem.value ?? 'connection lost'}
          <span aria-hidden="true">, next try in {secondsLeft} s</span>
        </>
      )}
    </span>
  );
}
