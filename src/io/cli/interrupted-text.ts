/** Says of a walk over logs that a signal ended it before its time, which its exit status tells; else nothing. */
export const interruptedText = (exitCode: number): readonly string[] =>
  exitCode > 2 ? ['Interrupted: the other logs were not looked at.'] : [];
