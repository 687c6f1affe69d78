import { describe, expect, test } from "bun:test";
import { UnknownDevices } from "../../../src/auth/oauth/unknownDevices.ts";
import type { EpochMs } from "../../../src/domain/reading.ts";

const NOW = 10_000_000 as EpochMs;
const later = (milliseconds: number) => (NOW + milliseconds) as EpochMs;

function device(name: string, now: EpochMs) {
  return {
    deviceCodeHash: `${name} device`,
    userCodeHash: `${name} user`,
    clientId: "client",
    scopes: ["data:heart_rate:read"] as const,
    scopesDiffer: false,
    createdAt: now,
    expiresAt: (now + 600_000) as EpochMs,
    asker: name,
  };
}

describe("devices of apps that nobody let in yet", () => {
  test("are known for a minute after their end, and then give their place to others", () => {
    const devices = new UnknownDevices({ unknownDevicesMax: 1, unknownDevicesPerSenderMax: 1 });
    expect(devices.add(device("one", NOW), NOW)).toBe(true);
    expect(devices.add(device("two", later(659_999)), later(659_999))).toBe(false);
    expect(devices.findByDeviceCode("one device")).toMatchObject({ isDenied: false });
    expect(devices.add(device("two", later(660_000)), later(660_000))).toBe(true);
    expect(devices.findByDeviceCode("one device")).toBeUndefined();
    expect(devices.findByUserCode("one user")).toBeUndefined();
  });

  test("give up their places in time also when the clock was set back in between", () => {
    const devices = new UnknownDevices({ unknownDevicesMax: 2, unknownDevicesPerSenderMax: 1 });
    devices.add(device("before", later(3_600_000)), later(3_600_000));
    devices.add(device("after", NOW), NOW);
    expect(devices.add(device("next", later(660_000)), later(660_000))).toBe(true);
    expect(devices.findByDeviceCode("after device")).toBeUndefined();
  });

  test("are decided by one person, and by another when that failed", () => {
    const devices = new UnknownDevices({ unknownDevicesMax: 1, unknownDevicesPerSenderMax: 1 });
    devices.add(device("one", NOW), NOW);
    expect([devices.begin("one user"), devices.begin("one user")]).toEqual([true, false]);
    expect(devices.findByUserCode("one user")).toMatchObject({ isDecided: true });
    devices.end("one user", "failed");
    expect(devices.begin("one user")).toBe(true);
    devices.end("one user", "denied");
    expect(devices.begin("one user")).toBe(false);
    expect(devices.findByDeviceCode("one device")).toMatchObject({ isDenied: true });
    devices.end("one user", "stored");
    expect(devices.size).toBe(0);
    expect(devices.begin("nobody's")).toBe(false);
  });
});
