import { describe, expect, test } from "bun:test";
import { BlockList } from "node:net";
import { serveCommand } from "../../src/cli/serve.ts";
import { DEFAULT_LIMITS, LIMITS } from "../../src/settings/limits.ts";
import { type FlagValues, readSettings, type SettingName } from "../../src/settings/settings.ts";
import { CLIENT_ENVIRONMENT, SETTINGS, type Setting } from "../../src/settings/table.ts";
import { UnusableSetting } from "../../src/settings/unusableSetting.ts";

/** The message with which settings are refused. */
function refusalOf(environment: Record<string, string>, flags: FlagValues = {}): string {
  try {
    readSettings(environment, flags);
  } catch (error) {
    expect(error).toBeInstanceOf(UnusableSetting);
    return (error as Error).message;
  }
  return "it was not refused";
}

describe("where a setting comes from", () => {
  test("without any, the defaults hold", () => {
    expect(readSettings({})).toEqual({
      port: 4327,
      host: undefined,
      publicUrl: undefined,
      allowedHosts: [],
      tlsCert: undefined,
      tlsKey: undefined,
      tlsPort: undefined,
      dropinPorts: [443, 80],
      trustedProxies: new BlockList(),
      data: "./data",
      secret: undefined,
      signUp: "invitation",
      oidcIssuer: undefined,
      oidcClientId: undefined,
      oidcClientSecret: undefined,
      oidcName: "your organisation",
      adoptClients: "auto",
      queryTokens: "on",
      durability: "commit",
      metrics: "auto",
      logLevel: "info",
    });
  });

  test("the environment wins over the default, a flag wins over the environment", () => {
    const environment = { HEARTWIRE_PORT: "8080", HEARTWIRE_METRICS: "off" };
    expect(readSettings(environment)).toMatchObject({ port: 8080, metrics: "off", durability: "commit" });
    expect(readSettings(environment, { port: "9090", durability: "relaxed" })).toMatchObject({
      port: 9090,
      metrics: "off",
      durability: "relaxed",
    });
  });

  test("an empty value in the environment counts as not set", () => {
    const empty = Object.values(SETTINGS).map(({ environment }) => [environment, ""]);
    expect(readSettings(Object.fromEntries(empty))).toEqual(readSettings({}));
  });

  test("a flag hides a value of the environment that is wrong", () => {
    expect(readSettings({ HEARTWIRE_PORT: "none" }, { port: "1" }).port).toBe(1);
  });

  test("what belongs to other programs is left alone", () => {
    expect(readSettings({ PATH: "/bin", PORT: "none", heartwire_port: "none" }).port).toBe(4327);
  });
});

describe("what a setting takes", () => {
  const taken = [
    ["HEARTWIRE_PORT", "0", "port", 0],
    ["HEARTWIRE_PORT", "65535", "port", 65_535],
    ["HEARTWIRE_HOST", "0.0.0.0", "host", "0.0.0.0"],
    ["HEARTWIRE_PUBLIC_URL", "https://heart.example.org", "publicUrl", new URL("https://heart.example.org")],
    ["HEARTWIRE_PUBLIC_URL", "http://10.0.0.7:8080/", "publicUrl", new URL("http://10.0.0.7:8080")],
    ["HEARTWIRE_ALLOWED_HOSTS", " Heart.example.org,[::1] ", "allowedHosts", ["heart.example.org", "[::1]"]],
    ["HEARTWIRE_TLS_CERT", "/etc/heart wire/chain.pem", "tlsCert", "/etc/heart wire/chain.pem"],
    ["HEARTWIRE_TLS_KEY", "key.pem", "tlsKey", "key.pem"],
    ["HEARTWIRE_TLS_PORT", "443", "tlsPort", 443],
    ["HEARTWIRE_DROPIN_PORTS", "4443, 4480", "dropinPorts", [4443, 4480]],
    ["HEARTWIRE_DATA", "/srv/heart wire", "data", "/srv/heart wire"],
    ["HEARTWIRE_SECRET", "0123456789abcdef0123456789abcdef", "secret", "0123456789abcdef0123456789abcdef"],
    ["HEARTWIRE_SIGN_UP", "open", "signUp", "open"],
    [
      "HEARTWIRE_OIDC_ISSUER",
      "https://login.example.org/x",
      "oidcIssuer",
      new URL("https://login.example.org/x"),
    ],
    ["HEARTWIRE_OIDC_ISSUER", "http://127.0.0.1:9/", "oidcIssuer", new URL("http://127.0.0.1:9/")],
    ["HEARTWIRE_OIDC_CLIENT_ID", " heartwire ", "oidcClientId", "heartwire"],
    ["HEARTWIRE_OIDC_CLIENT_SECRET", "x y", "oidcClientSecret", "x y"],
    ["HEARTWIRE_OIDC_NAME", "Example", "oidcName", "Example"],
    ["HEARTWIRE_ADOPT_CLIENTS", "off", "adoptClients", "off"],
    ["HEARTWIRE_QUERY_TOKENS", "off", "queryTokens", "off"],
    ["HEARTWIRE_DURABILITY", "relaxed", "durability", "relaxed"],
    ["HEARTWIRE_METRICS", "on", "metrics", "on"],
    ["HEARTWIRE_LOG_LEVEL", "silent", "logLevel", "silent"],
  ] as const;
  for (const [name, text, setting, value] of taken) {
    test(`${name}=${text}`, () => {
      expect(readSettings({ [name]: text })[setting]).toEqual(value as never);
    });
  }
});

