import { describe, expect, it } from 'vitest';
import { lexiconEngine } from '../../../src/io/analysis/lexicon-engine.ts';
import { nextTurn } from '../../../src/io/clock.ts';
import type { Analysis, AnalysisRequest } from '../../../src/machines/analysis/analysis.events.ts';
import { conversation } from '../../support/analysis-request.ts';

const analyse = (request: AnalysisRequest): Promise<Analysis> =>
  lexiconEngine.analyse(request, { signal: new AbortController().signal });

const complaint = conversation([
  ['alice', 'Hello, I want to cancel my subscription, because the invoice was wrong again.'],
  ['alice', 'This is terrible, I am really angry!'],
  ['bob', 'I am sorry about the invoice. Can you tell me your account number?'],
  ['alice', 'No. I want my money back.'],
  ['bob', 'Thank you alice, the refund is a great idea. Have a nice day!'],
]);

const intentsOf = ({ intents }: Analysis, of: string): string[] =>
  intents.filter(({ participant }) => participant === of).map(({ intent }) => intent);

describe('what it finds', () => {
  it('[ENG-01] tells the mood of each participant, topics and intents, and names itself', async () => {
    const analysis = await analyse(complaint);
    expect(analysis).toMatchObject({ engine: 'lexicon', fallback: '', notes: [] });
    const { overall, participants } = analysis.sentiment;
    expect(participants['alice']).toBeLessThan(-0.1);
    expect(participants['bob']).toBeGreaterThan(0.1);
    expect(overall).toBeGreaterThan(participants['alice'] ?? 1);
    expect(overall).toBeLessThan(participants['bob'] ?? -1);
    expect(analysis.topics.slice(0, 2)).toEqual(['invoice', 'subscription']);
    expect(intentsOf(analysis, 'alice')).toEqual([
      'greeting',
      'request',
      'cancellation',
      'payment',
      'complaint',
      'refusal',
      'refund',
    ]);
    expect(intentsOf(analysis, 'bob')).toEqual(
      expect.arrayContaining(['apology', 'question', 'request', 'thanks', 'refund', 'farewell']),
    );
    expect(analysis.summary).toMatch(
      /^2 participants about invoice, subscription, \w+; the mood is/,
    );
  });

  it('[ENG-02] says the same of the same conversation each time', async () => {
    expect(await analyse(complaint)).toEqual(await analyse(complaint));
  });

  it.each([
    ['a negation', "I'm not happy with it, it is not good.", -1],
    ['a negated complaint', "It isn't bad at all.", 1],
    ['a mere ok', 'ok', 0],
    ['a mere no', 'No, on the left side.', 0],
    ['a double negation', "I couldn't be happier, no complaints.", 1],
    ['what broke', 'Nothing works, and my card was declined.', -1],
    ['who did not come', "The technician didn't show up.", -1],
    ['thanks for nothing', 'Thank you for nothing.', -1],
    ['what was mended', 'The problem is gone now.', 1],
    ['a wish', 'I want to speak with somebody, please help me.', 0],
    ['a polite word', 'I am sorry to hear that.', 0],
    ['anger that is none', 'There is no reason to be angry.', 0],
    ['an apostrophe as it is printed', 'I can\u2019t log in.', -1],
    ['nothing but facts', 'The meeting starts at nine.', 0],
  ])('[ENG-03] rates %s', async (_, content, sign) => {
    const { sentiment } = await analyse(conversation([['alice', content]]));
    expect(Math.sign(sentiment.overall)).toBe(sign);
  });

  it('[ENG-04] makes no topic of names: proper nouns, and the identities of those who speak', async () => {
    const { topics } = await analyse(
      conversation([
        ['maria', 'Tomorrow Peter will bring the contract to Berlin.'],
        ['tom', 'then maria can sign the contract and tom can print the contract'],
      ]),
    );
    expect(topics).toContain('contract');
    expect(topics.join(' ')).not.toMatch(/maria|tom|peter|berlin/i);
  });

  it('[ENG-05] reads what was said, and not what the runtime notes', async () => {
    const noted = conversation([['alice', 'alice is terrible and angry']], 'event');
    expect(await analyse(noted)).toMatchObject({
      sentiment: { overall: 0, participants: {} },
      topics: [],
      intents: [],
      summary: 'Nobody said anything.',
    });
  });

  it('[ENG-06] knows a participant by whatever identity', async () => {
    const { sentiment } = await analyse(conversation([['__proto__', 'this is terrible']]));
    expect(Object.entries(sentiment.participants)).toEqual([['__proto__', expect.any(Number)]]);
  });
});

