import { fillOwnStore } from "./ownStore.ts";
import { historicReadings } from "./population.ts";

/** Fills a data folder with the readings that are there before a benchmark's load. Argument: the folder. */
await fillOwnStore(process.argv[2]!, historicReadings());
process.exit(0);