test("an empty flag is no value: only the environment may be empty", () => {
  expect(() => readSettings({}, { host: "" })).toThrow("--host: expected an address of this machine");
  expect(() => readSettings({}, { data: "" })).toThrow("--data: expected the name of a folder");
});

describe("what it does not take is refused, by name and with what was expected", () => {
  const ADDRESS = "expected an address without a path, such as https://heart.example.org";
  const ISSUER = "expected the address of an OpenID provider with https, such as https://login.example.org";
  const HOSTS =
    "expected host names without port, separated by commas, such as heart.example.org,192.168.1.20";
  const refused: readonly (readonly [setting: SettingName, text: string, expected: string])[] = [
    ...["65536", "-1", "80.5", "http", "1e3", " 80", "0x50", "123456"].map(
      (text) => ["port", text, "expected a number from 0 to 65535"] as const,
    ),
    ...[
      "heart.example.org",
      "ftp://heart.example.org",
      "https://heart.example.org/x",
      "https://h/?x",
      "//h",
    ].map((text) => ["publicUrl", text, ADDRESS] as const),
    ["host", " ", "expected an address of this machine, such as 0.0.0.0 or 192.168.1.20"],
    ["host", "http://0.0.0.0", "expected an address of this machine, such as 0.0.0.0 or 192.168.1.20"],
    ["tlsCert", " ", "expected the name of a file"],
    ["tlsKey", " ", "expected the name of a file"],
    ["tlsPort", "https", "expected a number from 0 to 65535"],
    ["dropinPorts", "443", "expected two ports, for https and for http, such as 443,80"],
    ["dropinPorts", "443,80,81", "expected two ports, for https and for http, such as 443,80"],
    ["dropinPorts", "443,", "expected a number from 0 to 65535"],
    ["data", " ", "expected the name of a folder"],
    ["allowedHosts", "heart.example.org:80", `${HOSTS}; "heart.example.org:80" is none`],
    ["allowedHosts", "a.example,,b.example", `${HOSTS}; "" is none`],
    ["allowedHosts", "http://a.example", `${HOSTS}; "http://a.example" is none`],
    ["allowedHosts", "*.example.org", `${HOSTS}; "*.example.org" is none`],
    ...[
      "login.example.org",
      "http://login.example.org",
      "https://h/?x",
      "https://h/#x",
      "ftp://localhost",
    ].map((text) => ["oidcIssuer", text, ISSUER] as const),
    ["oidcClientId", " ", "expected some text"],
    ["oidcName", " ", "expected some text"],
    ["signUp", "yes", "expected one of open, invitation, closed"],
    ["adoptClients", "local", "expected one of auto, on, off"],
    ["queryTokens", "auto", "expected one of on, off"],
    ["durability", "sometimes", "expected one of commit, relaxed"],
    ["durability", "Commit", "expected one of commit, relaxed"],
    ["metrics", "yes", "expected one of auto, on, off"],
    ["logLevel", "trace", "expected one of debug, info, warn, error, silent"],
  ];
  for (const [setting, text, expected] of refused) {
    const { environment, flag } = SETTINGS[setting];
    test(`${environment}=${text}`, () => {
      expect(refusalOf({ [environment]: text })).toBe(`${environment}: ${expected}, got "${text}".`);
    });
    test(`${flag.split(" ")[0]} ${text}`, () => {
      expect(refusalOf({}, { [setting]: text })).toBe(`${flag.split(" ")[0]}: ${expected}, got "${text}".`);
    });
  }
});

