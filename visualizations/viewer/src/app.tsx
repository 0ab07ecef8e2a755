import { useMemo, useState } from 'preact/hooks';
import { AlertsPanel } from './alerts/alerts-panel.tsx';
import { ChartPanel } from './chart/chart-panel.tsx';
import { ContextPanel } from './context/context-panel.tsx';
import { EventsPanel } from './events/events-panel.tsx';
import type { Page } from './model/page.ts';
import type { PanelProps } from './model/panel.ts';
import { DropZone } from './playback/drop-zone.tsx';
import { PlaybackBar } from './playback/playback-bar.tsx';
import { playbackShortcuts } from './playback/playback-shortcuts.ts';
import { HelpDialog } from './shell/help-dialog.tsx';
import { PageLayout } from './shell/layout.ts';
import type { Shortcut } from './shell/shortcuts.ts';
import { Splitter } from './shell/splitter.tsx';
import { TokenDialog } from './shell/token-dialog.tsx';
import { TopBar } from './shell/top-bar.tsx';
import { useShortcuts } from './shell/use-shortcuts.ts';
import { switchTheme } from './style/theme.ts';
import { TimelinePanel } from './timeline/timeline-panel.tsx';
import { TreePanel } from './tree/tree-panel.tsx';
import { WorkerPanel } from './worker/worker-panel.tsx';

/** All of the page. */
export function App({ page }: { readonly page: Page }) {
  const { store, link, location, choose } = page;
  const layout = useMemo(() => new PageLayout(), []);
  const [isHelpOpen, openHelp] = useState(false);
  const panel: PanelProps = useMemo(
    () => ({ store, choose, send: (message) => link.send(message) }),
    [store, choose, link],
  );
  const shortcuts = useMemo<readonly Shortcut[]>(
    () => [
      { keys: '/', does: 'search the tree', run: () => searchTree(page) },
      { keys: 'g a', does: 'actors', run: () => location.go({ view: 'actors' }) },
      { keys: 'g l', does: 'alerts', run: () => location.go({ view: 'alerts' }) },
      { keys: 'g w', does: 'worker', run: () => location.go({ view: 'worker' }) },
      { keys: '[', does: 'show or hide the tree', run: () => layout.toggle('tree') },
      { keys: ']', does: 'show or hide context and events', run: () => layout.toggle('side') },
      { keys: 't', does: 'dark or light', run: switchTheme },
      ...playbackShortcuts(panel),
      { keys: '?', does: 'this help', run: () => openHelp(true) },
    ],
    [page, location, layout, panel],
  );
  useShortcuts(shortcuts);
  const { view } = location.route.value;
  return (
    <div class="app">
      <TopBar page={page} onHelp={() => openHelp(true)} />
      <main class="view">
        {view === 'actors' && <ActorsView page={page} panel={panel} layout={layout} />}
        {view === 'alerts' && <AlertsPanel {...panel} />}
        {view === 'worker' && <WorkerPanel {...panel} />}
      </main>
      {store.source.value?.kind === 'recording' && <PlaybackBar {...panel} />}
      <DropZone {...panel} />
      <HelpDialog shortcuts={shortcuts} isOpen={isHelpOpen} onClose={() => openHelp(false)} />
      {store.link.value === 'refused' && (
        <TokenDialog problem={link.problem.value} onToken={(token) => link.useToken(token)} />
      )}
    </div>
  );
}

type ActorsViewProps = {
  readonly page: Page;
  readonly panel: PanelProps;
  readonly layout: PageLayout;
};

function ActorsView({ page, panel, layout }: ActorsViewProps) {
  const { sizes, closed } = layout.current.value;
  const size = {
    '--tree-size': `${sizes.tree}px`,
    '--side-size': `${sizes.side}px`,
    '--timeline-size': `${sizes.timeline}px`,
    '--context-size': `${sizes.context}px`,
  };
  const without = closed.map((name) => `without-${name}`).join(' ');
  return (
    <div class={`actors-view ${without}`} style={size}>
      {!closed.includes('tree') && (
        <>
          <div class="area-tree">
            <TreePanel {...panel} location={page.location} />
          </div>
          <Splitter
            {...{ layout, name: 'tree', orientation: 'vertical', side: 'before' }}
            label="Width of the tree"
          />
        </>
      )}
      <div class="area-chart">
        <ChartPanel {...panel} />
      </div>
      {!closed.includes('side') && (
        <>
          <Splitter
            {...{ layout, name: 'side', orientation: 'vertical', side: 'behind' }}
            label="Width of context and events"
          />
          <div class="area-side">
            <div class="area-context">
              <ContextPanel {...panel} />
            </div>
            <Splitter
              {...{ layout, name: 'context', orientation: 'horizontal', side: 'before' }}
              label="Height of the context"
            />
            <div class="area-events">
              <EventsPanel {...panel} />
            </div>
          </div>
        </>
      )}
      <Splitter
        {...{ layout, name: 'timeline', orientation: 'horizontal', side: 'behind' }}
        label="Height of the timeline"
      />
      <div class="area-timeline">
        <TimelinePanel {...panel} />
      </div>
    </div>
  );
}

function searchTree({ location }: Page): void {
  const focus = (): boolean => {
    const search = document.querySelector<HTMLElement>('#tree-search');
    search?.focus();
    return search !== null;
  };
  if (focus()) return;
  location.go({ view: 'actors' });
  // A frame draws the tree, and it is there in the next.
  requestAnimationFrame(() => requestAnimationFrame(focus));
}
