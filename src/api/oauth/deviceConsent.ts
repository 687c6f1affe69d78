import { z } from "zod";
import type { Operation } from "../operation.ts";
import { showApp, TO_LOCALHOST } from "../pages/appPage.ts";

export const deviceConsent: Operation = {
  answer: showApp,
  id: "getDeviceConsent",
  group: "OAuth",
  summary: "Where a person decides about a device",
  notes: "The page to which `verification_uri` leads.",
  token: "none",
  query: z.object({ user_code: z.string().optional().describe("The code that the device shows") }),
  success: { status: 200, content: { "text/html": z.string() } },
  others: TO_LOCALHOST,
};
