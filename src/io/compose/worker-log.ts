import type { RoomsReport } from '../../machines/supervisor/rooms.machine.ts';
import type { HealthReport } from '../../machines/supervisor/supervisor.machine.ts';
import type { JobEmitted, JobOffer } from '../../machines/worker/events.ts';
import type { WorkerEmitted } from '../../machines/worker/worker.events.ts';
import type { LogProblem } from '../event-log/log-line.ts';
import type { Logger } from '../logger.ts';
import type { WorkerListener } from './worker-system.ts';

/** Writes the low-rate facts of a worker to the log of the process. */
export function createWorkerLog(logger: Logger): Omit<WorkerListener, 'onVitals'> {
  return {
    onEmitted: (emitted) => logEmitted(logger, emitted),
    onJobFact: (offer, fact) => logJobFact(logger, offer, fact),
    onHealth: (report) => logHealth(logger, report),
    onRooms: (report) => logRooms(logger, report),
    onLogProblem: (problem) => logProblem(logger, problem),
  };
}

function logEmitted(logger: Logger, emitted: WorkerEmitted): void {
  switch (emitted.type) {
    case 'worker.stateChanged': {
      const { state, message } = emitted;
      logger.info(
        { state, ...(message === '' ? {} : { reason: message }) },
        'worker state changed',
      );
      break;
    }
    case 'worker.fullChanged': {
      const { reason } = emitted;
      if (reason === null) logger.info('taking jobs again');
      else logger.info({ reason }, 'taking no jobs');
      break;
    }
    case 'connection.stateChanged': {
      const { agent, jobType, state, workerId, message } = emitted;
      const fields = { agent, jobType, state, workerId, ...(message && { reason: message }) };
      if (state === 'failed') logger.error(fields, 'connection failed');
      else if (state === 'backoff') logger.debug(fields, 'connection lost or refused');
      else logger.info(fields, 'connection state changed');
      break;
    }
    case 'connection.unreachable': {
      const { agent, attempts, message } = emitted;
      logger.warn({ agent, attempts, reason: message }, 'not connected to the server, trying on');
      break;
    }
    case 'offer.answered': {
      const { agent, jobId, dispatchId, answer, reason, problems } = emitted;
      const fields = { agent, job: jobId, dispatch: dispatchId, answer, reason };
      if (problems.length > 0) logger.error({ ...fields, problems }, 'job metadata is wrong');
      // Unless another worker takes it the dispatch has come to nothing: the server asks each once.
      else if (answer === 'unavailable') logger.info(fields, 'no place for a job');
      else logger.debug(fields, 'job offer answered');
      break;
    }
    case 'reservation.expired': {
      const { agent, jobId } = emitted;
      logger.warn({ agent, job: jobId }, 'an accepted job was not assigned in time');
      break;
    }
    case 'job.assigned': {
      const { agent, jobId, dispatchId } = emitted;
      logger.info({ agent, job: jobId, dispatch: dispatchId }, 'job assigned');
      break;
    }
    case 'job.joined': {
      const { agent, jobId, offeredAt, joinedAt } = emitted;
      logger.info({ agent, job: jobId, dispatchMs: joinedAt - offeredAt }, 'room joined');
      break;
    }
    case 'job.untracked': {
      const { agent, jobId } = emitted;
      logger.warn({ agent, job: jobId }, 'the server has forgotten a job that goes on');
      break;
    }
    case 'job.reported': {
      const { agent, jobId, status, delivered } = emitted;
      const fields = { agent, job: jobId, status };
      if (delivered) logger.debug(fields, 'job status reported');
      else logger.warn(fields, 'a job status could not be brought to the server');
      break;
    }
    case 'job.ended': {
      const { agent, jobId, reason, error } = emitted;
      const fields = { agent, job: jobId, reason };
      if (error) logger.error({ ...fields, err: error }, 'job broke');
      else logger.info(fields, 'job ended');
      break;
    }
    case 'message.rejected': {
      const { agent, what } = emitted;
      logger.warn({ agent, what }, 'message ignored');
      break;
    }
  }
}

function logJobFact(logger: Logger, { agent, jobId, room }: JobOffer, fact: JobEmitted): void {
  const fields = { agent, job: jobId };
  switch (fact.type) {
    case 'job.alertOpened':
    case 'job.alertUpdated': {
      const { key, severity, message, evidence } = fact.alert;
      const pii = { room: room.name, evidence };
      const what = fact.type === 'job.alertOpened' ? 'alert opened' : 'alert updated';
      const said = { ...fields, alert: key, severity, reason: message, pii };
      if (severity === 'info') logger.info(said, what);
      else if (severity === 'warning') logger.warn(said, what);
      else logger.error(said, what);
      break;
    }
    case 'job.alertResolved': {
      const { key, severity, openedAt, resolvedAt = openedAt, evidence } = fact.alert;
      const about = { ...fields, alert: key, severity, openMs: resolvedAt - openedAt };
      logger.info({ ...about, pii: { room: room.name, evidence } }, 'alert resolved');
      break;
    }
    case 'job.stoodBy': {
      const { elders } = fact;
      logger.info({ ...fields, elders }, 'standing by, an earlier agent serves the same');
      break;
    }
    case 'job.tookOver':
      logger.info(fields, 'the earlier agent is gone, serving now');
      break;
    case 'job.doubted': {
      const { doubt } = fact;
      logger.warn({ ...fields, reason: doubt }, 'serving, perhaps beside another agent');
      break;
    }
    case 'job.ending':
      if (fact.error !== '') logger.error({ ...fields, reason: fact.error }, 'job failed');
      break;
    case 'job.summaryMade': {
      const { identity, whoWasThere, room: name = room.name, ...figures } = fact.summary;
      const pii = { room: name, identity, whoWasThere };
      logger.info({ ...fields, ...figures, pii }, 'session summary');
      break;
    }
    default:
  }
}

function logHealth(logger: Logger, report: HealthReport): void {
  const { sessions, active, speaking, poorQuality, suspect, ...alerts } = report;
  const { alertsOpen, alertsOpenBySeverity } = alerts;
  const counts = {
    sessions,
    active,
    speaking,
    poorQuality,
    suspect,
    alertsOpen,
    alertsOpenBySeverity,
  };
  logger.info(counts, 'health report');
}

function logRooms(logger: Logger, { type: _, rooms, ...counts }: RoomsReport): void {
  logger.info({ ...counts, pii: { rooms } }, 'rooms report');
}

function logProblem(logger: Logger, { code, message, where }: LogProblem): void {
  const what = /^E_LOG_/.test(code) ? 'event log problem' : 'an agent misbehaved';
  // Actors are called by the identity of whom they follow.
  logger.error({ code, reason: message, pii: { where } }, what);
}
