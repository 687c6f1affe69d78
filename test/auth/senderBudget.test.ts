import { describe, expect, test } from "bun:test";
import { SenderBudget } from "../../src/auth/senderBudget.ts";
import type { EpochMs } from "../../src/domain/reading.ts";

const NOW = 1_000_000 as EpochMs;
const later = (milliseconds: number) => (NOW + milliseconds) as EpochMs;

describe("how much a sender may ask for in a minute", () => {
  test("as much as the limit; one more is told how long to wait, and others are not held up by it", () => {
    const budget = new SenderBudget(2);
    expect([budget.spend("anna", NOW), budget.spend("anna", later(1_500))]).toEqual([undefined, undefined]);
    expect(budget.waitSeconds("anna", later(1_500))).toBe(59);
    expect(budget.spend("anna", later(1_500))).toBe(59);
    expect(budget.spend("ben", later(1_500))).toBeUndefined();
    expect(budget.spend("anna", later(59_999))).toBe(1);
  });

  test("a minute after its first request a sender begins anew", () => {
    const budget = new SenderBudget(1);
    budget.spend("anna", NOW);
    expect(budget.waitSeconds("anna", later(60_000))).toBeUndefined();
    expect(budget.spend("anna", later(60_000))).toBeUndefined();
    expect(budget.spend("anna", later(119_999))).toBe(1);
  });

  test("nobody waits for longer than a minute when the clock was set back", () => {
    const budget = new SenderBudget(1);
    budget.spend("anna", later(3_600_000));
    expect(budget.waitSeconds("anna", NOW)).toBeUndefined();
    expect(budget.spend("anna", NOW)).toBeUndefined();
    expect(budget.spend("anna", NOW)).toBe(60);
  });

  test("senders without end take no memory without end: the one that began first is forgotten", () => {
    const budget = new SenderBudget(1);
    for (let sender = 0; sender <= 10_000; sender++) budget.spend(String(sender), NOW);
    expect(budget.waitSeconds("0", NOW)).toBeUndefined();
    expect(budget.waitSeconds("1", NOW)).toBe(60);
  });
});
