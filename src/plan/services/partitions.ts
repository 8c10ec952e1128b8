/** The AWS partition that a region belongs to. */
import { PARTITIONS } from "../../domain/data/partitions.ts";

export type PartitionName = (typeof PARTITIONS)[number]["name"];

/**
 * The partition that lists the region, else the one whose pattern matches it, so that a new region works. Any other
 * name belongs to `aws`: the rules of `aws.partition` in botocore's endpoint rules.
 */
export function partitionOfRegion(region: string): PartitionName {
  const partition =
    PARTITIONS.find(({ regions }) => regions.some((name) => name === region)) ??
    PARTITIONS.find(({ regionPattern }) => new RegExp(regionPattern).test(region));
  return partition?.name ?? "aws";
}
