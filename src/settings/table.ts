import { BlockList } from "node:net";
import {
  parseFile,
  parseFolder,
  parseHost,
  parseHosts,
  parseIssuer,
  parseNetworks,
  parsePort,
  parsePublicUrl,
  parseSecret,
  parseTwoPorts,
  parseWord,
} from "./parsers.ts";
import { UnusableSetting } from "./unusableSetting.ts";

/** One setting: the source of its flag, its environment name, its help and its place in the documentation. */
export interface Setting<Value> {
  readonly environment: `HEARTWIRE_${string}`;
  readonly flag: string;
  readonly description: string;
  /** The default in words, for help and documentation. */
  readonly defaultText: string;
  readonly defaultValue: Value;
  /** Never repeated, in an error for example. */
  readonly isSecret?: true;
  /** Every value that it takes, where they are few. */
  readonly choices?: readonly string[];
  /** @throws UnusableSetting that says what was expected */
  readonly parse: (text: string) => Value;
}

const setting = <Value>(definition: Setting<Value>): Setting<Value> => definition;

/** A setting that takes one of a few words. */
function choice<const Word extends string>(
  definition: Omit<Setting<Word>, "parse" | "defaultText" | "choices"> & {
    readonly choices: readonly Word[];
  },
): Setting<Word> {
  const { choices, defaultValue } = definition;
  const parse = (text: string): Word => {
    const chosen = choices.find((word) => word === text);
    if (chosen === undefined) throw new UnusableSetting(`expected one of ${choices.join(", ")}`);
    return chosen;
  };
  return { ...definition, defaultText: defaultValue, parse };
}

const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;

/** The port for https and wss where none is given and there is a certificate. */
export const USUAL_TLS_PORT = 4328;

