import { type JsonService, unknownOperation } from "../endpoint/json-service.ts";
import { listMetrics } from "./list-metrics.ts";
import { openMetricStore } from "./metric-store.ts";
import { putMetricData } from "./put-metric-data.ts";
import { getMetricData, getMetricStatistics } from "./read-metrics.ts";

interface CloudwatchOptions {
  /** A folder of its own; created. */
  dataDir: string;
  /** Epoch milliseconds. */
  now?: () => number;
}

export interface Cloudwatch extends JsonService {
  close(): Promise<void>;
}

/** CloudWatch's metrics on SQLite. What was put can be read at once; AWS takes up to two minutes. */
export function createCloudwatch({ dataDir, now = Date.now }: CloudwatchOptions): Cloudwatch {
  const nowSeconds = () => now() / 1000;
  const store = openMetricStore(dataDir, nowSeconds());
  return {
    targetPrefix: "GraniteServiceVersion20100801",
    jsonVersion: "1.0",
    errorNamespace: "com.amazonaws.cloudwatch#",
    async call(operation, input) {
      switch (operation) {
        case "PutMetricData":
          return putMetricData(store, input, nowSeconds());
        case "GetMetricData":
          return getMetricData(store, input);
        case "GetMetricStatistics":
          return getMetricStatistics(store, input);
        case "ListMetrics":
          return listMetrics(store, input, nowSeconds());
        default:
          throw unknownOperation(operation);
      }
    },
    async close() {
      store.close();
    },
  };
}
