import { describe, expect, test } from "bun:test";
import {
  isLoopbackRedirect,
  isRegisteredRedirect,
  REDIRECT_URI_LENGTH_MAX,
  redirectKind,
  redirectUriFault,
} from "../../src/domain/redirectUri.ts";

const WEB = "https://app.example/callback";

/** Addresses that differ from the registered one by as little as an attacker could hope for. */
const NEAR_MISSES: readonly (readonly [why: string, uri: string])[] = [
  ["plain http", "http://app.example/callback"],
  ["capitals in the scheme", "HTTPS://app.example/callback"],
  ["capitals in the host", "https://App.Example/callback"],
  ["capitals in the path", "https://app.example/Callback"],
  ["a trailing slash", "https://app.example/callback/"],
  ["two slashes", "https://app.example//callback"],
  ["no path", "https://app.example"],
  ["the path's parent", "https://app.example/"],
  ["a longer path", "https://app.example/callback/evil"],
  ["a longer last word", "https://app.example/callbackevil"],
  ["a shorter last word", "https://app.example/callbac"],
  ["the default port", "https://app.example:443/callback"],
  ["another port", "https://app.example:8443/callback"],
  ["an empty port", "https://app.example:/callback"],
  ["a user name", "https://evil@app.example/callback"],
  ["a user name and a password", "https://app.example:x@evil.example/callback"],
  ["the host as a user name", "https://app.example@evil.example/callback"],
  ["a fragment", "https://app.example/callback#"],
  ["a fragment with a word", "https://app.example/callback#evil"],
  ["an empty query", "https://app.example/callback?"],
  ["a query", "https://app.example/callback?next=https://evil.example"],
  ["a path parameter", "https://app.example/callback;evil"],
  ["another last letter, encoded", "https://app.example/callbac%6b"],
  ["an encoded slash", "https://app.example%2fcallback"],
  ["a path that goes up and comes back", "https://app.example/x/../callback"],
  ["a path that goes up", "https://app.example/callback/../evil"],
  ["encoded dots that go up", "https://app.example/callback/%2e%2e/evil"],
  ["a single dot", "https://app.example/./callback"],
  ["a backslash before the path", "https://app.example\\callback"],
  ["a backslash and another host", "https://evil.example\\@app.example/callback"],
  ["a domain below another one", "https://app.example.evil.example/callback"],
  ["another domain that ends alike", "https://evilapp.example/callback"],
  ["a domain below it", "https://www.app.example/callback"],
  ["a dot behind the host", "https://app.example./callback"],
  ["a letter that looks alike", "https://аpp.example/callback"],
  ["the same in punycode", "https://xn--pp-6kc.example/callback"],
  ["a full-width letter, which browsers read as the plain one", "https://ａpp.example/callback"],
  ["a tab inside", "https://app.example/call\tback"],
  ["a newline inside", "https://app.example/call\nback"],
  ["a newline behind", "https://app.example/callback\n"],
  ["a header behind", "https://app.example/callback\r\nLocation: https://evil.example"],
  ["a space before", " https://app.example/callback"],
  ["a space behind", "https://app.example/callback "],
  ["a null behind", "https://app.example/callback\0"],
  ["no scheme", "//app.example/callback"],
  ["one slash", "https:/app.example/callback"],
  ["three slashes", "https:///app.example/callback"],
  ["a path alone", "/callback"],
  ["javascript", "javascript:alert(1)//https://app.example/callback"],
  ["data", "data:text/html,https://app.example/callback"],
  ["two at once, by a space", `${WEB} https://evil.example/`],
  ["two at once, by a comma", `${WEB},https://evil.example/`],
  ["a star", "https://*.example/callback"],
  ["nothing", ""],
];

describe("a redirect address is compared character by character", () => {
  test("the registered one is taken", () => {
    expect(isRegisteredRedirect(WEB, ["https://other.example/", WEB])).toBe(true);
  });

  test("there are more than 40 near misses", () => expect(NEAR_MISSES.length).toBeGreaterThan(40));

  for (const [why, uri] of NEAR_MISSES) {
    test(`not with ${why}`, () => expect(isRegisteredRedirect(uri, [WEB])).toBe(false));
  }
});

