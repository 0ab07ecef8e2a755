import { isMachineSnapshot, type AnyStateMachine, type Snapshot, type SnapshotFrom } from 'xstate';
import type { AgentView } from '../../agents/define-agent.ts';
import { createAudioLevelsActor } from '../../actors/audio-levels.actor.ts';
import { JobControl } from '../../actors/control.actor.ts';
import { createAnalysisActor } from '../../actors/analysis.actor.ts';
import type { JobServices, RoomClient } from '../../actors/ports.ts';
import { createRoomConnectionActor } from '../../actors/room-connection.actor.ts';
import { createRoomServiceActor } from '../../actors/room-service.actor.ts';
import { createRosterActor } from '../../actors/roster.actor.ts';
import { createRuleFunctionsActor } from '../../actors/rule-functions.actor.ts';
import { createTrackStatsActor } from '../../actors/track-stats.actor.ts';
import { createWebhooksActor } from '../../actors/webhooks.actor.ts';
import { endedWithJob } from '../../machines/alerts/alert.logic.ts';
import type { ControlFact, EndReason, ErrorInfo } from '../../machines/events.ts';
import type { JobEmission } from '../../machines/job/job.machine.ts';
import type { JobEmitted, JobOffer } from '../../machines/worker/events.ts';
import { toSessionView, type SessionView } from '../http/sessions-view.ts';
import type { InspectedSystem, SystemInspector } from '../inspect/inspected-system.ts';
import { runInJob } from '../job-scope.ts';
import { lookAt } from './agent-view.ts';
import { beginJob, type NewJob, type RecordedJob } from './begin-job.ts';
import { isAlertEmission, JobAlerts } from './job-alerts.ts';
import type { JobPorts } from './job-machines.ts';
import { roomOfJob } from './job-room.ts';
import { JobWebhooks } from './job-webhooks.ts';
import { ResumedRoom } from './resumed-room.ts';
import { snapshotAt } from './snapshot-at.ts';

export type JobSystemOptions = NewJob & {
  readonly room: RoomClient;
  readonly services: JobServices;
  /** When the first poll of statistics comes: rooms poll in turn and not all at once. */
  readonly statsPhaseMs: number;
  readonly onFact: (fact: JobEmitted) => void;
  /** Shows the job while it lives; without it nobody looks. */
  readonly inspector?: SystemInspector | undefined;
  /** Everything of the job has been let go of. */
  readonly onClosed: () => void;
};

/** A job that stands where its log broke off. */
export type RestoredJob = RecordedJob & {
  /** When the log broke off: epoch milliseconds. */
  readonly lostAt: number;
};

/** One job with its own actor system: its clock, its log and its failure are nobody else's. */
export class JobSystem {
  readonly #options: Omit<JobSystemOptions, 'logs'>;
  readonly #control: JobControl;
  readonly #recorder: RecordedJob['recorder'];
  readonly #writer: RecordedJob['writer'];
  readonly #room: RoomClient;
  readonly #webhooks: JobWebhooks;
  readonly #root: RecordedJob['root'];
  readonly #startedAt: number;
  readonly #alerts: JobAlerts;
  #roomSid: string | null = null;
  #endReason: EndReason | null = null;
  #lastView: Partial<AgentView> = {};
  #hasBadView = false;
  #hasStrayed = false;
  #isClosed = false;

