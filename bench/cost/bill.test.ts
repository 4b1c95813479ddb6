import { expect, test } from "vitest";
import type { EvaluatedResource, Graph } from "../../infra/synth/graph.ts";
import { graphOf } from "../../infra/synth/graph.ts";
import { bill, type Line, totalUsd } from "./bill.ts";
import { ceilingsOf, holds } from "./ceilings.ts";
import { chart } from "./chart.ts";
import { standingCosts } from "./standing-costs.ts";
import { emptyTally } from "./tally.ts";

const line = (changes: Partial<Line>): Line => ({
  ...{ group: "CloudWatch", item: "dashboards", price: "dashboardMonth", quantity: 1, kind: "standing" },
  ...changes,
});

function graphWith(...resources: Pick<EvaluatedResource, "type" | "inputs">[]): Graph {
  const facts = {
    id: undefined,
    parent: undefined,
    custom: true,
    read: false,
    outputs: {},
    protect: false,
    retainOnDelete: false,
  };
  return graphOf({
    app: { name: "vsl", stage: "prod" },
    resources: resources.map((resource, index) => ({ ...facts, ...resource, urn: `urn:${index}`, name: `r${index}` })),
    builds: [],
    errors: [],
  });
}

test("lines of one item are one line, and what is free is taken off once", () => {
  const lines = bill([line({ quantity: 2 }), line({ quantity: 2 }), line({ item: "more", quantity: 1 })]);
  expect(lines.map(({ quantity, listUsd, usd }) => [quantity, listUsd, usd])).toEqual([
    [4, 12, 3],
    [1, 3, 3],
  ]);
  expect(totalUsd(lines, ["standing"], "listUsd")).toBe(15);
  expect(totalUsd(lines, ["per job"])).toBe(0);
});

test("a resource is billed by the graph: a network that is private by endpoints costs by the hour and zone", () => {
  const endpoint = (vpcEndpointType: string) => ({
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    inputs: { vpcEndpointType, subnetIds: ["a", "b"] },
  });
  const [own, ...others] = bill(standingCosts([graphWith(endpoint("Interface"), endpoint("Gateway"))]));
  expect(own?.usd).toBeCloseTo(14.6);
  expect(others).toEqual([]);
});

test("a resource of which nobody has said what it costs stops the computation, with its name", () => {
  expect(() => standingCosts([graphWith({ type: "aws:redshift/cluster:Cluster", inputs: {} })])).toThrow(
    "nobody has said what aws:redshift/cluster:Cluster (r0) costs",
  );
  const larger = { type: "aws:rds/instance:Instance", inputs: { instanceClass: "db.r8g.large" } };
  expect(() => standingCosts([graphWith(larger)])).toThrow("no price for a Postgres on db.r8g.large");
});

test("a ceiling holds up to and with its number", () => {
  const found = { monthUsd: 35, perThousandJobsUsd: 0.1001, jobs: 2, outputs: 2, redis: new Map([["KEYS", 1]]) };
  const ceilings = ceilingsOf({ ...found, load: { ...emptyTally(), events: 12, writeUnits: 21, s3Puts: 2 } });
  expect(ceilings.filter((ceiling) => !holds(ceiling)).map(({ what }) => what)).toEqual([
    "variable part of 1,000 jobs ($)",
    "DynamoDB write units of a job",
    "KEYS",
  ]);
});

test("the chart has a bar for each group that costs a cent, the largest first", () => {
  const lines = bill([
    line({ quantity: 5 }),
    line({ group: "SQS", price: "sqsRequest", quantity: 2e8 }),
    line({ group: "S3", price: "s3Get" }),
  ]);
  const svg = chart([{ label: "1,000 jobs a day", lines }]);
  expect([...svg.matchAll(/text-anchor="end">(\w+)</g)].map(([, name]) => name)).toEqual(["SQS", "CloudWatch"]);
});
