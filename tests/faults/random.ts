// Chance that can be repeated: CALOTYPE_FAULT_SEED=… runs the same choices again; each test says its seed. CALOTYPE_FAULT_ROUNDS: how long.
export interface Random {
  readonly seed: number;
  /** 0 … n - 1 */
  below(n: number): number;
  of<T>(list: readonly T[]): T;
}

export const rounds = Number(process.env.CALOTYPE_FAULT_ROUNDS ?? 10);

/** mulberry32 */
export function chance(seed = Number(process.env.CALOTYPE_FAULT_SEED ?? Math.floor(Math.random() * 1e9))): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number) => Math.floor(next() * n);
  return { seed, below, of: (list) => list[below(list.length)]! };
}
