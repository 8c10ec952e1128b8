/** A simulated AWS on loopback: STS, metadata and sign-in services that share one IAM. */
import { type SimulatedContainer, startContainer } from "./container.ts";
import { type Iam, makeIam, type Principal } from "./iam.ts";
import { type SimulatedImds, startImds } from "./imds.ts";
import { type SimulatedSignIn, startSignIn } from "./sign_in.ts";
import { type SimulatedSts, startSts } from "./sts.ts";

export interface Cloud {
  readonly iam: Iam;
  readonly sts: SimulatedSts;
  readonly imds: SimulatedImds;
  readonly container: SimulatedContainer;
  readonly signIn: SimulatedSignIn;
  readonly user1: Principal;
  readonly user2: Principal;
  stop(): Promise<void>;
}

export async function startCloud(): Promise<Cloud> {
  const iam = makeIam();
  const [sts, imds, container, signIn] = await Promise.all([
    startSts(iam),
    startImds(iam),
    startContainer(iam),
    startSignIn(iam),
  ]);
  const user = (name: string): Principal => {
    const found = iam.users.get(name);
    if (found === undefined) throw new Error(`there is no user ${name}`);
    return found;
  };
  return {
    iam,
    sts,
    imds,
    container,
    signIn,
    user1: user("user1"),
    user2: user("user2"),
    async stop() {
      await Promise.all([sts.stop(), imds.stop(), container.stop(), signIn.stop()]);
    },
  };
}
