import type { ReadonlySignal } from '@preact/signals';
import type { Ref } from 'preact';
import type { Link } from '../model/link.ts';
import type { LinkState } from '../model/store.ts';
import { TokenDialog } from '../shell/token-dialog.tsx';
import type { Bridge } from './bridge.ts';
import { countText, statusText } from './status-text.ts';

type StatelyPageProps = {
  readonly bridge: Bridge;
  readonly link: Pick<Link, 'problem' | 'useToken'>;
  readonly linkState: ReadonlySignal<LinkState>;
  readonly frame: Ref<HTMLIFrameElement>;
};

/** Says what leaves this machine, and shows Stately's inspector below. */
export function StatelyPage({ bridge, link, linkState, frame }: StatelyPageProps) {
  const url = bridge.url.value;
  const host = url === null ? null : new URL(url).host;
  const state = linkState.value;
  const isLive = state === 'open' && bridge.isConnected.value;
  return (
    <main class="stately">
      <header class="stately-head">
        <h1>greenroom in Stately's inspector</h1>
        <p>
          The frame below is <strong>a page of {host ?? 'another host'}</strong>, from the internet.
          It is handed names, definitions, states, events and contexts of the actors; secrets are
          masked. <a href="./">greenroom's own page</a> works without the internet.
        </p>
        <p class={isLive ? 'stately-status is-live' : 'stately-status'} role="status">
          {statusText(state, bridge.isConnected.value, host)}
        </p>
        <p class="stately-counts numbers">{countText(bridge.sent.value, bridge.leftOut.value)}</p>
      </header>
      {url !== null && (
        <iframe
          ref={frame}
          class="stately-frame"
          src={url}
          title="Stately's inspector"
          referrerpolicy="no-referrer"
        />
      )}
      {state === 'refused' && (
        <TokenDialog problem={link.problem.value} onToken={(token) => link.useToken(token)} />
      )}
    </main>
  );
}