  /** @param restored a job that goes on from its log: its ports start after this. */
  constructor(options: JobSystemOptions, restored?: RestoredJob) {
    this.#options = options;
    const { root, recorder, writer, startedAt } = restored ?? beginJob(options);
    this.#root = root;
    this.#recorder = recorder;
    this.#writer = writer;
    this.#startedAt = startedAt;
    const { clock, offer } = options;
    const { openAlerts, identity, agent } = root.getSnapshot().context;
    this.#alerts = new JobAlerts(
      { recorder, clock, log: offer.jobId, startedAt: recorder.startedAt },
      openAlerts,
    );
    this.#control = new JobControl(clock);
    this.#room = restored ? this.#wayBack(restored) : options.room;
    this.#webhooks = new JobWebhooks({
      webhooks: options.services.webhooks,
      job: agent.job,
      target: identity,
    });
    options.machines.plugIn(root.system, this.#ports());
    root.on('*', (emitted) => this.#emit({ at: clock.now(), ...this.#outgoing(emitted) }));
    root.subscribe({
      error: (cause) => this.#fail(cause),
      complete: () => this.#close(),
    });
    options.inspector?.attach(this.#inspected());
    if (!restored) this.#enter(() => root.start());
  }

  control(fact: ControlFact): void {
    this.#enter(() => this.#control.tell(fact));
  }

  /** Ends at once, without a word to anybody. */
  stop(): void {
    this.#recorder.stop(this.#root);
    this.#close();
  }

  /** Its actors that have not ended. */
  get actorCount(): number {
    return this.#recorder.liveActorCount;
  }

  /** Of the actor at these ids below the root, while it lives there. */
  snapshotOf(ids: readonly string[]): Snapshot<unknown> | undefined {
    return snapshotAt(this.#root, ids);
  }

  view(): SessionView {
    const { tracked } = this.#root.getSnapshot().context;
    const { offer } = this.#options;
    const session = toSessionView(
      {
        jobId: offer.jobId,
        dispatchId: offer.dispatchId,
        agent: offer.agent,
        room: offer.room.name,
        roomSid: this.#roomSid,
        startedAt: this.#startedAt,
        tracked,
        endReason: this.#endReason,
        alerts: this.#alerts.open,
      },
      this.#agentView(),
    );
    // Before the agent runs, and after it broke, the job still knows whom it is for.
    return { ...session, identity: session.identity ?? targetOf(offer) };
  }

  /** The agent is gone before its job is: then its last view stays. */
  #agentView(): AgentView {
    const job = this.#root.getSnapshot();
    const agent = job.children.agent?.getSnapshot();
    if (agent && isMachineSnapshot(agent)) return this.#lookAt(agent);
    if (this.#endReason !== null) return { ...this.#lastView, state: 'ended' };
    const isStandingBy = job.matches({ claiming: { open: 'standingBy' } });
    return { state: isStandingBy ? 'standingBy' : 'joining' };
  }

  #lookAt(snapshot: SnapshotFrom<AnyStateMachine>): AgentView {
    const { agent, offer, onLogProblem } = this.#options;
    const looked = lookAt(agent, snapshot);
    if (looked.ok) return looked.view;
    if (!this.#hasBadView) {
      this.#hasBadView = true;
      const message = `the view of ${agent.name} cannot be shown: ${looked.problem}`;
      onLogProblem({ code: 'E_AGENT_VIEW', message, retryable: false, where: offer.jobId });
    }
    return { state: 'unknown' };
  }

  #inspected(): InspectedSystem {
    const { offer } = this.#options;
    const { jobId: id, agent, room, participant } = offer;
    const identity = targetOf(offer) ?? participant?.identity ?? null;
    return {
      root: this.#root,
      about: { id, kind: 'job', agent, room: room.name, identity },
      outgoing: (emitted) => (isAlertEmission(emitted) ? this.#alerts.outgoing(emitted) : emitted),
      timersOf: (actor) => this.#recorder.timersOf(actor),
      session: () => this.view(),
      worker: () => null,
    };
  }

  #ports(): JobPorts {
    const { services, clock, statsPhaseMs } = this.#options;
    const { roster, roomService, analysis, ruleFunctions } = services;
    const { job } = this.#root.getSnapshot().context.agent;
    const room = roomOfJob(this.#room, this.#enter);
    return {
      room: createRoomConnectionActor({ room, clock }),
      roster: createRosterActor({ roster, clock }),
      roomService: createRoomServiceActor({ roomService, clock }),
      webhooks: createWebhooksActor({ send: this.#webhooks.send }),
      functions: createRuleFunctionsActor({ ruleFunctions, job, clock }),
      control: this.#control.createActor(),
      levels: createAudioLevelsActor({ frames: room, clock }),
      stats: createTrackStatsActor({ room, clock, phaseMs: statsPhaseMs }),
      analysis: createAnalysisActor({ analysis, clock }),
    };
  }

  /** Nobody tells the room once more to be joined: the job has done so in its log. */
  #wayBack({ root, lostAt }: RestoredJob): RoomClient {
    const { room, clock, offer, config } = this.#options;
    const job = root.getSnapshot();
    const { inside, ending } = job.context;
    if (job.matches('reporting') || job.matches('leaving')) this.#endReason = ending.reason;
    if (inside === null) {
      if (job.matches({ joining: 'connecting' })) this.#soon(() => room.join());
      return room;
    }
    this.#roomSid = offer.room.sid;
    const { joinAttempts, joinRetryMs } = config;
    const back = new ResumedRoom({ room, clock, inside, lostAt, joinAttempts, joinRetryMs });
    this.#soon(() => back.rejoin());
    return back;
  }

  #soon(run: () => void): void {
    this.#enter(() => void this.#options.clock.setTimeout(run, 0));
  }

  #outgoing(emitted: JobEmission): JobEmission {
    return isAlertEmission(emitted) ? this.#alerts.outgoing(emitted) : emitted;
  }

  #emit(fact: JobEmitted): void {
    if (fact.type === 'job.joined') this.#roomSid = this.#options.offer.room.sid;
    if (fact.type === 'job.summaryMade') this.#lastView = this.#agentView();
    if (fact.type === 'job.ending') this.#endReason = fact.reason;
    this.#webhooks.tell(fact);
    this.#options.onFact(fact);
  }

  readonly #enter = (run: () => void): void => runInJob(this.onStray, run);

  /** A timer or promise of the agent's ports threw. The job ends in order, for that reason. */
  readonly onStray = (cause: unknown): void => {
    // Once is enough: what throws in an interval throws on.
    if (this.#hasStrayed) return;
    this.#hasStrayed = true;
    const error = brokenBy(cause);
    if (this.#isClosed || this.#endReason !== null) {
      const message = `after the end of its job: ${error.message}`;
      this.#options.onLogProblem({ ...error, message, where: this.#options.offer.jobId });
    } else {
      this.control({ type: 'control.broken', at: this.#options.clock.now(), error });
    }
  };

  #fail(cause: unknown): void {
    this.#endReason = 'agent_error';
    const error = brokenBy(cause);
    const { clock } = this.#options;
    for (const alert of this.#alerts.open) {
      const ended = endedWithJob(alert, 'agent_error');
      const resolved = this.#alerts.outgoing({ type: 'job.alertResolved', alert: ended });
      this.#emit({ at: clock.now(), ...resolved });
    }
    this.#emit({ type: 'job.failed', at: clock.now(), error });
    // Closing lets go of the room, behind the final status, which the worker sends as soon as it hears
    // of this.
    clock.setTimeout(() => this.#close(), 0);
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#recorder.stopStrays();
    const { onClosed } = this.#options;
    void Promise.allSettled([this.#room.close(), this.#writer.close()]).then(onClosed);
  }
}

const targetOf = ({ metadata }: JobOffer): string | null => (metadata.ok ? metadata.target : null);

const brokenBy = (cause: unknown): ErrorInfo => ({
  code: 'E_JOB_BROKEN',
  message: cause instanceof Error ? cause.message : String(cause),
  retryable: false,
});
