import { signal } from '@preact/signals';
import { createRef, render } from 'preact';
import { Link } from '../model/link.ts';
import type { LinkState } from '../model/store.ts';
import '../shell/shell.css';
import '../style/theme.css';
import '../style/theme.ts';
import { Bridge } from './bridge.ts';
import { decodeStatelyMessage } from '../../../../src/io/inspect/relay-message.codec.ts';
import { StatelyPage } from './stately-page.tsx';
import './stately.css';

const frame = createRef<HTMLIFrameElement>();
const linkState = signal<LinkState>('connecting');

const bridge = new Bridge(
  () => frame.current?.contentWindow ?? null,
  () => link.send({ type: 'connected' }),
);
const link = new Link({
  path: 'stately/stream',
  onState: (state) => {
    linkState.value = state;
  },
  onFrame: (data) => {
    const message = decodeStatelyMessage(data);
    if (message) bridge.take(message);
  },
});

addEventListener('message', (event) => bridge.hear(event));
link.open();

const app = document.getElementById('app');
if (app) render(<StatelyPage {...{ bridge, link, linkState, frame }} />, app);
