/** One of the server's own numbers, as `/metrics` shows it. */
export async function metric(origin: string, name: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const value = new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1];
  if (value === undefined) throw new Error(`there is no metric ${name}`);
  return Number(value);
}

export function memoryBytes(origin: string): Promise<number> {
  return metric(origin, "process_resident_memory_bytes");
}
