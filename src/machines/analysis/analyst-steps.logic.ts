/** What an analyst makes of what it hears: the changes of its context, and what it tells its job. */
import type { ConversationItem } from '../conversation/conversation-item.ts';
import { readMessage } from '../conversation/item-message.logic.ts';
import type { ErrorInfo, RoomFact } from '../events.ts';
import type { Analysis } from './analysis.events.ts';
import type { ConversationAnalystContext } from './analyst.context.ts';
import {
  answeredNonsense,
  broken,
  forged,
  gone,
  madeUp,
  publish,
  unavailable,
  type Said,
} from './analyst-words.logic.ts';
import { participantsOf, type AnalysisWindow } from './analysis-window.logic.ts';
import { checkAnalysis } from './checked-analysis.logic.ts';
import { noteAnalysis, noteOutcome, type WindowOutcome } from './conversation-report.logic.ts';
import { closeWindow, takeEnd, takeItems, takeSilence, type Taken } from './intake.logic.ts';
import { giveUpAll, giveUpGap, hear, type Heard } from './item-stream.logic.ts';

type Context = ConversationAnalystContext;
type DataFact = Extract<RoomFact, { type: 'data.received' }>;

export type Step = { readonly context: Context; readonly said: readonly Said[] };

/** So many windows in a row that no engine can read are no accident. */
const FAILURES_TO_TELL = 3;
/** Who forges is named in an alert, but not everybody. */
const MAX_FORGERS = 5;

export const passTo = (context: Context, at: number): Context =>
  at > context.now ? { ...context, now: at } : context;

/** A message of the conversation, from somebody who may send it. */
export function hearMessage(before: Context, { at, text, truncated }: DataFact): Step {
  const context = passTo(before, at);
  const read = text === null || truncated ? null : readMessage(text);
  if (read?.ok) return takeHeard(context, hear(context.stream, read.message, at));
  const refusals = { ...context.refusals, malformed: context.refusals.malformed + 1 };
  return { context: { ...context, refusals }, said: [] };
}

/** One from somebody who may not. It is told of at the 1st, 2nd, 4th, 8th and so on: a flood of them is one alert. */
export function refuseForged(before: Context, { at, sender }: DataFact): Step {
  const count = before.refusals.forged + 1;
  const forgers = [...new Set([...before.refusals.forgers, sender?.identity ?? ''])];
  const context = {
    ...passTo(before, at),
    refusals: { ...before.refusals, forged: count, forgers: forgers.slice(0, MAX_FORGERS) },
  };
  return { context, said: Number.isInteger(Math.log2(count)) ? [forged(context)] : [] };
}

/** Goes on without what was asked for in vain. */
export const giveUp = (context: Context): Step => takeHeard(context, giveUpGap(context.stream));

/** Looks for what should have been said by now. */
export const lookForSilence = (context: Context): Step =>
  applied(context, takeSilence(context.intake, rulesOf(context), context.now));

/** Closes the window because its time is over. */
export const endWindow = (context: Context): Step =>
  applied(context, { findings: [], madeUp: [], ...closeWindow(context.intake) });

/** The conversation is over: what is left is one last window. */
export function endConversation(before: Context): Step {
  const heard = takeHeard(before, giveUpAll(before.stream));
  const { context } = heard;
  const ended = applied(context, takeEnd(context.intake, rulesOf(context), context.now));
  return { context: ended.context, said: [...heard.said, ...ended.said] };
}

/** Takes the oldest window from the queue, and gives it to the engine. */
export function nextWindow(context: Context): Context {
  const [asked = null, ...queue] = context.intake.queue;
  return { ...context, asked, intake: { ...context.intake, queue } };
}

/** The oldest window has nothing for an engine. */
export function passOver(before: Context): Step {
  const context = nextWindow(before);
  return done(context, 'nothing_said');
}

/** The engine's answer is checked here whatever engine it is. */
export function takeAnswer(before: Context, analysis: Analysis): Step {
  const { asked } = before;
  if (asked === null) return { context: before, said: [] };
  const checked = checkAnalysis(analysis, participantsOf(asked));
  if (!checked.ok) {
    const context = { ...before, nonsense: before.nonsense + 1 };
    const step = done(context, 'nonsense');
    return { ...step, said: [...step.said, answeredNonsense(context, checked.problem)] };
  }
  const report = noteAnalysis(before.intake.report, asked, checked.analysis);
  const context = {
    ...before,
    asked: null,
    failures: 0,
    nonsense: 0,
    intake: { ...before.intake, report },
  };
  const { analysis: sane } = checked;
  return {
    context,
    said: [
      ...publish(context, { window: asked, outcome: 'analysed', analysis: sane }),
      ...(before.failures >= FAILURES_TO_TELL ? [gone('analysis_unavailable', context.now)] : []),
      ...(before.nonsense > 0 ? [gone('engine_answered_nonsense', context.now)] : []),
    ],
  };
}

export function takeFailure(before: Context, error: ErrorInfo): Step {
  const context = { ...before, failures: before.failures + 1 };
  const step = done(context, 'failed');
  const isTold = context.failures >= FAILURES_TO_TELL;
  return { ...step, said: [...step.said, ...(isTold ? [unavailable(context, error)] : [])] };
}

/** The time for the last windows is over. */
export function leaveUnfinished(before: Context): Step {
  const { asked, intake } = before;
  const windows = [...(asked ? [asked] : []), ...intake.queue];
  const context = { ...before, asked: null, intake: { ...intake, queue: [] } };
  return noted(context, windows, 'unfinished');
}

const rulesOf = ({ settings }: Context) => settings.COMPLIANCE_RULES;

/** The window that the engine had is done with, without an analysis. */
function done(before: Context, outcome: WindowOutcome): Step {
  const { asked } = before;
  return noted({ ...before, asked: null }, asked ? [asked] : [], outcome);
}

function noted(before: Context, windows: readonly AnalysisWindow[], outcome: WindowOutcome): Step {
  const report = windows.reduce((sum) => noteOutcome(sum, outcome), before.intake.report);
  const context = { ...before, intake: { ...before.intake, report } };
  const said = windows.flatMap((window) => publish(context, { window, outcome, analysis: null }));
  return { context, said };
}

function takeHeard(before: Context, { stream, items }: Heard): Step {
  return takeAll({ ...before, stream }, items);
}

function takeAll(context: Context, items: readonly ConversationItem[]): Step {
  const { agents, settings } = context;
  const { COMPLIANCE_RULES: rules, ANALYSIS_WINDOW_ITEMS: maxItems } = settings;
  return applied(context, takeItems(context.intake, items, { rules, agents, maxItems }));
}

function applied(before: Context, { intake, skipped, findings, madeUp: late }: Taken): Step {
  const { context, said } = noted({ ...before, intake }, skipped, 'skipped');
  const { now } = context;
  return { context, said: [...broken(findings, now), ...madeUp(late, now), ...said] };
}
