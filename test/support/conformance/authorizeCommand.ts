import type { HookDetails } from "../../../src/conformance/index.ts";
import { answerRequest } from "./consenter.ts";

/** A command for `--on-authorize`: answers for the user of the page whose token is in PAGE_TOKEN. */
await answerRequest(process.env as HookDetails, process.env.PAGE_TOKEN ?? "");
