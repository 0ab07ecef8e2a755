/** Two places, and never -0. */
export const rounded = (value: number): number => Math.round(value * 100) / 100 + 0;
