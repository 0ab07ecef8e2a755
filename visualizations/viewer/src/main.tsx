import { options, render } from 'preact';
import { App } from './app.tsx';
import { openPage } from './model/page.ts';
import './style/theme.css';
import './shell/shell.css';
import './style/theme.ts';

// However many messages come within a frame: it is drawn once.
options.debounceRendering = (draw) => {
  requestAnimationFrame(draw);
};

const app = document.getElementById('app');
if (app) render(<App page={openPage()} />, app);
