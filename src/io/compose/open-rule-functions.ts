import type { RuleFunctions } from '../../actors/ports.ts';
import { systemClock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { ReadRules } from '../rules/read-rules.ts';
import { createRuleFunctions } from '../rules/rule-functions.ts';

/** The functions that the rules of a process call. */
export const openRuleFunctions = ({ functions }: ReadRules, logger: Logger): RuleFunctions =>
  createRuleFunctions({
    functions,
    clock: systemClock,
    onStray: (rule, err) =>
      logger.warn({ rule, err }, 'what a function of a rule left behind broke'),
  });
