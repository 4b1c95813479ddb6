import { z } from "zod";

export const hardwareSku = z.enum([
  "cpu",
  "gpu-t4",
  "gpu-a40-small",
  "gpu-a40-large",
  "gpu-l40s",
  "gpu-l40s-2x",
  "gpu-a100-large",
  "gpu-a100-large-2x",
  "gpu-h100",
]);

/** Replicate's machines and what a second on them costs, in millionths of a dollar. */
export const hardware: Record<z.infer<typeof hardwareSku>, { name: string; microsPerSecond: number }> = {
  cpu: { name: "CPU", microsPerSecond: 100 },
  "gpu-t4": { name: "Nvidia T4 GPU", microsPerSecond: 225 },
  "gpu-a40-small": { name: "Nvidia A40 GPU", microsPerSecond: 575 },
  "gpu-a40-large": { name: "Nvidia A40 (Large) GPU", microsPerSecond: 725 },
  "gpu-l40s": { name: "Nvidia L40S GPU", microsPerSecond: 975 },
  "gpu-l40s-2x": { name: "2x Nvidia L40S GPU", microsPerSecond: 1950 },
  "gpu-a100-large": { name: "Nvidia A100 (80GB) GPU", microsPerSecond: 1400 },
  "gpu-a100-large-2x": { name: "2x Nvidia A100 (80GB) GPU", microsPerSecond: 2800 },
  "gpu-h100": { name: "Nvidia H100 GPU", microsPerSecond: 1525 },
};
