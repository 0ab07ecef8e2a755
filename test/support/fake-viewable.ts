import { greenroomVersion } from '../../src/io/version.ts';
import {
  PROTOCOL_VERSION,
  type RelayMessage,
  type ViewerMessage,
} from '../../src/io/inspect/protocol.ts';
import type { Viewable, ViewerLine, Viewing } from '../../src/io/inspect/viewable.ts';

/** Greets every viewer, and remembers what it says. */
export class FakeViewable implements Viewable {
  readonly lines: ViewerLine[] = [];
  readonly taken: ViewerMessage[] = [];
  closedCount = 0;
  /** Told to each viewer when it looks for the first time. */
  shown: readonly RelayMessage[] = [];
  /** What goes wrong when a viewer says something. */
  defect: Error | null = null;

  open(line: ViewerLine): Viewing {
    this.lines.push(line);
    line.send({
      type: 'hello',
      version: PROTOCOL_VERSION,
      source: { kind: 'live', command: 'test', greenroom: greenroomVersion, startedAt: 0 },
      at: 1,
    });
    let isShown = false;
    return {
      take: (message) => {
        if (this.defect) throw this.defect;
        this.taken.push(message);
        if (isShown || message.type !== 'look') return;
        isShown = true;
        for (const one of this.shown) line.send(one);
      },
      close: () => {
        this.closedCount += 1;
      },
    };
  }
}
