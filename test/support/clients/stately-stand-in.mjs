/**
 * Stands in for Stately's hosted inspector: hears with the package's own receiver, which also says that it is
 * there, and keeps what it is told, with who told it.
 */
import { createBrowserReceiver } from '@statelyai/inspect';

const received = [];
const senders = new Set();
addEventListener('message', ({ origin }) => senders.add(origin));
createBrowserReceiver().subscribe((message) => received.push(message));
globalThis.standIn = { received, senders };
