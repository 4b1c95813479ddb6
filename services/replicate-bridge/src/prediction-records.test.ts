import { createMapRecords } from "../test/map-records.ts";
import { describeRecords } from "../test/records-suite.ts";

describeRecords("prediction records in a Map", async () => createMapRecords());
