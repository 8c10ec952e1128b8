/** The regions that completion offers. Every command takes other names, too. */
import { PARTITIONS } from "../domain/data/partitions.ts";

/** Without the isolated regions (aws-iso…), and without pseudo-regions such as `aws-global`. */
export const REGIONS: readonly string[] = PARTITIONS.filter(({ name }) => !name.startsWith("aws-iso"))
  .flatMap(({ regions }): readonly string[] => regions)
  .filter((region) => !region.startsWith("aws-"))
  .sort();
