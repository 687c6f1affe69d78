import type { Limits } from "../../settings/limits.ts";
import { SenderBudget } from "../senderBudget.ts";
import { DevicePolls } from "./devicePolls.ts";
import { DeviceSenders } from "./deviceSenders.ts";
import { UnknownDevices } from "./unknownDevices.ts";

/** What the authorization server keeps in this process's memory: nothing of it has to survive a restart. */
export class AppRequests {
  readonly unknownDevices: UnknownDevices;
  readonly polls = new DevicePolls();
  readonly deviceSenders = new DeviceSenders();
  /** Requests of devices, by sender. */
  readonly deviceBudget: SenderBudget;
  /** Tokens that somebody wants to end, by sender: a guess is hopeless, and its cost should not be ours. */
  readonly revocationBudget: SenderBudget;
  /** Tokens that come without a person: of a server by its client id, of a refresh by its grant. Each is a row for a while. */
  readonly tokenBudget: SenderBudget;
  /** User codes that are not there, by the person who typed them. */
  readonly userCodeBudget: SenderBudget;

  /** What people make and allow, by person: each of it is a row, and an entry of a trail from which nothing is taken. */
  readonly changeBudget: SenderBudget;

  constructor(limits: Limits) {
    this.unknownDevices = new UnknownDevices(limits);
    this.deviceBudget = new SenderBudget(limits.deviceRequestsPerMinuteMax);
    this.revocationBudget = new SenderBudget(limits.revocationsPerMinuteMax);
    this.tokenBudget = new SenderBudget(limits.tokensPerMinuteMax);
    this.changeBudget = new SenderBudget(limits.accountChangesPerMinuteMax);
    this.userCodeBudget = new SenderBudget(limits.unknownUserCodesPerMinuteMax);
  }
}
