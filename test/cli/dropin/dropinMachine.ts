import { test } from "bun:test";
import { ANNA, DATA, type HowToRun, PrivateMachine, type Ran } from "../../support/privateMachine.ts";

/** A machine that has a data folder, as a server leaves it that was started once. */
async function openMachine(): Promise<PrivateMachine> {
  const machine = await PrivateMachine.open();
  await makeToken(machine);
  return machine;
}

/** Makes a token of "me", and the data folder with it. */
export async function makeToken(machine: PrivateMachine, how: HowToRun = {}): Promise<string> {
  const scopes = "data:heart_rate:read,data:heart_rate:write";
  const words = ["token", "create", "--user", "me", "--scopes", scopes, "--data", DATA];
  const { code, stdout, stderr } = await machine.heartwire(words, how);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

export function dropin(machine: PrivateMachine, command: string, how: HowToRun = {}): Promise<Ran> {
  return machine.heartwire(["dropin", ...command.split(" "), "--data", DATA], how);
}

/** Waits until somebody listens on a port, or nobody: the server looks every second what was prepared. */
export async function settled(machine: PrivateMachine, { open = true, port = 443 } = {}): Promise<void> {
  const ask = `exec 3<> /dev/tcp/127.0.0.1/${port}`;
  for (let attempt = 0; attempt < 200; attempt++) {
    const { code } = await machine.run(["bash", "-c", ask]);
    if ((code === 0) === open) return;
    await Bun.sleep(100);
  }
  throw new Error(`port ${port} is not ${open ? "open" : "closed"}`);
}

const TEST_MS_MAX = 120_000;

const isPossible = PrivateMachine.isPossible;

/** A test on a machine of its own, with a data folder and without anything of dropin. */
export function onMachine(promise: string, check: (machine: PrivateMachine) => Promise<void>): void {
  test(
    promise,
    async () => {
      if (!isPossible) return;
      await using machine = await openMachine();
      await check(machine);
    },
    TEST_MS_MAX,
  );
}

/** Makes a database of certificates as a browser of Anna's does at its first start. */
export async function makeBrowserDatabase(machine: PrivateMachine, folder: string): Promise<void> {
  await machine.shell(`mkdir -p ${folder} && certutil -N -d sql:${folder} --empty-password`, { as: ANNA });
}

/** The names of the authorities that a browser's database trusts for servers. */
export async function trustedIn(machine: PrivateMachine, folder: string): Promise<readonly string[]> {
  const list = await machine.shell(`certutil -L -d sql:${folder}`, { as: ANNA });
  return [...list.matchAll(/^(.*?) +C,,\s*$/gm)].map(([, name = ""]) => name);
}

/** The authorities of ours that the system trusts, each with the number in its name. */
export async function trustedBySystem(machine: PrivateMachine): Promise<readonly string[]> {
  const subjects = await machine.shell(
    "openssl crl2pkcs7 -nocrl -certfile /etc/ssl/certs/ca-certificates.crt | openssl pkcs7 -print_certs -noout",
  );
  return subjects.split("\n").filter((line) => /^subject=.*Heartwire dropin/.test(line));
}