describe("an app on the same machine may take any port (RFC 8252 section 7.3)", () => {
  const names = ["127.0.0.1", "[::1]", "localhost"];
  for (const name of names) {
    test(`on ${name}, whether it registered one or not`, () => {
      for (const registered of [`http://${name}/cb`, `http://${name}:8080/cb`]) {
        for (const asked of [`http://${name}/cb`, `http://${name}:1/cb`, `http://${name}:65535/cb`]) {
          expect(isRegisteredRedirect(asked, [registered])).toBe(true);
        }
      }
    });
  }

  const misses: readonly (readonly [why: string, uri: string])[] = [
    ["another name of the same machine", "http://localhost:5000/cb"],
    ["its address of version 6", "http://[::1]:5000/cb"],
    ["https", "https://127.0.0.1:5000/cb"],
    ["another loopback address", "http://127.0.0.2:5000/cb"],
    ["a short form", "http://127.1:5000/cb"],
    ["the address as a number", "http://2130706433:5000/cb"],
    ["the address in hexadecimal", "http://0x7f000001:5000/cb"],
    ["the address in octal", "http://0177.0.0.1:5000/cb"],
    ["every interface", "http://0.0.0.0:5000/cb"],
    ["a name that leads there", "http://127.0.0.1.nip.io:5000/cb"],
    ["a domain that begins alike", "http://localhost.evil.example:5000/cb"],
    ["the address as a user name", "http://127.0.0.1:5000@evil.example/cb"],
    ["the address as a user name without a port", "http://127.0.0.1@evil.example/cb"],
    ["a backslash", "http://127.0.0.1:5000\\@evil.example/cb"],
    ["another path", "http://127.0.0.1:5000/cb/"],
    ["a query", "http://127.0.0.1:5000/cb?x=1"],
    ["a fragment", "http://127.0.0.1:5000/cb#x"],
    ["an empty port", "http://127.0.0.1:/cb"],
    ["port 0", "http://127.0.0.1:0/cb"],
    ["a port beyond the last", "http://127.0.0.1:65536/cb"],
    ["a port with a zero before it", "http://127.0.0.1:05000/cb"],
    ["a port that is none", "http://127.0.0.1:5000x/cb"],
    ["capitals", "HTTP://127.0.0.1:5000/cb"],
    ["a newline", "http://127.0.0.1:5000/cb\n"],
  ];
  for (const [why, uri] of misses) {
    test(`but not ${why}`, () => expect(isRegisteredRedirect(uri, ["http://127.0.0.1/cb"])).toBe(false));
  }

  test("any address of the same machine is one of its apps, and no other is", () => {
    for (const uri of ["http://localhost:3000/callback", "http://127.0.0.1", "http://[::1]:9/x?y=1"]) {
      expect({ uri, is: isLoopbackRedirect(uri) }).toEqual({ uri, is: true });
    }
    for (const uri of [
      ...misses.slice(2, 14).map(([, miss]) => miss),
      "http://localhost:3000/a\tb",
      "http://localhost:3000/a#b",
      "http://localhost:3000/../b",
      "http://localhost:3000/?code=1",
      WEB,
      "",
    ]) {
      expect({ uri, is: isLoopbackRedirect(uri) }).toEqual({ uri, is: false });
    }
  });
});

describe("what may be registered", () => {
  const good: readonly (readonly [uri: string, kind: string])[] = [
    [WEB, "web"],
    ["https://app.example", "web"],
    ["https://app.example/", "web"],
    ["https://app.example:8443/cb?from=heartwire", "web"],
    ["https://app.example?from=heartwire", "web"],
    ["https://app.example/a%20b", "web"],
    ["https://xn--bcher-kva.example/cb", "web"],
    ["http://127.0.0.1/cb", "loopback"],
    ["http://[::1]:8080/cb", "loopback"],
    ["http://localhost:3000", "loopback"],
    ["com.example.app:/oauth", "app"],
    ["com.example.app://oauth/cb", "app"],
    ["com.example.app:oauth", "app"],
  ];
  for (const [uri, kind] of good) {
    test(`${uri} is an address of the kind ${kind}`, () => {
      expect(redirectUriFault(uri)).toBeUndefined();
      expect(redirectKind(uri)).toBe(kind as never);
    });
  }

  const bad = [
    "",
    "/callback",
    "//app.example/callback",
    "https://",
    "http://app.example/callback",
    "http://192.168.1.5/callback",
    "ftp://app.example/callback",
    "javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://app.example/x",
    "about:blank",
    "myapp:/callback",
    "myapp://callback",
    "https://app.example/callback#x",
    "https://app.example/callback#",
    "https://user@app.example/callback",
    "https://App.example/callback",
    "https://app.example:443/callback",
    "https://app.example/a/../b",
    "https://app.example/%2e%2e/b",
    "https://app.example/a b",
    "https://app.example/a\\b",
    "https://app.example/\tb",
    "https://bücher.example/cb",
    'https://app.example/"onload=',
    "https://app.example/<script>",
    "https://app.example/cb?code=1",
    "https://app.example/cb?x=1&state=2",
    "https://app.example/cb?%69ss=x",
    `${WEB} ${WEB}`,
  ];
  for (const uri of bad) {
    test(`not ${JSON.stringify(uri)}, and it is said what was expected`, () => {
      expect(redirectUriFault(uri)).toStartWith("expected ");
    });
  }

  test("an address as long as the limit, and none one longer", () => {
    const longest = WEB.padEnd(REDIRECT_URI_LENGTH_MAX, "x");
    expect(redirectUriFault(longest)).toBeUndefined();
    expect(redirectUriFault(`${longest}x`)).toContain(String(REDIRECT_URI_LENGTH_MAX));
  });
});
