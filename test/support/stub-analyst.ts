import type { AgentDefinition } from '../../src/agents/define-agent.ts';
import { conversationAnalyst } from '../../src/agents/conversation-analyst.agent.ts';
import type {
  AnalysedItem,
  AnalysisCommand,
  AnalysisFact,
} from '../../src/machines/analysis/analysis.events.ts';
import { conversationAnalystMachine } from '../../src/machines/analysis/conversation-analyst.machine.ts';
import { port } from '../../src/machines/slots.ts';
import { analysisOf } from './analyst-stage.ts';

/** Who says "love" is happy, who says "hate" is not. */
const scoreOf = ({ content }: AnalysedItem): number =>
  (content.includes('love') ? 1 : 0) - (content.includes('hate') ? 1 : 0);

const meanOf = (items: readonly AnalysedItem[]): number =>
  items.reduce((sum, item) => sum + scoreOf(item), 0) / items.length;

const engineError = { code: 'E_ANALYSIS', message: 'the engine is broken', retryable: true };

/** Who says that the model is down gets an analysis of the lexicon. */
const fallbackOf = (items: readonly AnalysedItem[]): string =>
  items.some(({ content }) => content.includes('the model is down'))
    ? 'E_ANALYSIS_UNAVAILABLE: the endpoint answers 503'
    : '';

const engine = port<Record<string, never>, AnalysisFact, AnalysisCommand>(({ send, receive }) => {
  receive(({ requestId, request: { items } }) => {
    const participants = [...new Set(items.map(({ participant }) => participant))].map(
      (who) => [who, meanOf(items.filter(({ participant }) => participant === who))] as const,
    );
    const fallback = fallbackOf(items);
    const analysis = analysisOf({
      ...(fallback !== '' && { engine: 'lexicon', fallback }),
      sentiment: { overall: meanOf(items), participants: Object.fromEntries(participants) },
      topics: ['feelings'],
    });
    const at = items.at(-1)?.at ?? 0;
    const isBroken = items.some(({ content }) => content.includes('the engine is broken'));
    void Promise.resolve().then(() =>
      send(
        isBroken
          ? { type: 'analysis.failed', at, requestId, error: engineError }
          : { type: 'analysis.made', at, requestId, analysis, tookMs: 0 },
      ),
    );
  });
  return () => {};
});

/** conversation-analyst with an engine that answers at once, knows two words and fails where it is told so. */
export const stubAnalyst: AgentDefinition = {
  ...conversationAnalyst,
  machine: () => conversationAnalystMachine.provide({ actors: { analysis: engine } }),
};
