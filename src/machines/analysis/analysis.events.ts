/** The words between a conversation-analyst and the engine that reads conversations for it. */
import type { ErrorInfo } from '../events.ts';

/** Something said or done in a conversation. */
export type AnalysedItem = {
  /** Its place among the items of the conversation. */
  readonly seq: number;
  readonly participant: string;
  readonly content: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly type: 'event' | 'transcription' | 'agent_response' | 'turn';
};

export type AnalysisRequest = {
  readonly items: readonly AnalysedItem[];
  /** What came before, in a few words of the engine itself; empty at first. */
  readonly soFar: string;
  /** Who may be named in `soFar`: those who spoke before. */
  readonly spokeBefore: readonly string[];
  /** Whether the whole conversation is meant, at its end. */
  readonly isFinal: boolean;
};

/** What an engine finds in a window of items. */
export type Analysis = {
  /** `lexicon`, or the model that answered. */
  readonly engine: string;
  /** Why the engine that was wanted did not answer; empty where it did. */
  readonly fallback: string;
  readonly sentiment: {
    /** -1 to 1. */
    readonly overall: number;
    readonly participants: Readonly<Record<string, number>>;
  };
  readonly topics: readonly string[];
  readonly intents: readonly {
    readonly participant: string;
    readonly intent: string;
    /** 0 to 1. */
    readonly confidence: number;
  }[];
  /** A few words on what was said. */
  readonly summary: string;
  /** What keeps it from being the whole truth. */
  readonly notes?: readonly AnalysisNote[];
};

/** Most was said in a language that the engine does not read; not everything was read. */
type AnalysisNote = 'not_english' | 'shortened';

export type AnalysisCommand = {
  readonly type: 'analysis.request';
  /** Comes back with the answer. */
  readonly requestId: string;
  readonly request: AnalysisRequest;
};

export type AnalysisFact =
  | {
      readonly type: 'analysis.made';
      readonly at: number;
      readonly requestId: string;
      readonly analysis: Analysis;
      readonly tookMs: number;
    }
  | {
      readonly type: 'analysis.failed';
      readonly at: number;
      readonly requestId: string;
      readonly error: ErrorInfo;
    };
