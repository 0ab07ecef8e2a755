/** What new items of a conversation change: windows, rules and report. */
import type { ConversationItem } from '../conversation/conversation-item.ts';
import {
  collect,
  emptyWindow,
  isEmpty,
  toAnalysed,
  withFindings,
  type AnalysisWindow,
} from './analysis-window.logic.ts';
import { judgeEnd, judgeItem, judgeSilence, type Compliance } from './compliance.logic.ts';
import type { ComplianceFinding, ComplianceRule } from './compliance-rule.ts';
import { noteFindings, type ConversationReport } from './conversation-report.logic.ts';

/** As far as items change it. */
export type Intake = {
  readonly compliance: Compliance;
  /** What is collected now. */
  readonly window: AnalysisWindow;
  /** What is to be analysed, oldest first. */
  readonly queue: readonly AnalysisWindow[];
  readonly report: ConversationReport;
};

export type Taken = {
  readonly intake: Intake;
  readonly findings: readonly ComplianceFinding[];
  /** Rules whose words came late, by id. */
  readonly madeUp: readonly string[];
  /** Windows that found no place in the queue. */
  readonly skipped: readonly AnalysisWindow[];
};

/** One more window drops the oldest one, unread: an engine that lags should read what is said now. */
const MAX_QUEUE = 10;

type Held = {
  readonly rules: readonly ComplianceRule[];
  readonly agents: readonly string[];
  readonly maxItems: number;
};

export function takeItems(intake: Intake, items: readonly ConversationItem[], held: Held): Taken {
  const nothing: Taken = { intake, findings: [], madeUp: [], skipped: [] };
  return items.reduce((taken, item) => {
    const said = toAnalysed(item);
    if (said === null) return taken;
    const { compliance, window, queue, report } = taken.intake;
    const judged = judgeItem(compliance, said, held);
    const collected = collect(withFindings(window, judged.findings), said, held.maxItems);
    const queued = collected.full ? [...queue, collected.full] : queue;
    return {
      intake: {
        compliance: judged.compliance,
        window: collected.window,
        queue: queued.slice(-MAX_QUEUE),
        report: noteFindings(report, judged.findings),
      },
      findings: [...taken.findings, ...judged.findings],
      madeUp: [...taken.madeUp, ...judged.madeUp],
      skipped: [...taken.skipped, ...queued.slice(0, -MAX_QUEUE)],
    };
  }, nothing);
}

/** Looks for what should have been said by now. */
export const takeSilence = (intake: Intake, rules: readonly ComplianceRule[], now: number): Taken =>
  takeJudgement(intake, judgeSilence(intake.compliance, rules, now));

/** Closes the window, with what was never said. Nothing comes after that. */
export function takeEnd(intake: Intake, rules: readonly ComplianceRule[], now: number): Taken {
  const taken = takeJudgement(intake, judgeEnd(intake.compliance, rules, now));
  const closed = closeWindow(taken.intake);
  const last = closed.intake.queue.at(-1);
  const queue = last
    ? [...closed.intake.queue.slice(0, -1), { ...last, isLast: true }]
    : closed.intake.queue;
  return { ...taken, intake: { ...closed.intake, queue }, skipped: closed.skipped };
}

/** Brings the window to where it is analysed, full or not. */
export function closeWindow(intake: Intake): Pick<Taken, 'intake' | 'skipped'> {
  const { window, queue } = intake;
  if (isEmpty(window)) return { intake, skipped: [] };
  const queued = [...queue, window];
  return {
    intake: {
      ...intake,
      window: emptyWindow(window.number + 1),
      queue: queued.slice(-MAX_QUEUE),
    },
    skipped: queued.slice(0, -MAX_QUEUE),
  };
}

function takeJudgement(
  intake: Intake,
  { compliance, findings }: ReturnType<typeof judgeEnd>,
): Taken {
  const { window, queue, report } = intake;
  return {
    intake: {
      compliance,
      window: withFindings(window, findings),
      queue,
      report: noteFindings(report, findings),
    },
    findings,
    madeUp: [],
    skipped: [],
  };
}
