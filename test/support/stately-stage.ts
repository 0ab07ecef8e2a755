import type { StatelyActorEvent, StatelyInspectionEvent } from '@statelyai/inspect';
import { onTestFinished } from 'vitest';
import { Inspection } from '../../src/io/inspect/inspection.ts';
import type { InspectedSystem } from '../../src/io/inspect/inspected-system.ts';
import type { StatelyRelayMessage } from '../../src/io/inspect/protocol.ts';
import { readInspectFilter } from '../../src/io/inspect/stately/inspect-filter.ts';
import { StatelyDoor } from '../../src/io/inspect/stately/stately-door.ts';
import { VirtualClock } from '../../src/io/virtual-clock.ts';
import { T0 } from './session-facts.ts';

type StatelyStageOptions = {
  /** As `--inspect-filter` has them. */
  readonly filter?: readonly string[];
  readonly mask?: (text: string) => string;
};

/** A door with an inspector's page behind it that notes what it is told, in virtual time. */
export class StatelyStage {
  readonly clock = new VirtualClock(T0);
  readonly inspection = new Inspection({
    source: { kind: 'live', command: 'test', greenroom: '0.0.0', startedAt: T0 },
    clock: this.clock,
    frames: this.clock,
  });
  readonly problems: unknown[] = [];
  readonly told: StatelyRelayMessage[] = [];
  readonly door: StatelyDoor;
  /** Of the page, which may be slow. */
  bufferedBytes = 0;
  listeners = 0;

  constructor({ filter = [], mask = (text) => text }: StatelyStageOptions = {}) {
    const bufferedBytes = () => this.bufferedBytes;
    const send = (message: StatelyRelayMessage) =>
      this.told.push(JSON.parse(JSON.stringify(message)) as StatelyRelayMessage);
    this.door = new StatelyDoor({
      source: {
        actors: () => this.inspection.actors(),
        listen: (hear) => {
          const stop = this.inspection.listen(hear);
          this.listeners += 1;
          return () => {
            this.listeners -= 1;
            stop();
          };
        },
      },
      line: {
        send,
        get bufferedBytes() {
          return bufferedBytes();
        },
      },
      filter: readInspectFilter(filter),
      mask,
      clock: this.clock,
      onProblem: (problem) => this.problems.push(problem),
    });
    onTestFinished(() => this.door.close());
  }

  /** Runs a system that is inspected from its start. */
  run(root: InspectedSystem['root'], about: Partial<InspectedSystem['about']> = {}): void {
    this.inspection.attach({
      root,
      about: { id: root.id, kind: 'job', agent: null, room: null, identity: null, ...about },
      timersOf: () => [],
      session: () => null,
      worker: () => null,
    });
    root.start();
    onTestFinished(() => void root.stop());
  }

  /** Lets this much time pass, as whoever sets timers sees it. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    await converted();
    for (let next = this.clock.next; next && next.dueAt <= end; next = this.clock.next) {
      this.clock.advanceTo(next.dueAt);
      await converted();
    }
    this.clock.advanceTo(end);
  }

  get messages(): readonly StatelyInspectionEvent[] {
    return this.told.flatMap((told) => (told.type === 'message' ? [told.message] : []));
  }

  get actors(): readonly StatelyActorEvent[] {
    return this.messages.filter((message) => message.type === '@xstate.actor');
  }

  get leftOut(): number {
    const counts = this.told.flatMap((told) => (told.type === 'leftOut' ? [told.count] : []));
    return counts.at(-1) ?? 0;
  }

  /** What the page was told of the actor of this name, the latest last. */
  of(name: string): readonly StatelyInspectionEvent[] {
    const ids = this.actors.filter((actor) => actor.name === name).map((actor) => actor.sessionId);
    return this.messages.filter(({ sessionId }) => ids.includes(sessionId));
  }

  /** The last snapshot of the actor of this name. */
  snapshotOf(name: string): Readonly<Record<string, unknown>> | undefined {
    const snapshots = this.of(name).flatMap((message) =>
      message.type === '@xstate.event' ? [] : [message.snapshot],
    );
    return snapshots.at(-1) as Readonly<Record<string, unknown>> | undefined;
  }
}

/** The package converts what it is given in a timer of 0 ms: those fire in their order. */
const converted = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
