import { describe } from "vitest";
import { bucketSuite } from "./bucket-suite.ts";
import { createMapBucket } from "./map-bucket.ts";

describe("the bucket in a Map", () => bucketSuite(createMapBucket));
