import type { SessionHealth } from '../events.ts';

export const quietHealth: SessionHealth = {
  active: false,
  speaking: false,
  poorQuality: false,
  suspect: false,
};

/** What an alert of the session, opened or resolved, changes. */
export function healthOf(alertKey: string, isOpen: boolean): Partial<SessionHealth> {
  if (alertKey === 'poor_quality') return { poorQuality: isOpen };
  return alertKey === 'suspect' ? { suspect: isOpen } : {};
}

export const isSameHealth = (a: SessionHealth, b: SessionHealth): boolean =>
  a.active === b.active &&
  a.speaking === b.speaking &&
  a.poorQuality === b.poorQuality &&
  a.suspect === b.suspect;
