import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { App } from "./api/app.ts";
import type { Context } from "./api/context.ts";
import { isLoopbackAddress } from "./api/hosts.ts";
import { BunServers } from "./bunServers.ts";
import type { CertificatePair } from "./certificates/certificatePair.ts";
import { DropinListeners } from "./dropinListeners.ts";
import { SETTINGS, USUAL_TLS_PORT } from "./settings/table.ts";

export interface Listeners {
  readonly url: URL;
  /** The address for https, where there is a certificate. */
  readonly secureUrl: URL | undefined;
  readonly dropin: DropinListeners;
  /** Takes no new connection, and waits for the requests that are being answered. */
  stop(): Promise<void>;
}

/**
 * Listens on the host of the settings, or on both loopback addresses under one port; with a certificate on a second
 * port for TLS; and for apps with Pulsoid's hosts built in where the machine is prepared for them.
 *
 * @throws ListenFailure when a port of the first two is taken or the address is not one of this machine
 */
export async function listen(
  app: App,
  context: Context,
  pair: CertificatePair | undefined,
): Promise<Listeners> {
  const { host, port, tlsPort = USUAL_TLS_PORT } = context.settings;
  const servers = new BunServers(app, context);
  const dropin = new DropinListeners(servers, context);
  try {
    const [plain] = await servers.open(host, { port, setting: SETTINGS.port.environment });
    const [secure] =
      pair === undefined
        ? []
        : await servers.open(host, { port: tlsPort, setting: SETTINGS.tlsPort.environment, pair });
    await dropin.start();
    return {
      url: new URL(`http://${addressOf(host)}:${plain.port}`),
      secureUrl: pair && secure && new URL(`https://${nameFor(pair, context)}:${secure.port}`),
      dropin,
      async stop() {
        await dropin.stop();
        await servers.stop();
      },
    };
  } catch (error) {
    await servers.stop();
    throw error;
  }
}

/**
 * The first name of this server that its certificate is for. Where there is none it is told, and the usual name is as
 * good as any: clients will object to it.
 */
function nameFor({ details }: CertificatePair, { settings, log }: Context): string {
  const { host, publicUrl, allowedHosts } = settings;
  const usual = addressOf(host);
  const names = [
    ...(publicUrl === undefined ? [] : [publicUrl.hostname]),
    ...allowedHosts,
    usual,
    ...(host !== undefined && isLoopbackAddress(host) ? ["localhost"] : []),
  ];
  const covered = names.find((name) => isFor(details, name.replace(/^\[|\]$/g, "")));
  if (covered === undefined) {
    log.warn(
      { certificate: details.subjectAltName },
      "The certificate is for no name of this server: add one of its names to HEARTWIRE_ALLOWED_HOSTS.",
    );
  }
  return covered ?? usual;
}

function isFor(details: X509Certificate, name: string): boolean {
  return (isIP(name) === 0 ? details.checkHost(name) : details.checkIP(name)) !== undefined;
}

function addressOf(host: string | undefined): string {
  if (host === undefined || host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
