import { PassThrough } from 'node:stream';
import { TextSink } from './text-sink.ts';

/** A keyboard in raw mode, and a terminal whose size a test may change. */
export function fakeTerminal() {
  const rawModes: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => rawModes.push(isRaw),
  });
  const output = new TextSink();
  const resize = (columns: number, rows: number): void => {
    output.columns = columns;
    output.rows = rows;
    output.emit('resize');
  };
  return { input, output, rawModes, resize };
}
