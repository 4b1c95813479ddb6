import { describe, expect, test } from "vitest";
import { jobIdOf, openIntake } from "../test/open-intake.ts";
import { announceForgotten } from "./announce-forgotten.ts";

const fail = async () => {
  throw new Error("the bus is down");
};

describe("the sweeper", () => {
  /** An intake whose request died between the row and the announcement. */
  async function openForgotten() {
    const intake = openIntake({ broken: { publish: fail } });
    const jobId = jobIdOf(await intake.generate());
    const announced: unknown[] = [];
    const ports = {
      ...intake.table,
      publish: async (all: readonly unknown[]) => void announced.push(...all),
      now: intake.now,
    };
    return { intake, jobId, announced, ports };
  }

  test("announces a job that was forgotten, as the request would have, and once", async () => {
    const { intake, jobId, announced, ports } = await openForgotten();
    intake.wait(30_001);
    expect(await announceForgotten(ports)).toBe(1);
    expect(await announceForgotten(ports)).toBe(0);
    expect(announced).toMatchObject([
      {
        detailType: "JobRequested",
        detail: { correlationId: jobId, occurredAt: "2026-11-20T10:30:00.000Z", payload: { jobId } },
      },
    ]);
  });

  test("leaves young jobs to the request that made them", async () => {
    const { intake, ports } = await openForgotten();
    intake.wait(30_000);
    expect(await announceForgotten(ports)).toBe(0);
  });

  test("begins where the last sweep that came to its end was sure of all, or with the first sweep a week ago", async () => {
    const { intake, ports } = await openForgotten();
    const seen: { from: number; before: number }[] = [];
    const watched: typeof ports = {
      ...ports,
      findUnannounced: (made) => {
        seen.push(made);
        return ports.findUnannounced(made);
      },
    };
    const startedAt = intake.now();
    await announceForgotten(watched);
    intake.wait(60_000);
    await expect(announceForgotten({ ...watched, publish: fail })).rejects.toThrow();
    intake.wait(60_000);
    await announceForgotten(watched);
    expect(seen.map(({ from, before }) => [from - startedAt, before - startedAt])).toEqual([
      [-7 * 86_400_000, -30_000],
      [-120_000, 30_000],
      [-120_000, 90_000],
    ]);
  });

  test("sees a job that is made after the clock was set back", async () => {
    const { intake, ports } = await openForgotten();
    intake.wait(3_600_000);
    await announceForgotten(ports);
    intake.wait(-1_800_000);
    await intake.generate();
    intake.wait(31_000);
    expect(await announceForgotten(ports)).toBe(1);
  });

  test("keeps a job forgotten while the bus is down, and makes the same event of it later", async () => {
    const { intake, announced, ports } = await openForgotten();
    intake.wait(60_000);
    await expect(announceForgotten({ ...ports, publish: fail })).rejects.toThrow("the bus is down");
    const dying = { ...ports, markAnnounced: fail };
    await expect(announceForgotten(dying)).rejects.toThrow();
    expect(await announceForgotten(ports)).toBe(1);
    expect(announced).toHaveLength(2);
    expect(announced[0]).toEqual(announced[1]);
  });
});
