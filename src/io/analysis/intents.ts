/** What people want when they say something: the closed list of both engines. */
export const intentNames = [
  'greeting',
  'farewell',
  'thanks',
  'apology',
  'agreement',
  'refusal',
  'question',
  'request',
  'complaint',
  'cancellation',
  'refund',
  'payment',
  'scheduling',
  'technical_problem',
  'escalation',
] as const;

type IntentName = (typeof intentNames)[number];

export type IntentPattern = {
  readonly intent: IntentName;
  /** How often it is meant where a sentence has this, 0 to 1: an estimate. */
  readonly confidence: number;
  readonly pattern: RegExp;
};

/**
 * How English says what it wants. Each pattern is tried on one sentence, in lower case.
 *
 * No pattern repeats a repetition, so that none takes long over any sentence.
 */
export const intentPatterns: readonly IntentPattern[] = [
  {
    intent: 'greeting',
    confidence: 0.9,
    pattern: /^\W*(?:hello|hi|hey|welcome|good (?:morning|afternoon|evening))\b/,
  },
  {
    intent: 'farewell',
    confidence: 0.9,
    pattern:
      /\b(?:goodbye|good bye|bye|see you|take care|good night|have a (?:nice|good|great) (?:day|evening|weekend|one))\b/,
  },
  {
    intent: 'thanks',
    confidence: 0.9,
    pattern: /\b(?:thanks|thank you|cheers|much appreciated)\b/,
  },
  {
    intent: 'apology',
    confidence: 0.8,
    pattern: /\b(?:sorry (?:for|about|to)|i'?m sorry|we'?re sorry|apologi[sz]e|apologies)\b/,
  },
  {
    intent: 'agreement',
    confidence: 0.7,
    pattern: /^\W*(?:yes|yeah|yep|sure|of course|agreed|exactly|absolutely|sounds good)\b/,
  },
  {
    intent: 'agreement',
    confidence: 0.9,
    pattern: /\b(?:i agree|that works for me|fine with me)\b/,
  },
  { intent: 'refusal', confidence: 0.6, pattern: /^\W*(?:no|nope|no way|not at all)\b/ },
  {
    intent: 'refusal',
    confidence: 0.9,
    pattern:
      /\b(?:i (?:disagree|refuse)|not interested|no thank you|no thanks|i (?:won't|will not))\b/,
  },
  { intent: 'question', confidence: 0.9, pattern: /\?\W*$/ },
  {
    intent: 'question',
    confidence: 0.7,
    pattern:
      /^\W*(?:who|what|when|where|why|how|which|is there|are there|do you|does|did|is it|are you)\b/,
  },
  {
    intent: 'request',
    confidence: 0.9,
    pattern:
      /\b(?:can|could|would|will) you (?:please )?(?!believe|imagine)\w+|\bplease (?:\w+ )?(?:me|send|check|call|help|tell|give|change|cancel|update|let)\b/,
  },
  {
    intent: 'request',
    confidence: 0.7,
    pattern: /\b(?:i(?:'d| would) like|i want|i need|we need|help me)\b/,
  },
  {
    intent: 'complaint',
    confidence: 0.8,
    pattern:
      /\b(?:complaint|complain|unacceptable|terrible|awful|horrible|ridiculous|disappointed|disappointing|fed up|waste of (?:time|money)|worst|not happy|unhappy|not good enough)\b/,
  },
  {
    intent: 'cancellation',
    confidence: 0.9,
    pattern:
      /\b(?:cancel|cancell?ing|cancell?ation|unsubscribe|terminate (?:my|the|our)|close my account|end my (?:contract|subscription|plan))\b/,
  },
  {
    intent: 'refund',
    confidence: 0.9,
    pattern: /\b(?:refund|refunded|money back|reimburse|reimbursement|chargeback)\b/,
  },
  {
    intent: 'payment',
    confidence: 0.8,
    pattern:
      /\b(?:pay|paid|paying|payment|invoice|bill|billing|credit card|charged|bank transfer|direct debit)\b/,
  },
  {
    intent: 'scheduling',
    confidence: 0.8,
    pattern:
      /\b(?:schedule|reschedule|appointment|book (?:a|an|the)|calendar|(?:meet|call|talk|speak) (?:on|at|next|tomorrow|monday|tuesday|wednesday|thursday|friday))\b/,
  },
  {
    intent: 'technical_problem',
    confidence: 0.8,
    pattern:
      /\b(?:(?:does|do|did|is|are|was|were)(?:n't| not) (?:work|working|load|loading|start|starting|connect|connecting|respond|responding)|broken|crash|crashes|crashed|crashing|error message|bug|freezes|frozen|can'?t (?:log in|login|sign in|connect|hear|see))\b/,
  },
  {
    intent: 'escalation',
    confidence: 0.9,
    pattern:
      /\b(?:your (?:manager|supervisor|boss)|(?:speak|talk) (?:to|with) (?:a|an|the|your|some) (?:manager|supervisor|human|person|real person|someone)|escalate|lawyer|legal action|sue you|take (?:this|it) further)\b/,
  },
];
