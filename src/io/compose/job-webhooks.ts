import type { WebhookSender } from '../../actors/ports.ts';
import type { ParticipantRef, WebhookCommand } from '../../machines/events.ts';
import type { JobInfo } from '../../machines/job/job.events.ts';
import type { JobEmitted } from '../../machines/worker/events.ts';
import type { JobWebhookEvent } from '../webhooks/job-webhook-events.ts';

type JobWebhooksOptions = {
  readonly webhooks: WebhookSender;
  readonly job: JobInfo;
  /** Whom the job is for; null: the whole room. */
  readonly target: string | null;
};

/** The webhooks of one job, numbered: those that its agent asks for, and those that every job has. */
export class JobWebhooks {
  readonly #options: JobWebhooksOptions;
  readonly #participant: ParticipantRef | null;
  #sent = 0;
  #hasEnded = false;

  constructor(options: JobWebhooksOptions) {
    this.#options = options;
    const { target } = options;
    const { participant } = options.job;
    // Where somebody else triggered the job, nobody knows yet how its target comes in.
    const sid = participant && participant.identity === target ? participant.sid : '';
    this.#participant = target === null ? null : { identity: target, sid };
  }

  readonly send = (webhook: Omit<WebhookCommand, 'type'>): void => {
    const { webhooks, job } = this.#options;
    this.#sent += 1;
    webhooks.send({ ...webhook, job, seq: this.#sent });
  };

  /** Says what the job emits, as far as those outside want to know it. */
  tell(fact: JobEmitted): void {
    switch (fact.type) {
      case 'job.joined':
        this.#say('session_started', fact.at, {});
        break;
      case 'job.alertOpened':
        this.#say('alert_opened', fact.at, fact.alert);
        break;
      case 'job.alertUpdated':
        this.#say('alert_updated', fact.at, fact.alert);
        break;
      case 'job.alertResolved':
        this.#say('alert_resolved', fact.at, fact.alert);
        break;
      case 'job.summaryMade':
        this.#say('session_summary', fact.at, fact.summary);
        break;
      case 'job.ending': {
        const { at, reason, status, error } = fact;
        this.#sayEnd(at, { reason, status, error });
        break;
      }
      case 'job.failed': {
        const { at, error } = fact;
        this.#sayEnd(at, { reason: 'agent_error', status: 'failed', error: error.message });
        break;
      }
      default:
    }
  }

  /** A job may break after its end was said. */
  #sayEnd(at: number, data: WebhookCommand['data']): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#say('session_ended', at, data);
  }

  #say(event: JobWebhookEvent, at: number, data: WebhookCommand['data']): void {
    this.send({ event, at, participant: this.#participant, data, url: null });
  }
}
