/** What the authority is called wherever a system or a browser lists it: it is found and removed by this name. */
export const AUTHORITY_NAME = "Heartwire dropin";