/** Every setting of the server. */
export const SETTINGS = {
  port: setting<number>({
    environment: "HEARTWIRE_PORT",
    flag: "--port <number>",
    description: 'The port to listen on; 0 takes a free one. 4327 is "HEAR" on a phone\'s keys.',
    defaultText: "4327",
    defaultValue: 4327,
    parse: parsePort,
  }),
  host: setting<string | undefined>({
    environment: "HEARTWIRE_HOST",
    flag: "--host <address>",
    description:
      "The address to listen on. Set 0.0.0.0 to be reached from other machines, and name the hosts they use in HEARTWIRE_ALLOWED_HOSTS.",
    defaultText: "127.0.0.1 and ::1",
    defaultValue: undefined,
    parse: parseHost,
  }),
  publicUrl: setting<URL | undefined>({
    environment: "HEARTWIRE_PUBLIC_URL",
    flag: "--public-url <address>",
    description: "The address under which others reach this server, for example through a proxy.",
    defaultText: "none: this server is local",
    defaultValue: undefined,
    parse: parsePublicUrl,
  }),
  allowedHosts: setting<readonly string[]>({
    environment: "HEARTWIRE_ALLOWED_HOSTS",
    flag: "--allowed-hosts <names>",
    description:
      "Host names, separated by commas, that requests may ask for besides loopback and the public address. Others are refused (421), which keeps web pages of strangers from reaching a local server.",
    defaultText: "none",
    defaultValue: [],
    parse: parseHosts,
  }),
  trustedProxies: setting<BlockList>({
    environment: "HEARTWIRE_TRUSTED_PROXIES",
    flag: "--trusted-proxies <addresses>",
    description:
      "Addresses and networks of proxies before this server, separated by commas, such as 10.0.0.7,fd00::/8. What they say in X-Forwarded-For of where a request came from is believed, for limits on attempts to sign in and for the trail; nobody else's word is. The public address is named in HEARTWIRE_PUBLIC_URL all the same.",
    defaultText: "none",
    defaultValue: new BlockList(),
    parse: parseNetworks,
  }),
  tlsCert: setting<string | undefined>({
    environment: "HEARTWIRE_TLS_CERT",
    flag: "--tls-cert <file>",
    description:
      "A certificate as PEM, followed by those that signed it. With it and its key the server speaks https and wss too, on HEARTWIRE_TLS_PORT. Both are read at the start: restart the server when they are renewed.",
    defaultText: "none: plain http only",
    defaultValue: undefined,
    parse: parseFile,
  }),
  tlsKey: setting<string | undefined>({
    environment: "HEARTWIRE_TLS_KEY",
    flag: "--tls-key <file>",
    description: "The key of HEARTWIRE_TLS_CERT as PEM, without a passphrase.",
    defaultText: "none",
    defaultValue: undefined,
    parse: parseFile,
  }),
  tlsPort: setting<number | undefined>({
    environment: "HEARTWIRE_TLS_PORT",
    flag: "--tls-port <number>",
    description:
      "The port for https and wss, which takes a certificate and another port than HEARTWIRE_PORT; 0 takes a free one.",
    defaultText: `${USUAL_TLS_PORT} when there is a certificate`,
    defaultValue: undefined,
    parse: parsePort,
  }),
  dropinPorts: setting<readonly [https: number, http: number]>({
    environment: "HEARTWIRE_DROPIN_PORTS",
    flag: "--dropin-ports <numbers>",
    description:
      "The ports for https and for plain http on which apps with Pulsoid's hosts built in are answered once `heartwire dropin on` has prepared this machine. Other than 443 and 80 they need a firewall that leads those two there: see docs/dropin.md.",
    defaultText: "443,80",
    defaultValue: [443, 80],
    parse: parseTwoPorts,
  }),
  data: setting<string>({
    environment: "HEARTWIRE_DATA",
    flag: "--data <folder>",
    description: "The folder that holds everything this server knows.",
    defaultText: "./data",
    defaultValue: "./data",
    parse: parseFolder,
  }),
  secret: setting<string | undefined>({
    environment: "HEARTWIRE_SECRET",
    flag: "--secret <text>",
    description:
      "Signs the cookies of those who are signed in: at least 32 characters of chance. Whoever changes it signs everybody out. Other users of this machine can see a flag: give it in the environment.",
    defaultText: "made when somebody first signs in, and kept in the data folder",
    defaultValue: undefined,
    isSecret: true,
    parse: parseSecret,
  }),
  signUp: choice({
    environment: "HEARTWIRE_SIGN_UP",
    flag: "--sign-up <mode>",
    description:
      "Who may make an account. open: anybody who reaches this server. invitation: whoever has a link that `heartwire user invite` printed. closed: nobody.",
    defaultValue: "invitation",
    choices: ["open", "invitation", "closed"],
  }),
  oidcIssuer: setting<URL | undefined>({
    environment: "HEARTWIRE_OIDC_ISSUER",
    flag: "--oidc-issuer <address>",
    description:
      "An OpenID provider by which people may sign in too, for example that of a company; with the id and the secret that it gave this server. Its redirect address is /session/outside/callback below this server's.",
    defaultText: "none",
    defaultValue: undefined,
    parse: parseIssuer,
  }),
  oidcClientId: setting<string | undefined>({
    environment: "HEARTWIRE_OIDC_CLIENT_ID",
    flag: "--oidc-client-id <text>",
    description: "The id that the provider of HEARTWIRE_OIDC_ISSUER gave this server.",
    defaultText: "none",
    defaultValue: undefined,
    parse: parseWord,
  }),
  oidcClientSecret: setting<string | undefined>({
    environment: "HEARTWIRE_OIDC_CLIENT_SECRET",
    flag: "--oidc-client-secret <text>",
    description:
      "The secret that the provider of HEARTWIRE_OIDC_ISSUER gave this server. Other users of this machine can see a flag: give it in the environment.",
    defaultText: "none",
    defaultValue: undefined,
    isSecret: true,
    parse: parseWord,
  }),
  oidcName: setting<string>({
    environment: "HEARTWIRE_OIDC_NAME",
    flag: "--oidc-name <text>",
    description: "What the button says by which people sign in there.",
    defaultText: "your organisation",
    defaultValue: "your organisation",
    parse: parseWord,
  }),
  adoptClients: choice({
    environment: "HEARTWIRE_ADOPT_CLIENTS",
    flag: "--adopt-clients <mode>",
    description:
      "Whether an app that brings a client id of Pulsoid's may ask a signed-in person to let it in, though this server cannot verify it. auto: only local requests (see HEARTWIRE_METRICS).",
    defaultValue: "auto",
    choices: ["auto", "on", "off"],
  }),
  queryTokens: choice({
    environment: "HEARTWIRE_QUERY_TOKENS",
    flag: "--query-tokens <mode>",
    description:
      "Whether the few routes that take a token in their query do (?access_token=). Addresses end up in logs; off reads tokens from the Authorization header alone, which some devices and browsers cannot send.",
    defaultValue: "on",
    choices: ["on", "off"],
  }),
  durability: choice({
    environment: "HEARTWIRE_DURABILITY",
    flag: "--durability <mode>",
    description:
      "What an answer of 200 means. commit: the reading survives a power cut. relaxed: it survives a crash of the process; a power cut may lose about the last second.",
    defaultValue: "commit",
    choices: ["commit", "relaxed"],
  }),
  metrics: choice({
    environment: "HEARTWIRE_METRICS",
    flag: "--metrics <mode>",
    description:
      "Whether GET /metrics answers. auto: only local requests (this server listens on loopback, has no public address, and no proxy forwarded the request).",
    defaultValue: "auto",
    choices: ["auto", "on", "off"],
  }),
  logLevel: choice<LogLevel>({
    environment: "HEARTWIRE_LOG_LEVEL",
    flag: "--log-level <level>",
    description: "How much is logged: debug shows every request.",
    defaultValue: "info",
    choices: LOG_LEVELS,
  }),
} as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Names that only the client commands read (see cli/connection.ts). */
export const CLIENT_ENVIRONMENT = {
  HEARTWIRE_URL: "The server that client commands talk to.",
  HEARTWIRE_TOKEN: "The token that client commands use.",
  HEARTWIRE_READ_TOKEN: "The token with which `conformance` reads, where HEARTWIRE_TOKEN is not for both.",
  HEARTWIRE_WRITE_TOKEN: "The token with which `conformance` writes.",
  HEARTWIRE_CLIENT_SECRET: "The secret of the app that `conformance` is.",
} as const;