describe('other languages', () => {
  it.each([
    [
      'German',
      'Das ist wirklich schlecht, ich bin unzufrieden mit der Rechnung und will kündigen.',
    ],
    [
      'Spanish',
      'Hola buenos dias, no me funciona la tarjeta y quiero hablar con un agente por favor',
    ],
    ['French', 'je ne suis pas content de la facture, on me demande encore de payer'],
    [
      'Dutch',
      'Ik ben niet tevreden met de rekening en ik wil mijn geld terug, want het werkt niet',
    ],
    ['Italian', 'questo servizio è pessimo e voglio il rimborso per la mia carta'],
    ['Swedish', 'Jag är inte nöjd med fakturan och jag vill ha pengarna tillbaka nu'],
    ['Polish', 'Nie jestem zadowolony z faktury i chcę anulować umowę teraz'],
    ['Chinese', '请帮我取消订阅，谢谢你'],
    ['Arabic', 'أريد إلغاء اشتراكي'],
  ])('[ENG-07] invents nothing for %s, and says so', async (_, content) => {
    expect(await analyse(conversation([['alice', content]]))).toEqual({
      engine: 'lexicon',
      fallback: '',
      sentiment: { overall: 0, participants: { alice: 0 } },
      topics: [],
      intents: [],
      summary: '1 participant, not in English.',
      notes: ['not_english'],
    });
  });

  it('[ENG-08] reads those who speak English where another one does not', async () => {
    const analysis = await analyse(
      conversation([
        ['hans', 'Das ist schlecht, ich will sofort mit dem Chef der Firma sprechen.'],
        ['bob', 'I love the new dashboard, and the charts on it are great for our team.'],
        ['bob', 'We should show the dashboard to the customers in the next week.'],
      ]),
    );
    expect(analysis.notes).toEqual([]);
    expect(analysis.sentiment.participants['hans']).toBe(0);
    expect(analysis.sentiment.participants['bob']).toBeGreaterThan(0.2);
    expect(analysis.topics[0]).toBe('dashboard');
  });
});

describe('bounds', () => {
  it('[ENG-09] reads the newest 200 items, and says that there were more', async () => {
    const lines = Array.from({ length: 300 }, (_, index) => [`p${index}`, 'hello there'] as const);
    const { sentiment, notes } = await analyse(conversation(lines));
    expect(notes).toEqual(['shortened']);
    expect(Object.keys(sentiment.participants)).toHaveLength(200);
    expect(sentiment.participants).toHaveProperty('p299');
    expect(sentiment.participants).not.toHaveProperty('p99');
  });

  it('[ENG-10] ends once it is told so', async () => {
    const stopped = new AbortController();
    const run = lexiconEngine.analyse(complaint, { signal: stopped.signal });
    stopped.abort(new Error('the job is over'));
    await expect(run).rejects.toThrow('the job is over');
  });

  it.each([
    ['ordinary talk', 'The customer wants a refund for the plan and is not happy with it. '],
    ['parts of addresses', 'http://'],
    ['parts of numbers', '1/'],
    ['words within words', 'a_'],
    ['parts of addresses among spaces', `${'http://'.repeat(9)} `],
  ])('[ENG-11] lets others go on between items full of %s', async (_, piece) => {
    const item = piece.repeat(2_048).slice(0, 2_048);
    await analyse(conversation([['alice', 'The first one waits until the model is loaded.']]));
    let longestMs = 0;
    const over = new AbortController();
    const watching = (async () => {
      while (!over.signal.aborted) {
        const before = process.cpuUsage();
        await new Promise<void>(nextTurn);
        // The time of this process alone, however busy the machine is.
        const { user, system } = process.cpuUsage(before);
        longestMs = Math.max(longestMs, (user + system) / 1_000);
      }
    })();
    await analyse(conversation(Array.from({ length: 30 }, () => ['alice', item])));
    over.abort();
    await watching;
    expect(longestMs).toBeLessThan(100);
  });
});