describe("a name that starts with HEARTWIRE_ and is no setting", () => {
  const misspelt = [
    ["HEARTWIRE_PROT", "HEARTWIRE_PORT"],
    ["HEARTWIRE_HOSTS", "HEARTWIRE_HOST"],
    ["HEARTWIRE_ALLOWED_HOST", "HEARTWIRE_ALLOWED_HOSTS"],
    ["HEARTWIRE_LOGLEVEL", "HEARTWIRE_LOG_LEVEL"],
    ["HEARTWIRE_PUBLICURL", "HEARTWIRE_PUBLIC_URL"],
    ["HEARTWIRE_DATA_", "HEARTWIRE_DATA"],
    ["HEARTWIRE_durability", "HEARTWIRE_DURABILITY"],
  ] as const;
  for (const [name, nearest] of misspelt) {
    test(`${name} is refused, and ${nearest} suggested`, () => {
      expect(refusalOf({ [name]: "1" })).toBe(
        `${name} is not a setting of Heartwire. Did you mean ${nearest}?`,
      );
    });
  }

  test("is refused though its value is empty, and though all else is well", () => {
    expect(refusalOf({ HEARTWIRE_PORT: "80", HEARTWIRE_NONE: "" })).toContain("HEARTWIRE_NONE");
  });

  test("its value, which may be a secret under a wrong name, is not shown", () => {
    expect(refusalOf({ HEARTWIRE_TOKNE: "3f2504e0" })).toBe(
      "HEARTWIRE_TOKNE is not a setting of Heartwire. Did you mean HEARTWIRE_TOKEN?",
    );
  });

  test("the names that only client commands read are known", () => {
    for (const name of Object.keys(CLIENT_ENVIRONMENT))
      expect(() => readSettings({ [name]: "x" })).not.toThrow();
  });
});

test("a setting that takes one of a few words says which, and takes each of them", () => {
  const few = Object.entries<Setting<unknown>>(SETTINGS).flatMap(([name, { environment, choices = [] }]) =>
    choices.map((word) => [name, environment, word] as const),
  );
  expect([...new Set(few.map(([name]) => name))]).toEqual([
    "signUp",
    "adoptClients",
    "queryTokens",
    "durability",
    "metrics",
    "logLevel",
  ]);
  for (const [name, environment, word] of few) {
    expect(readSettings({ [environment]: word })[name as SettingName]).toBe(word);
  }
});

test("the help of serve names the words that a setting takes", () => {
  const help = serveCommand().helpInformation().replaceAll(/\s+/g, " ");
  for (const words of ["commit, relaxed", "auto, on, off", "debug, info, warn, error, silent"]) {
    expect(help).toContain(`one of ${words}; default `);
  }
});

test("every setting and every limit says in words what it is", () => {
  for (const { description, defaultText, flag, environment } of Object.values(SETTINGS)) {
    expect(description).toMatch(/^[A-Z].*\.$/);
    expect(defaultText).not.toBe("");
    expect(flag).toMatch(/^--[a-z-]+ <[a-z]+>$/);
    expect(environment).toMatch(/^HEARTWIRE_[A-Z_]+$/);
  }
  for (const [name, { value, unit, meaning }] of Object.entries(LIMITS)) {
    expect(DEFAULT_LIMITS[name as keyof typeof LIMITS]).toBe(value);
    expect(value).toBeGreaterThan(0);
    expect(unit).not.toBe("");
    expect(meaning).toMatch(/^[A-Z].*\.$/);
  }
});

test("a secret that is refused is not repeated: only how long it was", () => {
  const secret = "too short to be one";
  const message = refusalOf({ HEARTWIRE_SECRET: secret });
  expect(message).toBe("HEARTWIRE_SECRET: expected at least 32 characters, got 19 characters.");
});
