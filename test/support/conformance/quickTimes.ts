/** Times of the slow checks for tests of the kit: what they are about happens at once here. */
export const QUICK_TIMES = {
  quietMs: 400,
  pingingMs: 200,
  pingEveryMs: 40,
  steadyMs: 200,
  steadyEveryMs: 40,
  readingsUnread: 50,
} as const;
