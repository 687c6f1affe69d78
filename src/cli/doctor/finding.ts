/** One thing the doctor looked at. */
export interface Finding {
  readonly state: "good" | "notice" | "wrong";
  readonly about: string;
  readonly says: string;
  readonly advice?: string;
}
