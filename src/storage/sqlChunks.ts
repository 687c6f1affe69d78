/** Values that one statement asks about: SQLite takes 32,766 parameters, PostgreSQL 65,535. */
const VALUES_A_QUERY = 10_000;

/** Asks a question about many values in as many statements as it needs. */
export async function inChunks<Value, Row>(
  values: readonly Value[],
  ask: (values: readonly Value[]) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let from = 0; from < values.length; from += VALUES_A_QUERY) {
    rows.push(...(await ask(values.slice(from, from + VALUES_A_QUERY))));
  }
  return rows;
}
